"""The VPC that several patterns stand on: its ranges, its names, its gateways and its flow log."""

from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Template

from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import resources

ZONES = ["eu-west-1a", "eu-west-1b"]
RANGES = {"Fn::Select": [0, {"Fn::GetAtt": ["Vpc", "Ipv6CidrBlocks"]}]}


@cache
def made() -> dict[str, dict[str, Any]]:
    stack = cdk.Stack(app_for_its_template(), "Network")
    network = TieredVpc(
        stack,
        "Vpc",
        cidr="10.20.0.0/22",
        availability_zones=ZONES,
        tiers={"Public": 28, "Private": 26, "Native": 26},
        with_egress=["Private"],
        ipv6=True,
        ipv6_only=["Native"],
    )
    network.resource.override_logical_id("Vpc")
    for number, gateway in enumerate(network.nat_gateways(), start=1):
        gateway.override_logical_id(f"Nat{number}")
    for subnet in network.all_subnets:
        subnet.subnet.override_logical_id(f"{subnet.tier}{subnet.number}")
    for tier in ("Public", "Private", "Native"):
        cdk.CfnOutput(stack, f"Of{tier}", value=network.ipv6_range_of(tier))
    group = logs.LogGroup(stack, "Flows", retention=logs.RetentionDays.ONE_MONTH)
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com"))
    network.log_flows(group, role, after=group)
    return dict(Template.from_stack(stack).to_json())


def of(kind: str) -> dict[str, Any]:
    return {name: one for name, one in made()["Resources"].items() if one["Type"] == f"AWS::EC2::{kind}"}


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = made()["Resources"][name]["Properties"]
    return found


def names(name: str) -> Any:
    return [tag["Value"] for tag in properties(name)["Tags"] if tag["Key"] == "Name"]


def test_its_names_resolve() -> None:
    vpc = properties("Vpc")
    assert (vpc["CidrBlock"], vpc["EnableDnsHostnames"], vpc["EnableDnsSupport"]) == ("10.20.0.0/22", True, True)
    assert names("Vpc") == ["Network/Vpc"]


def test_each_tier_keeps_room_for_four_zones() -> None:
    assert {name: one["Properties"].get("CidrBlock") for name, one in of("Subnet").items()} == {
        "Private1": "10.20.0.0/26",
        "Private2": "10.20.0.64/26",
        "Native1": None,
        "Native2": None,
        "Public1": "10.20.2.0/28",
        "Public2": "10.20.2.16/28",
    }
    assert {name: one["Properties"]["AvailabilityZone"] for name, one in of("Subnet").items()} == {
        f"{tier}{number}": zone
        for tier in ("Public", "Private", "Native")
        for number, zone in enumerate(ZONES, start=1)
    }


def test_each_subnet_has_a_64_of_its_own_of_the_vpcs_one_block() -> None:
    wanted = {}
    for name, one in of("Subnet").items():
        number, ranges = one["Properties"]["Ipv6CidrBlock"]["Fn::Select"]
        assert ranges == {"Fn::Cidr": [RANGES, 12, "64"]}, name
        assert one["Properties"]["AssignIpv6AddressOnCreation"] is True
        assert next(iter(of("VPCCidrBlock"))) in one["DependsOn"]
        wanted[name] = number
    of_tier = {tier: made()["Outputs"][f"Of{tier}"]["Value"]["Fn::Select"] for tier in ("Public", "Private", "Native")}
    for tier, (place, ranges) in of_tier.items():
        assert ranges == {"Fn::Cidr": [RANGES, 3, "66"]}
        # A /62 is four /64s.
        assert [wanted[f"{tier}1"], wanted[f"{tier}2"]] == [place * 4, place * 4 + 1]
    assert sorted(place for place, _ in of_tier.values()) == [0, 1, 2]


def test_only_a_subnet_without_ipv4_finds_ipv4_by_dns64() -> None:
    for name, one in of("Subnet").items():
        only = name.startswith("Native")
        assert one["Properties"].get("Ipv6Native", False) is only
        assert one["Properties"].get("EnableDns64", False) is only
        assert one["Properties"].get("MapPublicIpOnLaunch") is (None if only else False)


def test_each_subnet_has_a_route_table_of_its_own() -> None:
    tables = [one["Properties"]["RouteTableId"]["Fn::GetAtt"][0] for one in of("SubnetRouteTableAssociation").values()]
    subnets = [one["Properties"]["SubnetId"]["Fn::GetAtt"][0] for one in of("SubnetRouteTableAssociation").values()]
    assert sorted(subnets) == sorted(of("Subnet"))
    assert sorted(tables) == sorted(of("RouteTable"))
    assert all(names(table)[0].startswith("Network/Vpc/") for table in tables)


