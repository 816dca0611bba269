"""What CloudFormation makes waits for what it needs at once, and is deleted before that: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template
from constructs import Construct

from tests.every_template import TEMPLATES, Resources, every_template, needs, referred, resources
from tests.siblings import Place, places, said_of

# What acts by a role as soon as it is made or updated, and so needs what the role may do by then.
ACTS = {
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::EC2::FlowLog",
    "AWS::EC2::Instance",
    "AWS::ECS::Service",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Pipes::Pipe",
    "AWS::Scheduler::Schedule",
    "AWS::StepFunctions::StateMachine",
}
# What stands between that and a role.
CARRIERS = {
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::EC2::LaunchTemplate",
    "AWS::ECS::TaskDefinition",
    "AWS::IAM::InstanceProfile",
    "AWS::Lambda::Function",
}


def roles(template: Resources, given: Any) -> set[str]:
    """The roles that are acted by, through what carries them."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(referred(given))
    while waiting:
        name = waiting.pop()
        if name in seen or name not in template:
            continue
        seen.add(name)
        if template[name]["Type"] == "AWS::IAM::Role":
            found.add(name)
        elif template[name]["Type"] in CARRIERS:
            waiting += referred(template[name]["Properties"])
    return found


def acting(template: Resources) -> Iterator[tuple[str, str]]:
    """Each resource that acts by a role at once, with that role."""
    for name, one in template.items():
        given = one.get("Properties") if one["Type"] in ACTS else None
        if one["Type"] == "AWS::Lambda::Alias":
            # Each of its updates but the first is a deployment, which calls hooks.
            given = [
                {"Ref": each}
                for each in referred(one.get("UpdatePolicy"))
                if template.get(each, {}).get("Type") == "AWS::CodeDeploy::DeploymentGroup"
            ]
        for role in sorted(roles(template, given)):
            yield name, role


def permissions(template: Resources, role: str) -> set[str]:
    return {
        name
        for name, one in template.items()
        if one["Type"] == "AWS::IAM::Policy" and role in referred(one["Properties"].get("Roles"))
    }


def test_what_acts_by_roles_is_found() -> None:
    found = {resources(path)[name]["Type"] for path in TEMPLATES for name, _ in acting(resources(path))}
    assert found >= {
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::ECS::Service",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Scheduler::Schedule",
        "AWS::StepFunctions::StateMachine",
    }


@every_template
def test_what_acts_by_a_role_waits_for_what_the_role_may_do(path: Path) -> None:
    """A role that is there need not have its policies yet: those are attached afterwards.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
    """
    template = resources(path)
    early = {
        f"{name} before {policy}"
        for name, role in acting(template)
        for policy in permissions(template, role) - needs(template, name)
        # A policy that names what acts comes after it.
        if name not in needs(template, policy)
    }
    assert early == set()


@every_template
def test_an_attachment_is_looked_for_once_it_was_made(path: Path) -> None:
    """Of a Direct Connect gateway the association makes it, which takes longer than the function would wait.

    When all is deleted, the association goes after the routes and tables that name the attachment.
    """
    template = resources(path)
    for name, one in template.items():
        if one["Type"] != "Custom::TransitGatewayAttachment":
            continue
        before = needs(template, name)
        subjects = {template[each]["Type"] for each in referred(one["Properties"]["ResourceId"]) if each in template}
        if "AWS::DirectConnect::DirectConnectGateway" in subjects:
            kinds = {template[each]["Type"] for each in before}
            assert "AWS::DirectConnect::DirectConnectGatewayAssociation" in kinds, name


def test_attachments_of_circuits_are_found() -> None:
    kinds = {one["Type"] for path in TEMPLATES for one in resources(path).values()}
    assert {"Custom::TransitGatewayAttachment", "AWS::DirectConnect::DirectConnectGatewayAssociation"} <= kinds


# What runs in subnets as soon as it is made, and the property that names them.
RUNS = {
    "AWS::AutoScaling::AutoScalingGroup": "VPCZoneIdentifier",
    "AWS::EC2::Instance": "SubnetId",
    "AWS::ECS::Service": "NetworkConfiguration",
    "AWS::Lambda::Function": "VpcConfig",
}


def ways_out(found: Resources, subnet: str) -> set[str]:
    """What gives a subnet its route table, and that table its default routes."""
    ways: set[str] = set()
    for name, one in found.items():
        if one["Type"] != "AWS::EC2::SubnetRouteTableAssociation" or subnet not in referred(
            one["Properties"]["SubnetId"]
        ):
            continue
        ways.add(name)
        tables = set(referred(one["Properties"]["RouteTableId"]))
        ways |= {
            each
            for each, route in found.items()
            if route["Type"] == "AWS::EC2::Route"
            and route["Properties"].get("DestinationCidrBlock") == "0.0.0.0/0"
            and tables & set(referred(route["Properties"]["RouteTableId"]))
        }
    return ways


@every_template
def test_what_runs_in_a_subnet_waits_for_its_way_out(path: Path) -> None:
    """Until then it has that of the VPC's main route table; deleted in the other order, it ends without one."""
    found = resources(path)
    early = {
        f"{name} before {way}"
        for name, one in found.items()
        for subnet in set(referred(one.get("Properties", {}).get(RUNS.get(one["Type"], ""))))
        for way in ways_out(found, subnet) - needs(found, name)
    }
    assert early == set()


def test_what_runs_in_subnets_is_found() -> None:
    found = {
        one["Type"]
        for path in TEMPLATES
        for one in resources(path).values()
        for subnet in set(referred(one.get("Properties", {}).get(RUNS.get(one["Type"], ""))))
        if ways_out(resources(path), subnet)
    }
    assert found >= RUNS.keys() - {"AWS::EC2::Instance"}


def in_a_new_vpc(scope: Construct) -> ec2.IVpc:
    return ec2.Vpc(scope, "Vpc", max_azs=2, nat_gateways=1, restrict_default_security_group=False)


VPCS = [
    pytest.param(place, id=str(place))
    for place in places()
    if place.argument == "vpc" and place.kind is ec2.IVpc and not place.field
]


@pytest.mark.parametrize("place", VPCS)
def test_what_runs_in_a_vpc_of_the_same_app_waits_for_its_ways_out(place: Place) -> None:
    said, made = said_of(place, in_a_new_vpc)
    if made is None:
        pytest.skip(said)
    found = Template.from_stack(Stack.of(made)).to_json()["Resources"]
    early = {
        f"{name} before {way}"
        for name, one in found.items()
        for subnet in set(referred(one.get("Properties", {}).get(RUNS.get(one["Type"], ""))))
        for way in ways_out(found, subnet) - needs(found, name)
    }
    assert early == set()
