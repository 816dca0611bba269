"""The hubs of the tests: each option by itself, with two spokes, a customer site and a way in."""

from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm

from patternkit.testing.synthesis import Synthesis
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import CustomerSite, InspectionVpc
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.synthesized import network

BERLIN = CustomerSite(name="Berlin", addresses=["198.51.100.1", "198.51.100.2"], asn=65010, prefixes=["192.168.0.0/24"])
ROME = CustomerSite(name="Rome", addresses=["198.51.100.3"], prefixes=["192.168.1.0/24"], routing="static")
DIRECT_CONNECT = "5f294f92-bafb-4011-916d-9b0b00000000"
CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
#: Every combination of options that changes routes.
OPTIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "native": {"firewall_attachment": "transit-gateway"},
    "nat-inside": {"egress": "inspection-vpc"},
    "closed": {"egress": "none"},
    "east-west": {"inspect": "east-west"},
    "north-south": {"inspect": "north-south"},
    "north-south-nat-inside": {"inspect": "north-south", "egress": "inspection-vpc"},
    "native-east-west": {"firewall_attachment": "transit-gateway", "inspect": "east-west"},
    "native-north-south": {"firewall_attachment": "transit-gateway", "inspect": "north-south"},
    "shared": {"share_with": ("444455556666",)},
    "shared-native": {"firewall_attachment": "transit-gateway", "share_with": ("444455556666",)},
    "three-zones": {"max_azs": 3},
}


def add_hub(
    app: cdk.App,
    options: dict[str, Any],
    *,
    env: cdk.Environment | None = None,
    sites: bool = False,
    direct_connect: bool = True,
    ingress: bool = False,
) -> InspectionVpc:
    """Make a hub with two spokes, and what else is asked for."""
    stack = cdk.Stack(app, "Network", env=env)
    hub = InspectionVpc(stack, "Hub", **options)
    for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24")):
        vpc = AttachmentVpc(stack, name, cidr=cidr, availability_zones=hub.availability_zones, tiers={"Workload": 27})
        hub.add_spoke(vpc.vpc)
    if sites:
        hub.add_site(BERLIN)
        hub.add_site(ROME)
        if direct_connect:
            hub.add_direct_connect_gateway(DIRECT_CONNECT)
    if ingress:
        certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE)
        hub.add_ingress(certificate=certificate, targets={"10.1.0.70": 443})
    return hub


def synthesized(
    option: str,
    environment: str = "agnostic",
    *,
    sites: bool = False,
    direct_connect: bool = True,
    ingress: bool = False,
) -> Synthesis:
    """A hub, synthesized once."""
    # Without sites there is no Direct Connect gateway either.
    return _synthesized(option, environment, sites, sites and direct_connect, ingress)


@cache
def _synthesized(option: str, environment: str, sites: bool, direct_connect: bool, ingress: bool) -> Synthesis:
    env = ENVIRONMENTS[environment]
    return network(
        lambda app: add_hub(app, OPTIONS[option], env=env, sites=sites, direct_connect=direct_connect, ingress=ingress)
    )
