"""What every pattern with customer sites refuses."""

from typing import Any

from aws_cdk import aws_certificatemanager as acm

from patterns.network.hub.customer_site import CustomerSite
from tests.refusals import Refusal

CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"


def site(**changes: Any) -> CustomerSite:
    """A site that is fine but for what is changed."""
    return CustomerSite(**{"name": "Berlin", "addresses": ["198.51.100.1"], "asn": 65010, **changes})


def refused(message: str, *sites: CustomerSite, **arguments: Any) -> Refusal:
    """A refusal of some sites."""
    return Refusal(message, lambda _: {"sites": list(sites), **arguments})


IPV6_REFUSALS = [
    refused(
        "sites[Berlin]: ipv6_prefixes must be an IPv6 CIDR block such as 2001:db8::/48, got 192.168.0.0/24",
        site(ipv6_prefixes=["192.168.0.0/24"]),
    ),
    refused(
        "sites[Berlin]: ipv6_prefixes must be global (2000::/3) or unique local (fc00::/7), got fe80::/64",
        site(ipv6_prefixes=["fe80::/64"]),
    ),
    refused(
        "sites[Berlin]: ipv6_prefixes must be announced by BGP, got static routing",
        site(routing="static", prefixes=["192.168.0.0/24"], ipv6_prefixes=["2001:db8::/48"]),
    ),
    refused(
        "sites[Rome]: ipv6_prefixes must not overlap those of site Berlin (2001:db8::/32), got 2001:db8:1::/48",
        site(ipv6_prefixes=["2001:db8::/32"]),
        site(name="Rome", addresses=["198.51.100.2"], asn=65020, ipv6_prefixes=["2001:db8:1::/48"]),
    ),
]


SITE_REFUSALS = [
    refused("sites must hold at least 1, got none"),
    refused(
        "sites[Haupt Stadt]: name must be up to 50 letters, digits and hyphens, got 'Haupt Stadt'",
        site(name="Haupt Stadt"),
    ),
    refused("sites[Berlin]: routing must be one of bgp, static, got 'ospf'", site(routing="ospf")),
    refused("sites[Berlin]: addresses must be a list, got '198.51.100.1'", site(addresses="198.51.100.1")),
    refused("sites[Berlin]: addresses must hold 1 or 2 addresses, got none", site(addresses=[])),
    refused("sites[Berlin]: addresses must be public IPv4 addresses, got 10.0.0.1", site(addresses=["10.0.0.1"])),
    refused("sites[Berlin]: addresses must be public IPv4 addresses, got berlin", site(addresses=["berlin"])),
    Refusal(
        "sites[Berlin]: certificates must be one for each address, got 1 for 2",
        lambda scope: {
            "sites": [
                site(
                    addresses=["198.51.100.1", "198.51.100.2"],
                    certificates=[acm.Certificate.from_certificate_arn(scope, "Certificate", CERTIFICATE)],
                )
            ]
        },
    ),
    refused("sites[Berlin]: asn must be between 1 and 4294967294, got 0", site(asn=0)),
    refused("sites[Berlin]: asn must not be a reserved number, got 7224", site(asn=7224)),
    refused("sites[Berlin]: asn must not be a reserved number, got 23456", site(asn=23456)),
    refused("sites[Berlin]: asn must not be a reserved number, got 65535", site(asn=65535)),
    refused("sites[Berlin]: asn must differ from the gateway's, got 64512 for both", site(asn=64512)),
    refused(
        "sites[Berlin]: prefixes must name what is reached there with static routing, got none", site(routing="static")
    ),
    refused(
        "sites[Berlin]: addresses must be one with static routing, got 2: a static route of a gateway names one "
        "connection",
        site(routing="static", prefixes=["192.168.0.0/24"], addresses=["198.51.100.1", "198.51.100.2"]),
    ),
    refused(
        "sites[Berlin]: prefixes must be private (RFC 1918 or RFC 6598), got 8.8.8.0/24", site(prefixes=["8.8.8.0/24"])
    ),
    refused(
        "sites[Berlin]: prefixes must be an IPv4 CIDR block such as 10.0.0.0/16, got 192.168.0.1/24",
        site(prefixes=["192.168.0.1/24"]),
    ),
    refused("sites must have different names, got Berlin twice", site(), site(addresses=["198.51.100.2"])),
    refused("sites must have different addresses, got 198.51.100.1 twice", site(), site(name="Rome", asn=65020)),
    refused(
        "sites[Rome]: prefixes must not overlap those of site Berlin (192.168.0.0/24), got 192.168.0.128/25",
        site(prefixes=["192.168.0.0/24"]),
        site(name="Rome", addresses=["198.51.100.2"], asn=65020, prefixes=["192.168.0.128/25"]),
    ),
]
