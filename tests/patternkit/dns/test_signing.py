"""DNSSEC: what validating resolvers make of a zone's chain of trust."""

from __future__ import annotations

import pytest

from tests.patternkit.dns.zones import Dns, ref


def signed(*, ds: bool, status: str = "ACTIVE", enabled: bool = True) -> Dns:
    dns = Dns()
    dns.zone("Child", "shop.example.com")
    dns.record("www.shop.example.com", "192.0.2.1", zone="Child")
    servers = {"Fn::GetAtt": ["Child", "NameServers"]}
    dns.record("shop.example.com", type="NS")
    dns.resources["Record3"]["Properties"]["ResourceRecords"] = servers
    if ds:
        dns.record("shop.example.com", "12345 13 2 ABCD", type="DS")
    dns.add("Key", "Route53::KeySigningKey", HostedZoneId=ref("Child"), Name="key", Status=status)
    if enabled:
        dns.add("Signing", "Route53::DNSSEC", HostedZoneId=ref("Child"))
    return dns


@pytest.mark.parametrize(
    ("ds", "status", "enabled", "answer"),
    [
        (True, "ACTIVE", True, "192.0.2.1"),
        (False, "ACTIVE", True, "192.0.2.1"),
        (True, "INACTIVE", True, "SERVFAIL"),
        (True, "ACTIVE", False, "SERVFAIL"),
        (False, "INACTIVE", True, "192.0.2.1"),
    ],
)
def test_a_ds_record_without_signatures_breaks_the_zone(ds: bool, status: str, enabled: bool, answer: str) -> None:
    dns = signed(ds=ds, status=status, enabled=enabled)
    assert dns.shares("www.shop.example.com") == {answer: 1}
    assert dns.shares("www.shop.example.com", source={"validates": False}) == {"192.0.2.1": 1}


def test_a_vpc_validates_when_it_is_told_to() -> None:
    dns = signed(ds=True, enabled=False)
    dns.vpc("Vpc")
    assert dns.shares("www.shop.example.com", source="Vpc") == {"192.0.2.1": 1}
    dns.add("Validation", "Route53Resolver::ResolverDNSSECConfig", ResourceId=ref("Vpc"))
    assert dns.shares("www.shop.example.com", source="Vpc") == {"SERVFAIL": 1}


def test_a_private_zone_cannot_be_signed() -> None:
    dns = Dns(None)
    dns.vpc("Vpc")
    dns.zone("Corp", "corp.internal", "Vpc")
    dns.add("Signing", "Route53::DNSSEC", HostedZoneId=ref("Corp"))
    assert dns.names().model.refused == ["Web/Signing: Web/Corp is private, and private zones cannot be signed"]
