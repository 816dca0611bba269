"""What the function promises beside its paths: by which addresses it calls, and that they outlive changes."""

import copy

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from patternkit.upgrade import compare
from patterns.network.fixed_egress_function import FixedEgressFunction
from tests.conftest import example
from tests.patterns.network.synthesized import properties

CODE = lambda_.Code.from_inline("def handler(event, context): pass")


def test_the_gateway_has_the_listed_addresses_and_no_other_way_out() -> None:
    synthesis = example("fixed-egress-function", "agnostic")
    [gateway] = properties(synthesis, "AWS::EC2::NatGateway")
    assert gateway["AvailabilityMode"] == "regional"
    listed = [one["AllocationIds"] for one in gateway["AvailabilityZoneAddresses"]]
    addresses = synthesis.resources("AWS::EC2::EIP")
    assert [[one["Fn::GetAtt"][0] for one in each] for each in listed] == [[name] for name in addresses]
    targets = {key for one in properties(synthesis, "AWS::EC2::Route") for key in one if key.endswith("Id")}
    assert targets == {"NatGatewayId", "RouteTableId"}
    put_out = str(synthesis.template["Outputs"]["Addresses"]["Value"])
    assert all(f"'{name}', 'PublicIp'" in put_out for name in addresses)


def test_another_address_for_each_zone_leaves_the_first_where_they_are() -> None:
    def listed(each: int, zones: int) -> list[list[str]]:
        stack = cdk.Stack(cdk.App(), "Test")
        made = FixedEgressFunction(
            stack, "Orders", code=CODE, handler="index.handler", addresses_per_zone=each, max_azs=zones
        )
        assert len(made.elastic_ips) == each * zones
        [gateway] = Template.from_stack(stack).find_resources("AWS::EC2::NatGateway").values()
        found = gateway["Properties"]["AvailabilityZoneAddresses"]
        return [[one["Fn::GetAtt"][0] for one in zone["AllocationIds"]] for zone in found]

    def first_of(after: list[list[str]], before: list[list[str]]) -> list[list[str]]:
        return [zone[: len(was)] for zone, was in zip(after, before, strict=False)]

    one, two = listed(1, 2), listed(2, 2)
    assert first_of(two, one) == one
    assert first_of(listed(2, 3), two) == two


def test_failed_events_are_kept_by_default(scope: cdk.Stack) -> None:
    made = FixedEgressFunction(scope, "Orders", code=CODE, handler="index.handler")
    template = Template.from_stack(scope)
    [config] = template.find_resources("AWS::Lambda::EventInvokeConfig").values()
    queue = scope.resolve(made.dead_letters.queue_arn)
    assert config["Properties"]["DestinationConfig"]["OnFailure"] == {"Destination": queue}
    statements = [
        one
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert [one["Resource"] for one in statements if one["Action"] == "sqs:SendMessage"] == [queue]


def test_the_addresses_survive_an_upgrade_that_replaces_the_gateway_or_takes_them_out() -> None:
    before = example("fixed-egress-function", "agnostic").template
    after = copy.deepcopy(before)
    for one in after["Resources"].values():
        if one["Type"] == "AWS::EC2::NatGateway":
            one["Properties"]["VpcId"] = "vpc-1"
    replaced = compare(before, after)
    assert [before["Resources"][one.logical_id]["Type"] for one in replaced] == ["AWS::EC2::NatGateway"]
    for logical_id in [name for name, one in before["Resources"].items() if one["Type"] == "AWS::EC2::EIP"]:
        del after["Resources"][logical_id]
    gone = [one for one in compare(before, after) if before["Resources"][one.logical_id]["Type"] == "AWS::EC2::EIP"]
    assert len(gone) == 2
    assert all("it stays in the account" in str(one) for one in gone)


def test_the_function_stands_in_every_zone_and_may_call_one_port_only() -> None:
    synthesis = example("fixed-egress-function", "agnostic")
    [function] = properties(synthesis, "AWS::Lambda::Function")
    assert len(function["VpcConfig"]["SubnetIds"]) == 2
    [group] = properties(synthesis, "AWS::EC2::SecurityGroup")
    assert [(one["CidrIp"], one["FromPort"], one["ToPort"]) for one in group["SecurityGroupEgress"]] == [
        ("0.0.0.0/0", 443, 443)
    ]
    assert "SecurityGroupIngress" not in group


def test_isolated_subnets_of_an_existing_vpc_get_the_way_out(scope: cdk.Stack) -> None:
    own = ec2.Vpc(
        scope,
        "Own",
        nat_gateways=0,
        restrict_default_security_group=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="public", subnet_type=ec2.SubnetType.PUBLIC),
            ec2.SubnetConfiguration(name="closed", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        ],
    )
    FixedEgressFunction(scope, "Orders", code=CODE, handler="index.handler", vpc=own)
    template = Template.from_stack(scope)
    assert len(template.find_resources("AWS::EC2::VPC")) == 1
    assert len(template.find_resources("AWS::EC2::InternetGateway")) == 1
    routes = [one["Properties"] for one in template.find_resources("AWS::EC2::Route").values()]
    assert len([one for one in routes if "NatGatewayId" in one]) == len(own.isolated_subnets)
