from tests.patterns.network.site_refusals import IPV6_REFUSALS, SITE_REFUSALS, refused, site

STATIC = site(routing="static", prefixes=["192.168.0.0/24"])

REFUSALS = [
    *SITE_REFUSALS,
    *IPV6_REFUSALS,
    refused("ecmp must be off with static routing, got on: only routes of BGP are spread", STATIC, ecmp=True),
    refused(
        "sites[Berlin]: prefixes must be longer than 10.0.0.0/8, which is dropped where no longer prefix is known, "
        "got 10.0.0.0/8",
        site(prefixes=["10.0.0.0/8"]),
    ),
    refused("networks must be private (RFC 1918 or RFC 6598), got 8.0.0.0/8", site(), networks=["8.0.0.0/8"]),
    refused("max_azs must be 2 or 3, got 1", site(), max_azs=1),
    refused("availability_zones must hold 2 or 3 zones, got 1", site(), availability_zones=["eu-west-1a"]),
    refused("asn must be in 64512-65534 or 4200000000-4294967294, got 7224", site(), asn=7224),
]
