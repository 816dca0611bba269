"""Real resolution over loopback, by dnspython's resolver, against the server."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import dns.dnssec
import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest
from dns.exception import DNSException
from dns.rdataclass import IN

from patternkit.dns import QuestionError
from patternkit.dns.server import DnsServer
from patternkit.dns.stand_ins import IPV4
from tests.patternkit.dns.zones import Dns, att, ref


def setup() -> Dns:
    dns_ = Dns()
    dns_.check("Check", "192.0.2.1")
    dns_.record("www.example.com", "192.0.2.1", check="Check", id="primary", Failover="PRIMARY")
    dns_.record("www.example.com", "192.0.2.2", id="standby", Failover="SECONDARY")
    dns_.record("shop.example.com", "192.0.2.3", id="blue", Weight=3)
    dns_.record("shop.example.com", "192.0.2.4", id="green", Weight=1)
    dns_.record("alias.example.com", "www.example.com.", type="CNAME", ttl=300)
    dns_.record("example.com", '"v=spf1 -all"', type="TXT")
    dns_.record("example.com", "10 mail.example.com.", type="MX")
    dns_.balancer("Balancer")
    dns_.record("app.example.com", alias=att("Balancer", "DNSName"), evaluate=True)
    for number in range(12):
        dns_.record("many.example.com", f"192.0.2.{100 + number}", id=f"m{number}", MultiValueAnswer=True)
    dns_.record("long.example.com", *(f'"{number:0>200}"' for number in range(30)), type="TXT")
    dns_.vpc("Vpc")
    dns_.zone("Inner", "corp.example.com", "Vpc")
    dns_.record("db.corp.example.com", "10.0.0.5", zone="Inner")
    return dns_


@pytest.fixture(scope="module")
def shared() -> Iterator[DnsServer]:
    with DnsServer(setup().names(), seed=1) as server:
        yield server


@pytest.fixture
def server(shared: DnsServer) -> Iterator[DnsServer]:
    yield shared
    shared.well()


def resolver(server: DnsServer, source: Any = "internet") -> dns.resolver.Resolver:
    found = dns.resolver.Resolver(configure=False)
    found.nameservers, found.port, found.lifetime = ["127.0.0.1"], server.port_of(source), 5
    return found


def texts(answer: Any) -> list[str]:
    return sorted(one.to_text() for one in answer)


def test_a_resolver_gets_what_the_template_says(server: DnsServer) -> None:
    asking = resolver(server)
    www = asking.resolve("www.example.com")
    assert (texts(www), www.rrset and www.rrset.ttl) == (["192.0.2.1"], 60)
    assert texts(asking.resolve("example.com", "TXT")) == ['"v=spf1 -all"']
    assert texts(asking.resolve("example.com", "MX")) == ["10 mail.example.com."]
    alias = asking.resolve("alias.example.com")
    assert (texts(alias), str(alias.canonical_name)) == (["192.0.2.1"], "www.example.com.")


def test_switches_move_the_answers(server: DnsServer) -> None:
    asking = resolver(server)
    server.ill("primary")
    assert server.ailing == ("primary",)
    assert texts(asking.resolve("www.example.com")) == ["192.0.2.2"]
    server.well("primary")
    assert texts(asking.resolve("www.example.com")) == ["192.0.2.1"]
    with pytest.raises(QuestionError, match="nothing that may be ill is named 'nothing'"):
        server.ill("nothing")
    assert texts(asking.resolve("www.example.com")) == ["192.0.2.1"]


def test_what_is_not_there_is_said_as_dns_says_it(server: DnsServer) -> None:
    asking = resolver(server)
    with pytest.raises(dns.resolver.NXDOMAIN):
        asking.resolve("nowhere.example.com")
    with pytest.raises(dns.resolver.NoAnswer) as empty:
        asking.resolve("www.example.com", "AAAA")
    assert str(empty.value.kwargs["response"].authority[0].name) == "example.com."
    unknown = dns.message.make_query("www.elsewhere.org", "A", use_edns=0)
    answer = dns.query.udp(unknown, "127.0.0.1", port=asking.port, timeout=5)
    assert answer.rcode() == dns.rcode.SERVFAIL
    assert "in no public zone of the set" in answer.options[0].to_text()


def test_every_zone_has_a_start_of_authority(server: DnsServer) -> None:
    (soa,) = texts(resolver(server).resolve("example.com", "SOA"))
    assert soa.startswith("ns.example.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400")


def test_views_differ_by_source(server: DnsServer) -> None:
    assert texts(resolver(server, "Vpc").resolve("db.corp.example.com")) == ["10.0.0.5"]
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver(server).resolve("db.corp.example.com")


def test_a_client_is_known_by_its_address() -> None:
    with DnsServer(setup().names(), views=["internet"], clients={"127.0.0.9": "Vpc"}) as server:
        query = dns.message.make_query("db.corp.example.com", "A")
        port = server.views[0].port
        inside = dns.query.udp(query, "127.0.0.1", port=port, timeout=5, source="127.0.0.9")
        assert inside.answer[0].to_text() == "db.corp.example.com. 60 IN A 10.0.0.5"
        assert dns.query.udp(query, "127.0.0.1", port=port, timeout=5).rcode() == dns.rcode.NXDOMAIN


def test_weights_show_in_many_answers(server: DnsServer) -> None:
    asking = resolver(server)
    found = Counter(texts(asking.resolve("shop.example.com"))[0] for _ in range(400))
    # Three in four; the bounds are five standard deviations wide.
    assert found.keys() == {"192.0.2.3", "192.0.2.4"}
    assert 257 <= found["192.0.2.3"] <= 343


def test_multivalue_answers_are_eight_at_random(server: DnsServer) -> None:
    asking = resolver(server)
    answers = [frozenset(texts(asking.resolve("many.example.com"))) for _ in range(5)]
    assert {len(answer) for answer in answers} == {8}
    assert len(set(answers)) > 1


def test_resources_have_stand_ins_or_the_addresses_that_are_given(server: DnsServer) -> None:
    import ipaddress

    (address,) = texts(resolver(server).resolve("app.example.com"))
    assert ipaddress.ip_address(address) in IPV4
    with DnsServer(setup().names(), views=["internet"], addresses={"Balancer": "127.0.0.1"}) as other:
        assert texts(resolver(other).resolve("app.example.com")) == ["127.0.0.1"]


def test_long_answers_come_by_tcp(server: DnsServer) -> None:
    query = dns.message.make_query("long.example.com", "TXT")
    short = dns.query.udp(query, "127.0.0.1", port=server.port_of("internet"), timeout=5)
    assert short.flags & dns.flags.TC
    whole = dns.query.tcp(query, "127.0.0.1", port=server.port_of("internet"), timeout=5)
    assert len(whole.answer[0]) == 30


def test_a_client_subnet_decides_ip_based_routing() -> None:
    dns_ = Dns()
    locations = [{"LocationName": "office", "CidrList": ["203.0.113.0/24"]}]
    dns_.add("Blocks", "Route53::CidrCollection", Name="blocks", Locations=locations)
    for number, location in enumerate(("office", "*"), 1):
        config = {"CollectionId": ref("Blocks"), "LocationName": location}
        dns_.record("www.example.com", f"192.0.2.{number}", CidrRoutingConfig=config)
    with DnsServer(dns_.names()) as server:
        for address, answer in (("203.0.113.7", "192.0.2.1"), ("198.51.100.7", "192.0.2.2")):
            query = dns.message.make_query("www.example.com", "A", options=[dns.edns.ECSOption(address, 32)])
            found = dns.query.udp(query, "127.0.0.1", port=server.port_of("internet"), timeout=5)
            assert found.answer[0][0].to_text() == answer


@pytest.mark.parametrize("junk", [b"", b"\x00", b"\x12\x34" + b"\xff" * 40, b"\x12\x34\x01\x00" + b"\x00" * 8])
def test_junk_does_not_stop_the_server(server: DnsServer, junk: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(junk, ("127.0.0.1", server.port_of("internet")))
    assert texts(resolver(server).resolve("www.example.com")) == ["192.0.2.1"]


def signed() -> Dns:
    dns_ = Dns()
    dns_.record("www.example.com", "192.0.2.1")
    dns_.zone("Child", "shop.example.com")
    dns_.record("api.shop.example.com", "192.0.2.2", zone="Child")
    servers = dns_.record("shop.example.com", type="NS")
    dns_.resources[servers]["Properties"]["ResourceRecords"] = att("Child", "NameServers")
    dns_.record("shop.example.com", "1 13 2 00", type="DS")
    for zone in ("Zone", "Child"):
        dns_.add(f"{zone}Key", "Route53::KeySigningKey", HostedZoneId=ref(zone), Name="key", Status="ACTIVE")
        dns_.add(f"{zone}Signing", "Route53::DNSSEC", HostedZoneId=ref(zone))
    return dns_


def test_signatures_validate_from_the_parents_ds_record_down() -> None:
    with DnsServer(signed().names()) as server:
        port = server.port_of("internet")

        def ask(name: str, kind: str) -> tuple[dns.rrset.RRset, dns.rrset.RRset]:
            query = dns.message.make_query(name, kind, want_dnssec=True)
            answer = dns.query.udp(query, "127.0.0.1", port=port, timeout=5)
            rrset = answer.find_rrset(answer.answer, dns.name.from_text(name), IN, dns.rdatatype.from_text(kind))
            covering = dns.rdatatype.from_text(kind)
            rrsig = answer.find_rrset(answer.answer, rrset.name, IN, dns.rdatatype.RRSIG, covering)
            return rrset, rrsig

        keys: dict[Any, Any] = {}
        for zone in ("example.com", "shop.example.com"):
            rrset, rrsig = ask(zone, "DNSKEY")
            keys[rrset.name] = rrset
            dns.dnssec.validate(rrset, rrsig, keys)
        # The trust in the child's key comes from the record that the parent signed.
        ds, rrsig = ask("shop.example.com", "DS")
        dns.dnssec.validate(ds, rrsig, {dns.name.from_text("example.com"): keys[dns.name.from_text("example.com")]})
        child = dns.name.from_text("shop.example.com")
        made: Any = [dns.dnssec.make_ds(child, key, "SHA256") for key in keys[child]]
        assert made == list(ds)
        for name in ("www.example.com", "api.shop.example.com"):
            rrset, rrsig = ask(name, "A")
            dns.dnssec.validate(rrset, rrsig, keys)
            forged = dns.rrset.from_text(rrset.name, rrset.ttl, "IN", "A", "192.0.2.66")
            with pytest.raises(DNSException, match=r"verify failure|no RRSIGs|validation"):
                dns.dnssec.validate(forged, rrsig, keys)


def test_what_is_not_there_is_denied_with_a_signature() -> None:
    with DnsServer(signed().names()) as server:
        query = dns.message.make_query("nowhere.example.com", "A", want_dnssec=True)
        answer = dns.query.udp(query, "127.0.0.1", port=server.port_of("internet"), timeout=5)
        kinds = Counter(dns.rdatatype.to_text(rrset.rdtype) for rrset in answer.authority)
        assert (answer.rcode(), kinds) == (dns.rcode.NOERROR, Counter({"RRSIG": 2, "SOA": 1, "NSEC": 1}))
        (nsec,) = [rrset for rrset in answer.authority if rrset.rdtype == dns.rdatatype.NSEC]
        assert nsec[0].to_text().startswith("\\000.nowhere.example.com. RRSIG NSEC ")
