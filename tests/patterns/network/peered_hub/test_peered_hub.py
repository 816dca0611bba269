"""Every route table of the hub and its spokes, by name, and what cannot be peered."""

import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.availability_zones import zones
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.peered_hub import PeeredHub
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.synthesized import network, properties
from tests.patterns.network.tables import read_tables


def spoke(scope: cdk.Stack, name: str, cidr: str) -> ec2.IVpc:
    return AttachmentVpc(scope, name, cidr=cidr, availability_zones=zones(None, 2), tiers={"Workload": 27}).vpc


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_spokes_know_the_hub_and_the_hub_knows_them(environment: str) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Network", env=ENVIRONMENTS[environment])
        hub = PeeredHub(stack, "Hub")
        for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24")):
            hub.add_spoke(spoke(stack, name, cidr))

    found = read_tables(network(build).template).vpc
    for zone in (1, 2):
        assert found[f"Hub/Network/Services{zone}"] == {
            "10.1.0.0/24": "OrdersVpcPeeredWithHub",
            "10.2.0.0/24": "BillingVpcPeeredWithHub",
        }
        assert found[f"Orders/Workload{zone}"] == {"10.0.0.0/20": "OrdersVpcPeeredWithHub"}
        assert found[f"Billing/Workload{zone}"] == {"10.0.0.0/20": "BillingVpcPeeredWithHub"}


def test_spokes_may_be_in_stacks_of_their_own() -> None:
    def build(app: cdk.App) -> None:
        hub = PeeredHub(cdk.Stack(app, "Network"), "Hub")
        hub.add_spoke(spoke(cdk.Stack(app, "Shop"), "Orders", "10.1.0.0/24"))

    made = network(build)
    assert len(properties(made, "AWS::EC2::VPCPeeringConnection")) == 1
    # The hub's stack knows nothing of the spoke's, which is deployed after it.
    assert "GetStackOutput" not in str(made.templates["Network"])


def test_an_existing_vpc_is_taken() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Network")
        own = ec2.Vpc(
            stack,
            "Own",
            ip_addresses=ec2.IpAddresses.cidr("10.7.0.0/16"),
            nat_gateways=1,
            restrict_default_security_group=False,
        )
        PeeredHub(stack, "Hub", vpc=own).add_spoke(spoke(stack, "Orders", "10.1.0.0/24"))

    made = network(build)
    routes = [one for one in properties(made, "AWS::EC2::Route") if "VpcPeeringConnectionId" in one]
    assert len(routes) == 4 + 4


def test_spokes_that_cannot_be() -> None:
    stack = cdk.Stack(cdk.App(), "Network")
    hub = PeeredHub(stack, "Hub")
    orders = spoke(stack, "Orders", "10.1.0.0/24")
    hub.add_spoke(orders)
    for message, vpc in (
        ("vpc must be added once, got Network/Orders/Vpc twice", orders),
        (
            "vpc Network/Inside/Vpc must not overlap the hub (10.0.0.0/20), got 10.0.1.0/24",
            spoke(stack, "Inside", "10.0.1.0/24"),
        ),
        (
            "vpc Network/Same/Vpc must not overlap spoke Network/Orders/Vpc (10.1.0.0/24), got 10.1.0.0/24",
            spoke(stack, "Same", "10.1.0.0/24"),
        ),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            hub.add_spoke(vpc)
