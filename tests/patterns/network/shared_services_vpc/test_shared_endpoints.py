"""Endpoints that a network's VPCs share: their names in every VPC, and what is refused."""

import copy
import dataclasses
import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from patternkit.dns import Contracts as DnsContracts
from patternkit.dns import Names, Verdict, answers, same_everywhere
from patternkit.routes.templates import StackSource
from patterns.building_blocks.availability_zones import zones
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.shared_services_vpc import SharedEndpoints
from tests.patterns.network.mutants import Templates
from tests.patterns.network.test_every_variant import sources

SSM = "ssm.eu-west-1.amazonaws.com"
ELSEWHERE = DnsContracts.from_data({"elsewhere": {SSM: ["203.0.113.7"]}})
SHARED = answers(SSM, "Net/Central/Endpoints/Ssm", source="every VPC"), same_everywhere(SSM, source="every VPC")
HUBS = {
    "hub-and-spoke-vpn: a shared spoke with endpoints": 4,
    "peered-hub: endpoints in the hub": 3,
    "many-sites-vpn: endpoints in the VPC": 1,
}


def stacks(variant: str) -> list[StackSource]:
    return [
        dataclasses.replace(one, region="eu-west-1", template=copy.deepcopy(one.template)) for one in sources(variant)
    ]


@pytest.mark.parametrize("variant", HUBS)
def test_the_services_names_lead_to_the_endpoints_in_every_vpc(variant: str) -> None:
    found = Names(stacks(variant), ELSEWHERE)
    assert len(found.model.vpcs) == HUBS[variant]
    found.assert_holds(*SHARED)


@pytest.mark.parametrize("variant", [name for name, vpcs in HUBS.items() if vpcs > 1])
def test_a_vpc_that_is_not_told_is_noticed(variant: str) -> None:
    made = stacks(variant)
    Templates({one.name: one.template for one in made}).remove("Route53Profiles::ProfileAssociation", "BillingVpcNames")
    assert Names(made, ELSEWHERE).prove(SHARED[0]).verdict is Verdict.FAILS


@pytest.fixture
def vpc(scope: cdk.Stack) -> ec2.IVpc:
    return place(scope, "Shared", "10.8.0.0/21")


def place(scope: cdk.Stack, name: str, cidr: str) -> ec2.IVpc:
    tiers = {"Services": 24, "Endpoints": 26}
    return AttachmentVpc(scope, name, cidr=cidr, availability_zones=zones(None, 2), tiers=tiers).vpc


def test_endpoints_stand_beside_the_gateways_subnets(scope: cdk.Stack, vpc: ec2.IVpc) -> None:
    SharedEndpoints(scope, "Central", vpc=vpc, interface_endpoints=["kms"])
    [endpoint] = Template.from_stack(scope).find_resources("AWS::EC2::VPCEndpoint").values()
    assert all("Services" in str(one) for one in endpoint["Properties"]["SubnetIds"])
    assert len(endpoint["Properties"]["SubnetIds"]) == 2


def test_accounts_of_the_organization_get_the_names_and_are_let_through(scope: cdk.Stack, vpc: ec2.IVpc) -> None:
    SharedEndpoints(scope, "Central", vpc=vpc, interface_endpoints=["kms"], share_with=["444455556666"])
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::RAM::ResourceShare", {"Principals": ["444455556666"]})
    [endpoint] = template.find_resources("AWS::EC2::VPCEndpoint").values()
    conditions = [one["Condition"] for one in endpoint["Properties"]["PolicyDocument"]["Statement"]]
    assert {"StringEquals": {"aws:PrincipalAccount": "444455556666"}} in conditions


def refused(message: str, call: Callable[[cdk.Stack, ec2.IVpc], Any]) -> Any:
    return pytest.param(message, call, id=message[:50])


def _twice(scope: cdk.Stack, vpc: ec2.IVpc) -> None:
    central = SharedEndpoints(scope, "Central", vpc=vpc, names_shared_by="profile")
    other = place(scope, "Orders", "10.1.0.0/21")
    central.share_names(other)
    central.share_names(other)


@pytest.mark.parametrize(
    ("message", "call"),
    [
        refused(
            "interface_endpoints must differ, got ssm twice",
            lambda scope, vpc: SharedEndpoints(scope, "Central", vpc=vpc, interface_endpoints=["ssm", "ssm"]),
        ),
        refused(
            "private_names must be of services in interface_endpoints, got kms",
            lambda scope, vpc: SharedEndpoints(scope, "Central", vpc=vpc, private_names={"kms": "kms.example.com"}),
        ),
        refused(
            "names_shared_by must be profile with share_with, got zones: CloudFormation cannot let other accounts "
            "associate VPCs with a zone",
            lambda scope, vpc: SharedEndpoints(
                scope, "Central", vpc=vpc, names_shared_by="zones", share_with=["444455556666"]
            ),
        ),
        refused("vpc must be told of once, got Test/Orders/Vpc, which has the names", _twice),
        refused(
            "vpc must be told of once, got Test/Shared/Vpc, which has the names",
            lambda scope, vpc: SharedEndpoints(scope, "Central", vpc=vpc).share_names(vpc),
        ),
        refused(
            'vpc must be in the stack Test, got Other/Orders/Vpc: names_shared_by="profile" shares names with other '
            "stacks",
            lambda scope, vpc: SharedEndpoints(scope, "Central", vpc=vpc).share_names(
                place(cdk.Stack(cdk.App(), "Other"), "Orders", "10.1.0.0/21")
            ),
        ),
    ],
)
def test_what_cannot_be_shared_is_refused(scope: cdk.Stack, vpc: ec2.IVpc, message: str, call: Any) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(scope, vpc)
