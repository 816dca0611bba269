"""Sites at the far end of a VPN: what is wrong with one, and with several together."""

import re
from ipaddress import IPv4Network
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm

from patterns.building_blocks.signature import check
from patterns.network.hub.customer_site import CustomerSite, SiteAsn, SiteName, check_sites
from patterns.network.hub.gateway_asn import DEFAULT_ASN, GatewayAsn
from tests.constructs import app_for_its_template


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def site(name: str = "Mail", **more: Any) -> CustomerSite:
    return CustomerSite(**({"name": name, "addresses": ["203.0.113.1"]} | more))


def checked(*sites: CustomerSite, **more: Any) -> None:
    env = cdk.Environment(account="111122223333", region="eu-west-1")
    given: dict[str, Any] = {"gateway_asn": 64512, "ecmp": False, "networks": [], "connected": False}
    check_sites(cdk.Stack(app_for_its_template(), "Test", env=env), sites, **(given | more))


@pytest.mark.parametrize("asn", [64512, 65534, 4200000000, 4294967294])
def test_a_gateway_has_a_private_number(asn: int) -> None:
    check("asn", asn, GatewayAsn)
    assert DEFAULT_ASN == 64512


@pytest.mark.parametrize("asn", [0, 64511, 65535, 4199999999, 4294967295])
def test_another_number_is_refused(asn: int) -> None:
    with refused(f"asn must be in 64512-65534 or 4200000000-4294967294, got {asn}"):
        check("asn", asn, GatewayAsn)
    token = cdk.Token.as_number({"Ref": "Asn"})
    said = (
        "asn must be known when the template is made, got a token: which numbers of sites differ from it depends on it"
    )
    with refused(said):
        check("asn", token, GatewayAsn)


@pytest.mark.parametrize("asn", [7224, 9059, 10124, 17943, 23456, 64496, 64511, 65535, 65551])
def test_a_reserved_number_is_refused_and_those_beside_it_are_not(asn: int) -> None:
    with refused(f"asn must not be a reserved number, got {asn}"):
        check("asn", asn, SiteAsn)
    beside = {64496: 64495, 64511: 64512, 65535: 65534, 65551: 65552}.get(asn)
    for one in [beside] if beside else [asn - 1, asn + 1]:
        check("asn", one, SiteAsn)


@pytest.mark.parametrize("asn", [0, 4294967295])
def test_a_number_is_of_four_bytes(asn: int) -> None:
    with refused(f"asn must be between 1 and 4294967294, got {asn}"):
        check("asn", asn, SiteAsn)
    check("asn", 1, SiteAsn)
    check("asn", 4294967294, SiteAsn)


@pytest.mark.parametrize("address", ["203.0.113.1", "192.0.2.255", "198.51.100.0", "8.8.8.8", "52.0.0.1"])
def test_a_device_has_a_public_address(address: str) -> None:
    check("site", site(addresses=[address]), CustomerSite)
    check("site", site(addresses=[cdk.Token.as_string({"Ref": "Address"})]), CustomerSite)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "192.168.0.1", "127.0.0.1", "169.254.0.1", "192.0.3", "2001:db8::1", "", "203.0.113.0/32"]
)
def test_another_address_is_refused(address: str) -> None:
    with refused(f"site: addresses must be public IPv4 addresses, got {address}"):
        check("site", site(addresses=[address]), CustomerSite)


def test_names_and_counts_are_bounded() -> None:
    check("name", "a-B9" * 12, SiteName)
    for wrong in ("", "a" * 51, "a b", "a_b"):
        with refused(f"name must be up to 50 letters, digits and hyphens, got '{wrong}'"):
            check("name", wrong, SiteName)
    for addresses, said in (([], "none"), (["203.0.113.1", "203.0.113.2", "203.0.113.3"], "3")):
        with refused(f"site: addresses must hold 1 or 2 addresses, got {said}"):
            check("site", site(addresses=addresses), CustomerSite)


def test_by_default_a_site_speaks_bgp_with_keys() -> None:
    found = site()
    assert (found.certificates, found.asn, found.prefixes, found.ipv6_prefixes, found.routing) == (
        (),
        65000,
        (),
        (),
        "bgp",
    )


def test_sites_that_work_together_pass() -> None:
    first = site(prefixes=["10.8.0.0/16"], asn=65001, ipv6_prefixes=["2001:db8:1::/48"])
    second = site(
        "Data",
        addresses=["203.0.113.2", "203.0.113.3"],
        prefixes=["10.9.0.0/16"],
        asn=65002,
        ipv6_prefixes=["2001:db8:2::/48"],
    )
    third = site("Old", addresses=["203.0.113.4"], prefixes=["10.10.0.0/16"], asn=65002, routing="static")
    networks = [IPv4Network("10.0.0.0/8")]
    checked(first, second, third, networks=networks, connected=True, ipv6=True, ecmp=True)
    checked(site(asn=65001), site("Data", addresses=["203.0.113.2"], asn=65001))


