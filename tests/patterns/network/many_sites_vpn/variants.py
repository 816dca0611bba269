"""A VPC whose sites announce IPv6, by connections of their own."""

from dataclasses import replace
from typing import Any

import aws_cdk as cdk

from patternkit.routes import isolated, reaches
from patterns.network.many_sites_vpn import CustomerSite, ManySitesVpn
from patterns.network.shared_services_vpc import SharedEndpoints
from tests.patterns.network.ipv6_mutants import attachment_without_ipv6, without_ipv6_routes
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.shared_endpoints_mutants import endpoints_closed, endpoints_open
from tests.patterns.network.variants import Variant

SITES = [
    CustomerSite(
        name=name,
        addresses=[f"198.51.100.{number}"],
        asn=65010 + number,
        prefixes=[f"192.168.{number}.0/24"],
        ipv6_prefixes=[f"2001:db8:{number}::/48"],
    )
    for number, name in enumerate(("Berlin", "Rome"), start=1)
]
VPC = "Branches/Network/Workload*"
BERLIN, ROME = (f"Branches/Site{name}Ipv6/Connection1" for name in ("Berlin", "Rome"))
OUT, IN = "the VPC reaches every site by IPv6", "every site reaches the VPC by IPv6"


def contracts() -> dict[str, Any]:
    ways = {f"Site{site.name}{family}": site for site in SITES for family in ("", "Ipv6")}
    return {
        "harmless": ["*Placement/Resource/Default"],
        "returns": {
            f"*/{name}/Attachment1Placement/Resource/Default": {
                "AttachmentId": {"attachment-of": f"Branches/{name}/Connection1"}
            }
            for name in ways
        },
        "prefixes": {
            f"Branches/{name}/Connection1": list(site.ipv6_prefixes if name.endswith("Ipv6") else site.prefixes)
            for name, site in ways.items()
        },
        "sites": {
            f"Branches/{name}/Connection1": {"at": site.name, "passes-on": False, "sends": []}
            for name, site in ways.items()
        },
    }


def with_shared_endpoints(app: cdk.App) -> ManySitesVpn:
    stack = cdk.Stack(app, "Net")
    made = ManySitesVpn(stack, "Branches", sites=[replace(site, ipv6_prefixes=()) for site in SITES])
    SharedEndpoints(stack, "Central", vpc=made.vpc)
    return made


def contracts_of_ipv4() -> dict[str, Any]:
    """What is declared of the connections that carry IPv4."""
    found = contracts()
    return {
        one: {key: value for key, value in held.items() if "Ipv6" not in key} if isinstance(held, dict) else held
        for one, held in found.items()
    }


def _a_site_that_is_not_known(made: Templates) -> None:
    made.remove("EC2::TransitGatewayRouteTablePropagation", "SiteRomeAttachment1PropagationToVpc")


ENDPOINTS, HTTPS = "every site reaches the endpoints", "the endpoints let nothing in but HTTPS"
CONNECTIONS = ["Branches/SiteBerlin/Connection1", "Branches/SiteRome/Connection1"]

VARIANTS = [
    Variant(
        "endpoints in the VPC",
        with_shared_endpoints,
        (
            reaches(CONNECTIONS, "Central/Endpoints/*", port=443, name=ENDPOINTS),
            isolated(CONNECTIONS, "Central/Endpoints/*", port=22, name=HTTPS),
        ),
        (
            Mutant("a site that the VPC does not know", _a_site_that_is_not_known, (ENDPOINTS,)),
            endpoints_closed("Central", ENDPOINTS),
            endpoints_open("Central", HTTPS),
        ),
        contracts_of_ipv4(),
    ),
    Variant(
        "IPv6",
        lambda app: ManySitesVpn(cdk.Stack(app, "Net"), "Branches", sites=SITES),
        (
            reaches(VPC, [BERLIN, ROME], family=6, name=OUT),
            reaches([BERLIN, ROME], VPC, family=6, name=IN),
            isolated(BERLIN, ROME, family=6, name="Berlin never reaches Rome by IPv6"),
            isolated(ROME, BERLIN, family=6, name="Rome never reaches Berlin by IPv6"),
            isolated("internet", VPC, family=6, name="nobody on the internet comes in by IPv6"),
        ),
        (attachment_without_ipv6("", OUT, IN), without_ipv6_routes("SpokeOfBranches", OUT, IN)),
        contracts(),
    ),
]
