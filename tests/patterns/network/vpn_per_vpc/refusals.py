from tests.patterns.network.site_refusals import site
from tests.refusals import Refusal


def refused(message: str, **arguments: object) -> Refusal:
    return Refusal(message, lambda _: {"site": site(), **arguments})


REFUSALS = [
    # A virtual private gateway ends no VPN of IPv6.
    refused(
        "site: ipv6_prefixes must be left out: IPv6 is not carried here",
        site=site(ipv6_prefixes=["2001:db8::/48"]),
    ),
    refused("max_azs must be 2 or 3, got 1", max_azs=1),
    refused("new_vpcs[Shop] must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", new_vpcs={"Shop": "8.0.0.0/16"}),
    refused(
        "new_vpcs[Two] must not overlap network One (10.0.0.0/20), got 10.0.0.0/24",
        new_vpcs={"One": "10.0.0.0/20", "Two": "10.0.0.0/24"},
    ),
    refused(
        "new_vpcs[One] must not overlap site Berlin (10.0.1.0/24), got 10.0.0.0/20",
        site=site(prefixes=["10.0.1.0/24"]),
        new_vpcs={"One": "10.0.0.0/20"},
    ),
    refused("asn must be in 64512-65534 or 4200000000-4294967294, got 7224", asn=7224),
    refused("site: asn must differ from the gateway's, got 64512 for both", site=site(asn=64512)),
]