@pytest.mark.parametrize("number", [1, 2])
def test_each_zone_has_a_nat_gateway_whose_address_outlives_the_stack(number: int) -> None:
    gateway = made()["Resources"][f"Nat{number}"]
    address = gateway["Properties"]["AllocationId"]["Fn::GetAtt"][0]
    assert gateway["Properties"]["SubnetId"] == {"Fn::GetAtt": [f"Public{number}", "SubnetId"]}
    assert names(f"Nat{number}") == [f"Network/Vpc/Nat{number}"]
    kept = made()["Resources"][address]
    assert (kept["DeletionPolicy"], kept["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert kept["Properties"] == {"Domain": "vpc"}
    # It starts only in a subnet that reaches the internet.
    associations = {
        name
        for name, one in of("SubnetRouteTableAssociation").items()
        if one["Properties"]["SubnetId"] == {"Fn::GetAtt": [f"Public{number}", "SubnetId"]}
    }
    assert associations < set(gateway["DependsOn"])
    assert set(of("VPCGatewayAttachment")) <= set(kept["DependsOn"])


def test_the_public_tier_goes_out_by_the_internet_gateway() -> None:
    (attachment,) = of("VPCGatewayAttachment").values()
    (gateway,) = of("InternetGateway")
    assert attachment["Properties"] == {
        "InternetGatewayId": {"Fn::GetAtt": [gateway, "InternetGatewayId"]},
        "VpcId": {"Fn::GetAtt": ["Vpc", "VpcId"]},
    }
    routes = [one["Properties"] for one in of("Route").values()]
    assert len([one for one in routes if one.get("DestinationCidrBlock") == "0.0.0.0/0"]) == 2
    assert {str(one["GatewayId"]) for one in routes} == {str({"Fn::GetAtt": [gateway, "InternetGatewayId"]})}


def test_every_flow_is_recorded_each_minute() -> None:
    (log,) = of("FlowLog").values()
    (group,) = (name for name, one in made()["Resources"].items() if one["Type"] == "AWS::Logs::LogGroup")
    given = log["Properties"]
    assert (given["TrafficType"], given["MaxAggregationInterval"], given["ResourceType"]) == ("ALL", 60, "VPC")
    assert given["ResourceId"] == {"Fn::GetAtt": ["Vpc", "VpcId"]}
    assert given["LogDestinationType"] == "cloud-watch-logs"
    assert given["LogGroupName"] == {"Ref": group}
    assert "Role" in given["DeliverLogsPermissionArn"]["Fn::GetAtt"][0]
    assert group in log["DependsOn"]


@pytest.mark.parametrize("ipv6", [False, True])
def test_public_subnets_have_the_internet_in_each_family_that_the_vpc_has(ipv6: bool) -> None:
    stack = cdk.Stack(app_for_its_template(), "Network")
    network = TieredVpc(
        stack, "Vpc", cidr="10.20.0.0/22", availability_zones=ZONES, tiers={"Public": 28, "Private": 26}, ipv6=ipv6
    )
    routes = Template.from_stack(stack).find_resources("AWS::EC2::Route")
    found = [one["Properties"] for one in routes.values() if "GatewayId" in one["Properties"]]
    destinations = [one.get("DestinationCidrBlock") or one["DestinationIpv6CidrBlock"] for one in found]
    assert sorted(destinations) == sorted(["0.0.0.0/0", *(["::/0"] if ipv6 else [])] * len(ZONES))
    assert network.internet_gateway is not None


def test_as_a_vpc_it_knows_the_range_of_each_subnet() -> None:
    stack = cdk.Stack(app_for_its_template(), "Network")
    network = TieredVpc(
        stack, "Vpc", cidr="10.20.0.0/22", availability_zones=ZONES, tiers={"Public": 28, "Private": 26}
    )
    vpc = network.vpc
    for tier, known in (("Public", vpc.public_subnets), ("Private", vpc.isolated_subnets)):
        ranges = [(each.availability_zone, each.ipv4_cidr_block) for each in known]
        assert ranges == [(each.subnet.availability_zone, each.subnet.cidr_block) for each in network.subnets[tier]]
        assert len(ranges) == len(ZONES)


def network(scope: cdk.Stack, **more: Any) -> TieredVpc:
    given: dict[str, Any] = {"cidr": "10.20.0.0/22", "availability_zones": ZONES, "tiers": {"Web": 26, "Data": 27}}
    return TieredVpc(scope, "Vpc", **(given | more))


@pytest.mark.parametrize(
    ("argument", "property_"),
    [
        ("gateway_id", "GatewayId"),
        ("nat_gateway_id", "NatGatewayId"),
        ("transit_gateway_id", "TransitGatewayId"),
        ("vpc_endpoint_id", "VpcEndpointId"),
        ("egress_only_internet_gateway_id", "EgressOnlyInternetGatewayId"),
        ("vpc_peering_connection_id", "VpcPeeringConnectionId"),
    ],
)
@pytest.mark.parametrize(
    ("destination", "family"), [("10.0.0.0/8", "DestinationCidrBlock"), ("::/0", "DestinationIpv6CidrBlock")]
)
def test_a_route_leads_to_one_target(
    scope: cdk.Stack, argument: str, property_: str, destination: str, family: str
) -> None:
    subnet = network(scope).subnets["Web"][0]
    after = cdk.CfnResource(scope, "After", type="Own::Kind::Attachment")
    subnet.route("To", destination, after=after, **{argument: "own-1"})
    route = resources(scope, "AWS::EC2::Route")["Vpc/Web1/RouteTable/To"]
    table = {"Fn::GetAtt": ["Vpc/Web1/RouteTable", "RouteTableId"]}
    assert route["Properties"] == {family: destination, property_: "own-1", "RouteTableId": table}
    assert route["DependsOn"] == ["After"]


def test_a_route_waits_for_nothing_unless_it_is_told_to(scope: cdk.Stack) -> None:
    network(scope).subnets["Web"][1].route("To", "10.0.0.0/8", gateway_id="own-1")
    assert "DependsOn" not in resources(scope, "AWS::EC2::Route")["Vpc/Web2/RouteTable/To"]


def test_subnets_and_tiers_are_told_apart(scope: cdk.Stack) -> None:
    made = network(scope)
    told = [(one.tier, one.number, one.subnet.node.path) for one in made.all_subnets]
    assert told == [
        ("Web", 1, "Test/Vpc/Web1/Subnet"),
        ("Web", 2, "Test/Vpc/Web2/Subnet"),
        ("Data", 1, "Test/Vpc/Data1/Subnet"),
        ("Data", 2, "Test/Vpc/Data2/Subnet"),
    ]
    assert (made.range_of("Web"), made.range_of("Data")) == ("10.20.0.0/24", "10.20.1.0/25")
    assert str(made.network) == "10.20.0.0/22"
    assert scope.resolve(made.vpc_id) == {"Fn::GetAtt": ["Vpc8378EB38", "VpcId"]}
    assert made.ipv6 is None
    user = cdk.CfnResource(scope, "User", type="Own::Kind::User")
    made.before("Data", user)
    waits = resources(scope, "Own::Kind::User")["User"]["DependsOn"]
    assert sorted(waits) == ["Vpc/Data1/Association", "Vpc/Data2/Association"]


def test_zones_are_named_or_told_by_their_ids(scope: cdk.Stack) -> None:
    network(scope, availability_zones=["eu-west-1a", "euw1-az2", "xeuw1-az2-x"])
    found = resources(scope, "AWS::EC2::Subnet")
    told = [
        (one["Properties"].get("AvailabilityZone"), one["Properties"].get("AvailabilityZoneId"))
        for path, one in found.items()
        if "Web" in path
    ]
    assert told == [("eu-west-1a", None), (None, "euw1-az2"), ("xeuw1-az2-x", None)]


@pytest.mark.parametrize(
    ("with_egress", "private", "isolated"),
    [((), [], ["Web", "Data"]), (("Web",), ["Web"], ["Data"]), (("Web", "Data"), ["Web", "Data"], [])],
)
def test_constructs_find_subnets_with_a_way_out_as_private_ones(
    scope: cdk.Stack, with_egress: tuple[str, ...], private: list[str], isolated: list[str]
) -> None:
    made = network(scope, with_egress=with_egress)
    vpc = made.vpc
    for tiers, found in ((private, vpc.private_subnets), (isolated, vpc.isolated_subnets)):
        wanted = [one for tier in tiers for one in made.subnets[tier]]
        assert [one.subnet_id for one in found] == [one.subnet.attr_subnet_id for one in wanted]
        assert [one.route_table.route_table_id for one in found] == [
            one.route_table.attr_route_table_id for one in wanted
        ]
    for tier in ("Web", "Data"):
        assert len(vpc.select_subnets(subnet_group_name=tier).subnet_ids) == len(ZONES)
    assert vpc.public_subnets == []
    assert (vpc.vpc_cidr_block, vpc.availability_zones) == ("10.20.0.0/22", ZONES)


@pytest.mark.parametrize("argument", [None, "vpc_cidr"])
def test_a_range_that_is_too_small_is_refused_in_the_callers_words(scope: cdk.Stack, argument: str | None) -> None:
    more = {} if argument is None else {"argument": argument}
    network(scope, cidr="10.20.0.0/23", **more)
    other = cdk.Stack(app_for_its_template(), "Other")
    name = argument or "cidr"
    with pytest.raises(ValueError, match=f"^{name} must be at least a /23 to hold its subnets, got 10.20.0.0/24$"):
        network(other, cidr="10.20.0.0/24", **more)
    with pytest.raises(ValueError, match=rf"^{name} must be private \(RFC 1918 or RFC 6598\), got 8.0.0.0/23$"):
        network(other, cidr="8.0.0.0/23", **more)
    assert other.node.try_find_child("Vpc") is None


@pytest.mark.parametrize("prefix", [15, 29])
def test_a_subnet_is_of_a_size_that_a_vpc_takes(scope: cdk.Stack, prefix: int) -> None:
    with pytest.raises(ValueError, match=rf"^tiers\[Web\] must be between 16 and 28, got {prefix}$"):
        network(scope, tiers={"Web": prefix})