def certificates(*regions: str) -> list[acm.ICertificate]:
    scope = cdk.Stack(app_for_its_template(), "Certificates")
    of = acm.Certificate.from_certificate_arn
    return [of(scope, f"C{n}", f"arn:aws:acm:{one}:111122223333:certificate/{n}") for n, one in enumerate(regions)]


SPREAD = "only routes of BGP are spread"
BGP: dict[str, Any] = {"addresses": ["203.0.113.2"], "asn": 65009}
STATIC: dict[str, Any] = {"routing": "static", "prefixes": ["10.9.0.0/16"]}


@pytest.mark.parametrize(
    ("sites", "given", "said"),
    [
        ([site(**STATIC)], {"ecmp": True}, "ecmp must be off with static routing, got on: " + SPREAD),
        ([site(), site(**BGP)], {}, "sites must have different names, got Mail twice"),
        ([site(), site("B", asn=65009)], {}, "sites must have different addresses, got 203.0.113.1 twice"),
        (
            [site(), site("B", addresses=["203.0.113.2"])],
            {"connected": True},
            (
                "sites[B]: asn must differ from that of site Mail, got 65000 for both: BGP drops routes that hold its "
                "own number"
            ),
        ),
        ([site(asn=64512)], {}, "sites[Mail]: asn must differ from the gateway's, got 64512 for both"),
        ([site(asn=64512)], {"argument": "site"}, "site: asn must differ from the gateway's, got 64512 for both"),
        (
            [site(routing="static")],
            {},
            "sites[Mail]: prefixes must name what is reached there with static routing, got none",
        ),
        (
            [site(**STATIC, addresses=["203.0.113.1", "203.0.113.2"])],
            {},
            (
                "sites[Mail]: addresses must be one with static routing, got 2: a static route of a gateway names one "
                "connection"
            ),
        ),
        *(
            (
                [site(prefixes=[prefix])],
                {"networks": [IPv4Network("10.0.0.0/16"), IPv4Network("10.1.0.0/16")]},
                (
                    f"sites[Mail]: prefixes must be longer than {dropped}, which is dropped where no longer prefix is "
                    f"known, got {prefix}"
                ),
            )
            for prefix, dropped in (("10.1.0.0/16", "10.1.0.0/16"), ("10.0.0.0/8", "10.0.0.0/16"))
        ),
        (
            [site(prefixes=["10.8.0.0/16"]), site("B", **BGP, prefixes=["10.9.0.0/16", "10.8.1.0/24"])],
            {},
            "sites[B]: prefixes must not overlap those of site Mail (10.8.0.0/16), got 10.8.1.0/24",
        ),
        (
            [site(prefixes=["10.8.0.0/16", "10.8.1.0/24"])],
            {},
            "sites[Mail]: prefixes must not overlap, got 10.8.0.0/16 and 10.8.1.0/24",
        ),
        (
            [site(ipv6_prefixes=["2001:db8::/48"])],
            {},
            "sites[Mail]: ipv6_prefixes must be left out: IPv6 is not carried here",
        ),
        (
            [site(**STATIC, ipv6_prefixes=["2001:db8::/48"])],
            {"ipv6": True},
            "sites[Mail]: ipv6_prefixes must be announced by BGP, got static routing",
        ),
        (
            [
                site(ipv6_prefixes=["2001:db8::/48"]),
                site("B", **BGP, ipv6_prefixes=["2001:db8:9::/48", "2001:db8::/56"]),
            ],
            {"ipv6": True},
            "sites[B]: ipv6_prefixes must not overlap those of site Mail (2001:db8::/48), got 2001:db8::/56",
        ),
        (
            [site(ipv6_prefixes=["10.0.0.0/8"])],
            {"ipv6": True},
            "sites[Mail]: ipv6_prefixes must be an IPv6 CIDR block such as 2001:db8::/48, got 10.0.0.0/8",
        ),
        (
            [site(certificates=certificates("eu-west-1", "eu-west-1"))],
            {},
            "sites[Mail]: certificates must be one for each address, got 2 for 1",
        ),
        (
            [site(certificates=certificates("us-east-1"))],
            {},
            "sites[Mail]: certificates must be in eu-west-1, the Region of the stack, got one in us-east-1",
        ),
    ],
)
def test_sites_that_do_not_are_refused(sites: list[CustomerSite], given: dict[str, Any], said: str) -> None:
    with refused(said):
        checked(*sites, **given)
