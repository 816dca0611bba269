"""A transit gateway whose attachments reach nothing until a routing domain says so."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns

from patterns.building_blocks.settings import Settings
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.ipv6_range import Ipv6Range
from patterns.network.hub.transit_gateway import Attachment, TransitGateway
from tests.patterns.building_blocks.made import properties, resources

ZONES = ["eu-west-1a", "eu-west-1b"]
ROUTE = "AWS::EC2::TransitGatewayRoute"


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def attachment(gateway: TransitGateway, name: str = "Own", after: Any = None) -> Attachment:
    return Attachment(
        cdk.Stack.of(gateway), name, attachment_id=f"tgw-attach-{name}", domain=gateway.domain("Spokes"), after=after
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, {}),
        ({"ecmp": False, "asn": 65001}, {"VpnEcmpSupport": "disable", "AmazonSideAsn": 65001}),
        ({"accept_attachments": True}, {"AutoAcceptSharedAttachments": "enable"}),
        ({"share_with": ["111122223333"]}, {"AutoAcceptSharedAttachments": "enable"}),
        (
            {"group_references": True, "cidr_blocks": ("10.0.0.0/24",)},
            {"SecurityGroupReferencingSupport": "enable", "TransitGatewayCidrBlocks": ["10.0.0.0/24"]},
        ),
    ],
)
def test_a_gateway_places_nothing_by_itself(scope: cdk.Stack, given: dict[str, Any], said: dict[str, Any]) -> None:
    TransitGateway(scope, "Gateway", **given)
    found = properties(scope)
    assert found.pop("Gateway") == {
        "AmazonSideAsn": 64512,
        "AutoAcceptSharedAttachments": "disable",
        "DefaultRouteTableAssociation": "disable",
        "DefaultRouteTablePropagation": "disable",
        "DnsSupport": "enable",
        "Tags": [{"Key": "Name", "Value": "Test/Gateway"}],
        "VpnEcmpSupport": "enable",
        **said,
    }
    if "share_with" in given:
        share = found.pop("Gateway/Share")
        assert share.pop("ResourceArns") == [{"Fn::GetAtt": ["Gateway", "TransitGatewayArn"]}]
        assert share.pop("Name").startswith("TestGateway")
        assert share == {"AllowExternalPrincipals": False, "Principals": ["111122223333"]}
    assert found == {}


def test_an_existing_gateway_is_shared_where_it_is_made(scope: cdk.Stack) -> None:
    existing = ec2.CfnTransitGateway(scope, "Theirs")
    made = TransitGateway(scope, "Gateway", existing=existing)
    assert made.resource is existing
    assert scope.resolve(made.gateway_id) == {"Ref": "Theirs"}
    with refused("share_with must be empty with an existing gateway: share it where it is made"):
        TransitGateway(scope, "Other", existing=existing, share_with=["111122223333"])
    assert list(properties(scope)) == ["Theirs"]


def test_a_domain_is_made_once(scope: cdk.Stack) -> None:
    gateway = TransitGateway(scope, "Gateway")
    spokes = gateway.domain("Spokes")
    assert gateway.domain("Spokes") is spokes
    assert properties(scope, "AWS::EC2::TransitGatewayRouteTable") == {
        "Gateway/SpokesDomain/RouteTable": {
            "Tags": [{"Key": "Name", "Value": "Spokes"}],
            "TransitGatewayId": {"Ref": "Gateway"},
        }
    }


@pytest.mark.parametrize("waits", [False, True])
def test_what_an_attachment_sends_is_looked_up_in_its_domain(scope: cdk.Stack, waits: bool) -> None:
    gateway = TransitGateway(scope, "Gateway")
    after = cdk.CfnResource(scope, "After", type="Own::Kind::Placement") if waits else None
    own = attachment(gateway, after=after)
    gateway.domain("Sites").propagate(own)
    table = {"Fn::GetAtt": ["Gateway/SitesDomain/RouteTable", "TransitGatewayRouteTableId"]}
    later = {"DependsOn": ["After"]} if waits else {}
    associated = {"Fn::GetAtt": ["Gateway/SpokesDomain/RouteTable", "TransitGatewayRouteTableId"]}
    found = resources(scope)
    assert {path: one for path, one in found.items() if path.startswith("Own/")} == {
        "Own/Association": {
            **later,
            "Properties": {"TransitGatewayAttachmentId": "tgw-attach-Own", "TransitGatewayRouteTableId": associated},
            "Type": "AWS::EC2::TransitGatewayRouteTableAssociation",
        },
        "Own/PropagationToSites": {
            **later,
            "Properties": {"TransitGatewayAttachmentId": "tgw-attach-Own", "TransitGatewayRouteTableId": table},
            "Type": "AWS::EC2::TransitGatewayRouteTablePropagation",
        },
    }


@pytest.mark.parametrize("scoped", [False, True])
def test_destinations_are_sent_or_dropped_once_each(scope: cdk.Stack, scoped: bool) -> None:
    gateway = TransitGateway(scope, "Gateway")
    sites = gateway.domain("Sites")
    after = cdk.CfnResource(scope, "After", type="Own::Kind::Placement")
    own = attachment(gateway, after=after)
    place = {"scope": own} if scoped else {}
    token = cdk.Token.as_string({"Ref": "Range"})
    sites.route("10.0.0.0/8", own, **place)
    sites.route("2001:db8::/32", own, **place)
    sites.blackhole("192.168.0.0/16", **place)
    sites.route(token, own, **place)
    for again in ("10.0.0.0/8", "192.168.0.0/16"):
        with refused(f"destination must have one static route in domain Sites, got {again} twice"):
            sites.blackhole(again, **place)
    with refused("destination must be an IPv4 CIDR block such as 10.0.0.0/16, got ten"):
        sites.route("ten", own)
    where, suffix = ("Own", "InSites") if scoped else ("Gateway/SitesDomain", "")
    table = {"Fn::GetAtt": ["Gateway/SitesDomain/RouteTable", "TransitGatewayRouteTableId"]}
    sent = {"TransitGatewayAttachmentId": "tgw-attach-Own"}
    found = resources(scope, ROUTE)
    assert {path: one["Properties"] for path, one in found.items()} == {
        f"{where}/{name}{suffix}": {"DestinationCidrBlock": destination, "TransitGatewayRouteTableId": table, **how}
        for name, destination, how in (
            ("Route10.0.0.0-8", "10.0.0.0/8", sent),
            ("Route2001-db8---32", "2001:db8::/32", sent),
            ("Blackhole192.168.0.0-16", "192.168.0.0/16", {"Blackhole": True}),
            ("Route4", {"Ref": "Range"}, sent),
        )
    }
    # In the domain itself a route would have to wait for what may be of another stack.
    assert {path: one.get("DependsOn") for path, one in found.items()} == {
        path: ["After"] if scoped and "Route" in path.rpartition("/")[2] else None for path in found
    }


@pytest.mark.parametrize("dropped", [False, True])
def test_a_range_of_ipv6_waits_for_what_makes_it(scope: cdk.Stack, dropped: bool) -> None:
    gateway = TransitGateway(scope, "Gateway")
    own = None if dropped else attachment(gateway)
    block = cdk.CfnResource(scope, "Block", type="Own::Kind::Block")
    known, made = Ipv6Range(cidr="2001:db8::/48"), Ipv6Range(cidr=cdk.Token.as_string({"Ref": "R"}), made_by=block)
    for name, one in (("Known", known), ("Made", made)):
        gateway.domain("Sites").route_range(name, one, own, scope=scope)
    kind = "Blackhole" if dropped else "Route"
    found = resources(scope, ROUTE)
    assert {path: one.get("DependsOn") for path, one in found.items()} == {
        f"{kind}KnownInSites": None,
        f"{kind}MadeInSites": ["Block"],
    }


def test_a_vpc_is_attached_and_placed_in_its_domain(scope: cdk.Stack) -> None:
    gateway = TransitGateway(scope, "Gateway", group_references=True)
    made = gateway.attach_vpc(
        scope, "Own", vpc_id="vpc-1", subnet_ids=["subnet-1"], domain=gateway.domain("Spokes"), name="own",
        appliance_mode=True, ipv6=True,
    )  # fmt: skip
    assert (made.node.path, made.after) == ("Test/Own", None)
    found = properties(scope)
    assert found["OwnResource"] == {
        "Options": {
            "ApplianceModeSupport": "enable",
            "DnsSupport": "enable",
            "Ipv6Support": "enable",
            "SecurityGroupReferencingSupport": "enable",
        },
        "SubnetIds": ["subnet-1"],
        "Tags": [{"Key": "Name", "Value": "own"}],
        "TransitGatewayId": {"Ref": "Gateway"},
        "VpcId": "vpc-1",
    }
    assert found["Own/Association"]["TransitGatewayAttachmentId"] == {"Fn::GetAtt": ["OwnResource", "Id"]}


@pytest.mark.parametrize(
    ("of_vpc", "given", "carried"),
    [(True, {}, "enable"), (True, {"ipv6": False}, "disable"), (False, {}, "disable")],
)  # fmt: skip
def test_a_hubs_own_vpc_is_attached_by_its_subnets_for_that(
    scope: cdk.Stack, of_vpc: bool, given: dict[str, bool], carried: str
) -> None:
    gateway = TransitGateway(scope, "Gateway")
    vpc = AttachmentVpc(scope, "Vpc", cidr="10.0.0.0/24", availability_zones=ZONES, ipv6=of_vpc)
    gateway.attach_hub_vpc(scope, "Own", vpc, gateway.domain("Spokes"), appliance_mode=of_vpc, **given)
    found = properties(scope, "AWS::EC2::TransitGatewayAttachment")["OwnResource"]
    mode = "enable" if of_vpc else "disable"
    options = {"ApplianceModeSupport": mode, "DnsSupport": "enable", "Ipv6Support": carried}
    assert found["Options"] == options
    assert found["SubnetIds"] == [{"Fn::GetAtt": [f"Vpc/Attachment{number}/Subnet", "SubnetId"]} for number in (1, 2)]


def test_packets_without_a_route_are_told_after_a_quarter_of_an_hour(scope: cdk.Stack) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    gateway = TransitGateway(scope, "Gateway")
    gateway.watch_lost_packets(scope, Settings(alarm_topic=topic), look="read the flow logs")
    assert properties(scope, "AWS::CloudWatch::Alarm") == {
        "NoRoute": {
            "AlarmActions": [topic.topic_arn],
            "AlarmDescription": ("The transit gateway dropped packets that it knows no route for: read the flow logs."),
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Dimensions": [{"Name": "TransitGateway", "Value": {"Ref": "Gateway"}}],
            "EvaluationPeriods": 3,
            "MetricName": "PacketDropCountNoRoute",
            "Namespace": "AWS/TransitGateway",
            "OKActions": [topic.topic_arn],
            "Period": 300,
            "Statistic": "Sum",
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
        }
    }


def test_who_may_join_is_said_before_they_are_placed(scope: cdk.Stack) -> None:
    gateway = TransitGateway(scope, "Gateway")
    with refused("share_with must name who may join before their attachments are placed"):
        gateway.place_joining(gateway.domain("Spokes"), propagated_into=gateway.domain("Sites"))
    assert (gateway.default_domain, gateway.defaults, gateway.shared) == (None, None, False)
