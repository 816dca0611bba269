from aws_cdk import aws_ec2 as ec2

from tests.patterns.network.site_refusals import IPV6_REFUSALS, SITE_REFUSALS, refused, site
from tests.refusals import Refusal

REFUSALS = [
    Refusal(
        "vpc Test/Given0/Own must not overlap site Berlin (10.9.1.0/24), got 10.9.0.0/16",
        lambda scope: {
            "sites": [site(prefixes=["10.9.1.0/24"])],
            "vpc": ec2.Vpc(scope, "Own", ip_addresses=ec2.IpAddresses.cidr("10.9.0.0/16"), nat_gateways=0),
        },
    ),
    Refusal(
        "vpc must have an IPv6 range to carry IPv6, got Test/Given1/Own without one that is known here: an imported "
        "VPC tells none",
        lambda scope: {
            "sites": [site(ipv6_prefixes=["2001:db8::/48"])],
            "vpc": ec2.Vpc(scope, "Own", ip_addresses=ec2.IpAddresses.cidr("10.9.0.0/16"), nat_gateways=0),
        },
    ),
    *SITE_REFUSALS,
    *IPV6_REFUSALS,
    refused(
        "sites[Berlin]: ipv6_prefixes must be left out: IPv6 is not carried here",
        site(ipv6_prefixes=["2001:db8::/48"]),
        gateway="virtual-private-gateway",
    ),
    refused("gateway must be one of transit-gateway, virtual-private-gateway, got 'nat'", site(), gateway="nat"),
    refused(
        "connect_sites must be on with a virtual private gateway, which connects all of its sites",
        site(),
        gateway="virtual-private-gateway",
        connect_sites=False,
    ),
    refused(
        "accelerated must be off with a virtual private gateway, which cannot accelerate",
        site(),
        gateway="virtual-private-gateway",
        accelerated=True,
    ),
    refused(
        "sites[Rome]: asn must differ from that of site Berlin, got 65010 for both: BGP drops routes that hold its own "
        "number",
        site(),
        site(name="Rome", addresses=["198.51.100.2"]),
        connect_sites=True,
    ),
    refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", site(), cidr="8.0.0.0/16"),
    refused("cidr must be at least a /21 to hold its subnets, got 10.0.0.0/22", site(), cidr="10.0.0.0/22"),
    refused("cidr must not overlap site Berlin (10.0.1.0/24), got 10.0.0.0/20", site(prefixes=["10.0.1.0/24"])),
    refused("max_azs must be 2 or 3, got 1", site(), max_azs=1),
    refused("asn must be in 64512-65534 or 4200000000-4294967294, got 7224", site(), asn=7224),
]
