"""What an appliance fleet promises beside its paths: health of its own, flows that move on, and who may connect."""

import copy
import dataclasses
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from patternkit.catalog.discovery import patterns
from patternkit.routes import Contracts, Network, Verdict, inspected, reaches
from patternkit.routes.templates import StackSource, read
from patterns.building_blocks.availability_zones import zones
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.network.appliance_fleet import ApplianceEndpoints, ApplianceFleet
from tests.conftest import example
from tests.patterns.network.mutants import Templates
from tests.patterns.network.synthesized import network

INTERNAL = reaches("Orders/Workload*", "Billing/Workload*")


def fleet(scope: cdk.Stack, **arguments: Any) -> ApplianceFleet:
    return ApplianceFleet(scope, "Fleet", machine_image=ec2.MachineImage.latest_amazon_linux2023(), **arguments)


def stacks() -> list[StackSource]:
    made = read(example("appliance-fleet", "agnostic").directory)
    return [dataclasses.replace(one, template=copy.deepcopy(one.template)) for one in made]


def proved(made: list[StackSource]) -> Network:
    return Network(made, Contracts.load(patterns()["appliance-fleet"].folder / "contracts.yaml"))


def test_without_its_health_check_no_appliance_is_surely_in_service() -> None:
    made = stacks()
    [group] = Templates({one.name: one.template for one in made}).of("EC2::SecurityGroup", "FleetSecurityGroup")
    rules = group["Properties"]["SecurityGroupIngress"]
    rules[:] = [one for one in rules if one["IpProtocol"] != "tcp"]
    proof = proved(made).prove(INTERNAL)
    # What a Gateway Load Balancer does when all of its targets are unhealthy is not documented.
    assert proof.verdict is Verdict.UNKNOWN
    assert "may never be healthy" in proof.reason


def test_an_endpoint_that_waits_for_acceptance_is_not_proved() -> None:
    made = stacks()
    Templates({one.name: one.template for one in made}).change("EC2::VPCEndpointService", AcceptanceRequired=True)
    proof = proved(made).prove(INTERNAL)
    assert proof.verdict is Verdict.UNKNOWN
    assert "accepts" in proof.reason


def test_flows_of_an_appliance_that_fails_or_goes_move_on(scope: cdk.Stack) -> None:
    fleet(scope)
    [group] = Template.from_stack(scope).find_resources("AWS::ElasticLoadBalancingV2::TargetGroup").values()
    attributes = {one["Key"]: one["Value"] for one in group["Properties"]["TargetGroupAttributes"]}
    assert attributes["target_failover.on_deregistration"] == "rebalance"
    assert attributes["target_failover.on_unhealthy"] == "rebalance"


def test_what_fails_the_load_balancers_check_is_replaced(scope: cdk.Stack) -> None:
    fleet(scope, health_protocol="HTTPS", health_port=8443, health_path="/ready")
    template = Template.from_stack(scope)
    [group] = template.find_resources("AWS::AutoScaling::AutoScalingGroup").values()
    assert "ELB" in group["Properties"]["HealthCheckType"]
    [targets] = template.find_resources("AWS::ElasticLoadBalancingV2::TargetGroup").values()
    assert group["Properties"]["TargetGroupARNs"]
    checks = {name: value for name, value in targets["Properties"].items() if "HealthCheck" in name}
    assert (checks["HealthCheckProtocol"], checks["HealthCheckPort"]) == ("HTTPS", "8443")
    assert checks["HealthCheckPath"] == "/ready"
    [appliances] = template.find_resources("AWS::EC2::SecurityGroup").values()
    let_in = {(one["IpProtocol"], one["FromPort"]) for one in appliances["Properties"]["SecurityGroupIngress"]}
    assert let_in == {("udp", 6081), ("tcp", 8443)}
    let_out = {(one["IpProtocol"], one["FromPort"]) for one in appliances["Properties"]["SecurityGroupEgress"]}
    assert let_out == {("udp", 6081)}


def test_a_flow_is_remembered_for_as_long_as_is_asked(scope: cdk.Stack) -> None:
    fleet(scope, idle_timeout=Duration.minutes(20))
    [listener] = Template.from_stack(scope).find_resources("AWS::ElasticLoadBalancingV2::Listener").values()
    assert listener["Properties"]["ListenerAttributes"] == [{"Key": "tcp.idle_timeout.seconds", "Value": "1200"}]
    # It listens to everything: it has no port and no protocol.
    assert not {"Port", "Protocol"} & listener["Properties"].keys()


def test_other_accounts_connect_only_where_they_are_named(scope: cdk.Stack) -> None:
    fleet(scope, accounts=["222233334444"])
    template = Template.from_stack(scope)
    [permission] = template.find_resources("AWS::EC2::VPCEndpointServicePermissions").values()
    assert "222233334444:root" in str(permission["Properties"]["AllowedPrincipals"])
    alone = example("appliance-fleet", "agnostic").template["Resources"].values()
    assert not [one for one in alone if one["Type"] == "AWS::EC2::VPCEndpointServicePermissions"]


def test_endpoints_inspect_between_subnets_of_any_other_vpc() -> None:
    """A middlebox between two tiers of one VPC: each sends the other's subnet to the endpoint of its zone."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Net")
        made = fleet(stack)
        vpc = TieredVpc(
            stack,
            "Own",
            cidr="10.9.0.0/20",
            availability_zones=zones(None, 2),
            tiers={"Web": 26, "Data": 26, "Endpoint": 28},
        )
        endpoints = ApplianceEndpoints(
            stack, "Endpoints", service_name=made.service_name, vpc_id=vpc.vpc_id, subnets=vpc.subnets["Endpoint"]
        )
        for one, other in (("Web", "Data"), ("Data", "Web")):
            subnet, target = vpc.subnets[one][0], vpc.subnets[other][0]
            subnet.route("Inspected", str(target.subnet.cidr_block), vpc_endpoint_id=endpoints.in_zone(1))

    found = Network.from_templates(network(build).templates)
    found.assert_holds(
        reaches("Own/Web1/Subnet", "Own/Data1/Subnet", same_vpc=True),
        inspected("Own/Web1/Subnet", "Own/Data1/Subnet", same_vpc=True),
    )


def test_the_image_of_the_vendor_starts_with_its_configuration_and_an_encrypted_volume(scope: cdk.Stack) -> None:
    image = ec2.MachineImage.from_ssm_parameter("/appliances/image")
    ApplianceFleet(scope, "Fleet", machine_image=image, root_device="/dev/sda1", user_data="panorama=10.0.0.9")
    [made] = Template.from_stack(scope).find_resources("AWS::EC2::LaunchTemplate").values()
    data = made["Properties"]["LaunchTemplateData"]
    [volume] = data["BlockDeviceMappings"]
    assert (volume["DeviceName"], volume["Ebs"]["Encrypted"]) == ("/dev/sda1", True)
    assert "VolumeSize" not in volume["Ebs"]
    assert data["UserData"] == {"Fn::Base64": "panorama=10.0.0.9"}


@pytest.mark.parametrize("name", ["Hub", "Shop"])
def test_each_zone_has_an_endpoint_of_its_own(name: str) -> None:
    resources = example("appliance-fleet", "agnostic").template["Resources"]
    endpoints = [
        one["Properties"]
        for logical_id, one in resources.items()
        if one["Type"] == "AWS::EC2::VPCEndpoint" and logical_id.startswith(name)
    ]
    assert [one["VpcEndpointType"] for one in endpoints] == ["GatewayLoadBalancer"] * 2
    assert all(len(one["SubnetIds"]) == 1 for one in endpoints)
