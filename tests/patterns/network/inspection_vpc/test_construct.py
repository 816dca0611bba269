"""What the hub promises beside its routes, and what its methods refuse."""

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from patterns.building_blocks.vpc.cidr_block import ORGANIZATION_NETWORKS
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import CustomerSite, InspectionVpc, JoiningSpoke, SpokeStacks
from tests.conftest import ENVIRONMENTS
from tests.constructs import app_for_its_template
from tests.patterns.network.inspection_vpc.hubs import BERLIN, CERTIFICATE, OPTIONS, synthesized
from tests.patterns.network.inspection_vpc.refusals import own_policy
from tests.patterns.network.synthesized import network, properties
from tests.patterns.network.tables import read_tables
from tests.synthesis_warnings import warnings as warned

ISOLATED = ec2.SubnetType.PRIVATE_ISOLATED


def two_tiers(scope: cdk.Stack, name: str, cidr: str, **options: Any) -> ec2.Vpc:
    """A VPC as users write it."""
    return ec2.Vpc(
        scope,
        name,
        ip_addresses=ec2.IpAddresses.cidr(cidr),
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Workload", subnet_type=ISOLATED, cidr_mask=24),
            ec2.SubnetConfiguration(name="Attachment", subnet_type=ISOLATED, cidr_mask=28),
        ],
        restrict_default_security_group=False,
        **{"max_azs": 2, **options},
    )


@pytest.fixture
def app() -> cdk.App:
    return app_for_its_template()


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    return cdk.Stack(app, "Network")


@pytest.mark.parametrize("option", OPTIONS)
def test_appliance_mode_is_on_for_the_inspection_attachment_only(option: str) -> None:
    modes = {
        next(tag["Value"] for tag in one["Tags"]): one["Options"]["ApplianceModeSupport"]
        for one in properties(synthesized(option, ingress=True), "AWS::EC2::TransitGatewayAttachment")
    }
    enabled = {name for name, mode in modes.items() if mode == "enable"}
    assert enabled == (set() if "native" in option else {"Network/Hub/Inspection"})


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("option", OPTIONS)
def test_no_firewall_in_a_vpc_has_a_second_endpoint(option: str, environment: str) -> None:
    firewalls = properties(synthesized(option, environment), "AWS::NetworkFirewall::Firewall")
    zones = 3 if option == "three-zones" else 2
    if "native" in option:
        assert [len(one["AvailabilityZoneMappings"]) for one in firewalls] == [zones]
        assert "VpcId" not in firewalls[0]
        return
    assert [len(one["SubnetMappings"]) for one in firewalls] == [1] * zones
    subnets = [one["SubnetMappings"][0]["SubnetId"]["Fn::GetAtt"][0] for one in firewalls]
    assert len(set(subnets)) == zones


def test_the_policy_drops_what_no_rule_passes() -> None:
    made = network(
        lambda app: InspectionVpc(
            cdk.Stack(app, "Network"),
            "Hub",
            allowed_domains=[".example.com"],
            suricata_rules="pass tcp any any -> any 443 (sid:1;)",
        )
    )
    [policy] = properties(made, "AWS::NetworkFirewall::FirewallPolicy")
    assert policy["FirewallPolicy"]["StatelessDefaultActions"] == ["aws:forward_to_sfe"]
    assert policy["FirewallPolicy"]["StatelessFragmentDefaultActions"] == ["aws:forward_to_sfe"]
    assert policy["FirewallPolicy"]["StatefulDefaultActions"] == ["aws:drop_established", "aws:alert_established"]
    assert policy["FirewallPolicy"]["StatefulEngineOptions"] == {
        "RuleOrder": "STRICT_ORDER",
        "StreamExceptionPolicy": "REJECT",
    }
    assert policy["FirewallPolicy"]["PolicyVariables"] == {
        "RuleVariables": {"HOME_NET": {"Definition": list(ORGANIZATION_NETWORKS)}}
    }
    references = policy["FirewallPolicy"]["StatefulRuleGroupReferences"]
    assert [one["Priority"] for one in references] == [1, 2]
    rules, domains = properties(made, "AWS::NetworkFirewall::RuleGroup")
    assert rules["RuleGroup"]["RulesSource"] == {"RulesString": "pass tcp any any -> any 443 (sid:1;)"}
    assert domains["RuleGroup"]["RulesSource"]["RulesSourceList"] == {
        "GeneratedRulesType": "ALLOWLIST",
        "Targets": [".example.com"],
        "TargetTypes": ["HTTP_HOST", "TLS_SNI"],
    }
    for group in (rules, domains):
        assert group["RuleGroup"]["StatefulRuleOptions"] == {"RuleOrder": "STRICT_ORDER"}


def test_an_own_policy_is_taken_as_it_is() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Network")
        InspectionVpc(stack, "Hub", policy=own_policy(stack))

    made = network(build)
    assert [one["FirewallPolicyName"] for one in properties(made, "AWS::NetworkFirewall::FirewallPolicy")] == ["own"]
    for firewall in properties(made, "AWS::NetworkFirewall::Firewall"):
        assert firewall["FirewallPolicyArn"] == {"Ref": "Policy"}


@pytest.mark.parametrize("option", ["default", "native"])
def test_the_firewall_is_locked_and_writes_flows_and_alerts(option: str) -> None:
    made = synthesized(option)
    firewalls = properties(made, "AWS::NetworkFirewall::Firewall")
    for firewall in firewalls:
        assert firewall["FirewallPolicyChangeProtection"] is True
        lock = "AvailabilityZoneChangeProtection" if option == "native" else "SubnetChangeProtection"
        assert firewall[lock] is True
    logged = properties(made, "AWS::NetworkFirewall::LoggingConfiguration")
    assert len(logged) == len(firewalls)
    for one in logged:
        destinations = one["LoggingConfiguration"]["LogDestinationConfigs"]
        assert [each["LogType"] for each in destinations] == ["FLOW", "ALERT"]
        assert len({str(each["LogDestination"]) for each in destinations}) == 2
    for group in properties(made, "AWS::Logs::LogGroup"):
        assert group["RetentionInDays"] == 365
        assert group["KmsKeyId"]


def test_every_vpc_of_the_hub_has_flow_logs() -> None:
    made = synthesized("default", ingress=True)
    vpcs = {name for name in made.resources("AWS::EC2::VPC") if name.startswith("Hub")}
    logged = {one["ResourceId"]["Fn::GetAtt"][0] for one in properties(made, "AWS::EC2::FlowLog")}
    assert len(vpcs) == 3
    assert logged == vpcs


@pytest.mark.parametrize("attachment", ["vpc", "transit-gateway"])
def test_a_firewall_s_name_goes_with_what_it_is_in(attachment: str) -> None:
    """It is replaced with its VPC, and the new one is made before the old one goes: one name would be refused."""

    def build(app: cdk.App) -> None:
        InspectionVpc(cdk.Stack(app, "Network"), "Hub", firewall_attachment=attachment)  # type: ignore[arg-type]

    made = network(build)
    firewalls = properties(made, "AWS::NetworkFirewall::Firewall")
    names = [one["FirewallName"]["Fn::Join"] for one in firewalls]
    assert len({str(one) for one in names}) == len(firewalls)
    for one, (separator, (*fixed, within)) in zip(firewalls, names, strict=True):
        holder = one["VpcId"] if attachment == "vpc" else one["TransitGatewayId"]
        assert within == {"Fn::Select": [1, {"Fn::Split": ["-", holder]}]}
        # An id has 17 digits after its hyphen at the most.
        assert len(separator.join([*fixed, "0" * 17])) <= 128


def test_each_endpoint_is_watched() -> None:
    topic_arn = {"Ref": "TopicBFC7AF6E"}

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Network")
        InspectionVpc(stack, "Hub", alarm_topic=sns.Topic(stack, "Topic"), dropped_packets=7)

    made = network(build)
    found = [one for one in properties(made, "AWS::CloudWatch::Alarm") if one["Namespace"] == "AWS/NetworkFirewall"]
    firewalls = {str(one["FirewallName"]) for one in properties(made, "AWS::NetworkFirewall::Firewall")}
    for metric in ("DroppedPackets", "StreamExceptionPolicyPackets", "ReceivedPackets"):
        watched = [one for one in found if one["MetricName"] == metric]
        assert {str(dimension(one, "FirewallName")) for one in watched} == firewalls
        assert len({str(dimension(one, "AvailabilityZone")) for one in watched}) == 2
        assert all(one["AlarmActions"] == [topic_arn] for one in watched)
    silent = next(one for one in found if one["MetricName"] == "ReceivedPackets")
    assert (silent["TreatMissingData"], silent["ComparisonOperator"]) == ("breaching", "LessThanThreshold")
    assert next(one for one in found if one["MetricName"] == "DroppedPackets")["Threshold"] == 7


def dimension(alarm: dict[str, Any], name: str) -> Any:
    return next(one["Value"] for one in alarm["Dimensions"] if one["Name"] == name)


@pytest.mark.parametrize("option", ["shared", "shared-native"])
def test_a_shared_gateway_places_who_joins(option: str) -> None:
    made = synthesized(option, sites=True)
    [share] = properties(made, "AWS::RAM::ResourceShare")
    assert share["Principals"] == ["444455556666"]
    assert share["AllowExternalPrincipals"] is False
    tables = made.resources("AWS::EC2::TransitGatewayRouteTable")
    [defaults] = made.resources("Custom::TransitGatewayDefaults").values()
    assert table_name(tables, defaults["Properties"]["AssociationTableId"]) == "Joining"
    assert table_name(tables, defaults["Properties"]["PropagationTableId"]) == "Inspection"
    # Whatever is attached here later is taken out of the default table, and only out of that.
    [made_defaults] = made.resources("Custom::TransitGatewayDefaults")
    placements = made.resources("Custom::TransitGatewayAttachment")
    for placement in placements.values():
        assert table_name(tables, placement["Properties"]["DefaultTableId"]) == "Joining"
    vpcs = made.resources("AWS::EC2::TransitGatewayAttachment")
    for attachment in vpcs.values():
        assert made_defaults in attachment["DependsOn"]
    for association in made.resources("AWS::EC2::TransitGatewayRouteTableAssociation").values():
        attached = association["Properties"]["TransitGatewayAttachmentId"]["Fn::GetAtt"][0]
        if attached in vpcs:
            assert any(one in placements for one in association["DependsOn"])
        elif attached not in placements:
            assert option == "shared-native"
            native = association
    if option == "shared-native":
        [firewall] = made.resources("AWS::NetworkFirewall::Firewall")
        assert native["Properties"]["TransitGatewayAttachmentId"]["Fn::GetAtt"][0] == firewall
        depends = made.resources("Custom::TransitGatewayDefaults")[made_defaults]["DependsOn"]
        associations = made.resources("AWS::EC2::TransitGatewayRouteTableAssociation")
        assert any(associations.get(one) == native for one in depends)


def table_name(tables: dict[str, Any], reference: dict[str, Any]) -> str:
    return str(tables[reference["Fn::GetAtt"][0]]["Properties"]["Tags"][0]["Value"])


def test_an_unshared_gateway_places_nobody() -> None:
    [gateway] = properties(synthesized("default"), "AWS::EC2::TransitGateway")
    assert gateway["DefaultRouteTableAssociation"] == "disable"
    assert gateway["DefaultRouteTablePropagation"] == "disable"
    assert gateway["AutoAcceptSharedAttachments"] == "disable"
    assert not synthesized("default").resources("AWS::Lambda::Function")


@pytest.mark.parametrize("option", OPTIONS)
def test_no_route_is_made_before_its_gateway_is_attached(option: str) -> None:
    made = synthesized(option, ingress=True)
    associations = made.resources("AWS::EC2::TransitGatewayRouteTableAssociation")
    attachments = made.resources("AWS::EC2::TransitGatewayAttachment")
    tables = made.resources("AWS::EC2::RouteTable")
    seen = 0
    for route in made.resources("AWS::EC2::Route").values():
        if "TransitGatewayId" not in route["Properties"]:
            continue
        seen += 1
        vpc = tables[route["Properties"]["RouteTableId"]["Fn::GetAtt"][0]]["Properties"]["VpcId"]
        awaited = [
            attachments[associations[one]["Properties"]["TransitGatewayAttachmentId"]["Fn::GetAtt"][0]]
            for one in route["DependsOn"]
            if one in associations
        ]
        assert [one["Properties"]["VpcId"] for one in awaited] == [vpc]
    assert seen


def test_spokes_of_other_stacks_carry_their_own_attachment() -> None:
    def build(app: cdk.App) -> None:
        hub = InspectionVpc(cdk.Stack(app, "Network"), "Hub")
        hub.add_spoke(two_tiers(cdk.Stack(app, "Shop"), "Orders", "10.1.0.0/16"))

    made = network(build)
    shop = made.templates["Shop"]["Resources"]
    assert {one["Type"] for one in shop.values() if "TransitGateway" in one["Type"]} == {
        "AWS::EC2::TransitGatewayAttachment",
        "AWS::EC2::TransitGatewayRouteTableAssociation",
        "AWS::EC2::TransitGatewayRouteTablePropagation",
    }
    found = read_tables(*made.templates.values())
    assert found.gateway["Inspection"]["*Orders"] == "Orders"
    assert {str(found.vpc[name]) for name in found.vpc if "Workload" in name} == {"{'0.0.0.0/0': 'transit gateway'}"}
    assert {str(found.vpc[name]) for name in found.vpc if name.startswith("Orders/Attachment")} == {"{}"}


def test_a_spoke_of_another_account_brings_only_what_it_may() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Shop")
        gateway = ec2.CfnTransitGateway.from_transit_gateway_id(stack, "Gateway", "tgw-0123456789abcdef0")
        JoiningSpoke(stack, "Joined", vpc=two_tiers(stack, "Orders", "10.1.0.0/16"), gateway=gateway)

    made = network(build)
    [attachment] = properties(made, "AWS::EC2::TransitGatewayAttachment")
    assert attachment["TransitGatewayId"] == "tgw-0123456789abcdef0"
    routes = [one for one in properties(made, "AWS::EC2::Route") if "TransitGatewayId" in one]
    assert [one["DestinationCidrBlock"] for one in routes] == ["0.0.0.0/0"] * 2
    assert not made.resources("AWS::EC2::TransitGatewayRouteTableAssociation")


def test_an_existing_gateway_is_taken() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Network")
        gateway = ec2.CfnTransitGateway.from_transit_gateway_id(stack, "Gateway", "tgw-0123456789abcdef0")
        InspectionVpc(stack, "Hub", transit_gateway=gateway)

    made = network(build)
    assert not made.resources("AWS::EC2::TransitGateway")
    for table in properties(made, "AWS::EC2::TransitGatewayRouteTable"):
        assert table["TransitGatewayId"] == "tgw-0123456789abcdef0"


def test_a_hundred_spokes_are_several_linked_stacks() -> None:
    def build(app: cdk.App) -> None:
        hub = InspectionVpc(cdk.Stack(app, "Network"), "Hub")
        SpokeStacks(hub, "Spokes", spokes={f"Spoke{n}": f"10.{n}.0.0/24" for n in range(100)})

    made = network(build)
    assert len(made.templates) == 8
    assert max(len(one["Resources"]) for one in made.templates.values()) <= 500
    found = read_tables(*made.templates.values())
    assert len([name for name in found.gateway["Inspection"] if name.startswith("*Spoke")]) == 100
    assert len(found.associations["Spokes"]) == 100
    assert found.gateway["Spokes"] == {"0.0.0.0/0": "Hub/Inspection"}


def refuses(message: str, call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


def test_spokes_that_cannot_be(app: cdk.App, stack: cdk.Stack) -> None:
    hub = InspectionVpc(stack, "Hub")
    orders = two_tiers(stack, "Orders", "10.1.0.0/16")
    hub.add_spoke(orders)
    refuses("vpc must be added once, got Network/Orders twice", lambda: hub.add_spoke(orders))
    refuses(
        "vpc Network/Same must not overlap spoke Network/Orders (10.1.0.0/16), got 10.1.128.0/17",
        lambda: hub.add_spoke(two_tiers(stack, "Same", "10.1.128.0/17")),
    )
    refuses(
        "vpc Network/Abroad must be inside networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), got 100.65.0.0/16",
        lambda: hub.add_spoke(two_tiers(stack, "Abroad", "100.65.0.0/16")),
    )
    refuses(
        "vpc must have no public subnets, whose internet route goes around the hub; Network/Public has 2",
        lambda: hub.add_spoke(ec2.Vpc(stack, "Public", max_azs=2, nat_gateways=0)),
    )
    elsewhere = cdk.Stack(app, "Elsewhere", env=ENVIRONMENTS["concrete"])
    here = InspectionVpc(cdk.Stack(app, "Here", env=cdk.Environment(account="999988887777", region="eu-west-1")), "Hub")
    refuses(
        "vpc must be in the hub's account 999988887777, got 111122223333: share the gateway and join it with "
        "JoiningSpoke",
        lambda: here.add_spoke(two_tiers(elsewhere, "Orders", "10.2.0.0/16")),
    )


def test_a_spoke_in_a_zone_that_the_hub_lacks_is_said(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Network", env=ENVIRONMENTS["concrete"])
    hub = InspectionVpc(stack, "Hub", availability_zones=["eu-west-1a", "eu-west-1b"])

    def spoke(name: str, cidr: str, *zones: str) -> ec2.IVpc:
        return AttachmentVpc(stack, name, cidr=cidr, availability_zones=zones, tiers={"Workload": 27}).vpc

    wide = spoke("Wide", "10.1.0.0/24", "eu-west-1a", "eu-west-1b", "eu-west-1c")
    refuses(
        "vpc must be in the hub's zones, eu-west-1a, eu-west-1b; Network/Wide/Vpc is also in eu-west-1c",
        lambda: hub.add_spoke(wide),
    )
    narrow = spoke("Narrow", "10.2.0.0/24", "eu-west-1a")
    refuses(
        "vpc must have a subnet in each zone of the hub; Network/Narrow/Vpc has none in eu-west-1b",
        lambda: hub.add_spoke(narrow),
    )
    hub.add_spoke(spoke("Fits", "10.3.0.0/24", "eu-west-1b", "eu-west-1a"))


def test_zones_by_number_are_compared_too(stack: cdk.Stack) -> None:
    hub = InspectionVpc(stack, "Hub", max_azs=3)
    refuses(
        "vpc must have a subnet in each zone of the hub; Network/Orders has none in the Region's zone 3",
        lambda: hub.add_spoke(two_tiers(stack, "Orders", "10.1.0.0/16")),
    )


def test_zones_that_cannot_be_compared_are_warned_of(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Network", env=ENVIRONMENTS["concrete"])
    hub = InspectionVpc(stack, "Hub")
    vpc = AttachmentVpc(stack, "Orders", cidr="10.1.0.0/24", availability_zones=["eu-west-1a", "eu-west-1b"])
    hub.add_spoke(vpc.vpc)
    words = "zones of Network/Orders/Vpc and of the hub cannot be compared"
    assert len([one for one in warned(stack) if words in one]) == 1


@pytest.mark.parametrize(("attachment", "warnings"), [("vpc", 1), ("transit-gateway", 0)])
def test_a_site_that_meets_two_zones_is_warned_of(stack: cdk.Stack, attachment: str, warnings: int) -> None:
    hub = InspectionVpc(stack, "Hub", firewall_attachment=attachment)  # type: ignore[arg-type]
    hub.add_site(BERLIN)
    words = "appliance mode is not promised for what enters by VPN"
    assert len([one for one in warned(stack) if words in one]) == warnings


def test_circuits_are_numbered_as_they_come(stack: cdk.Stack) -> None:
    hub = InspectionVpc(stack, "Hub")
    for gateway in ("dx-one", "dx-two"):
        hub.add_direct_connect_gateway(gateway)
    associations = [one.node.id for one in hub.node.children if re.fullmatch(r"DirectConnect\d+", one.node.id)]
    assert associations == ["DirectConnect1", "DirectConnect2"]


def test_sites_that_cannot_be(stack: cdk.Stack) -> None:
    hub = InspectionVpc(stack, "Hub")
    hub.add_site(BERLIN)
    refuses("sites must have different names, got Berlin twice", lambda: hub.add_site(BERLIN))
    outside = CustomerSite(name="Oslo", addresses=["198.51.100.9"], asn=65030, prefixes=["100.65.0.0/24"])
    refuses(
        "site: prefixes must be inside networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), got 100.65.0.0/24",
        lambda: hub.add_site(outside),
    )
    refuses(
        "vpc Network/Orders must not overlap site Berlin (192.168.0.0/24), got 192.168.0.0/16",
        lambda: hub.add_spoke(two_tiers(stack, "Orders", "192.168.0.0/16")),
    )
    refuses(
        "allowed_prefixes must hold at most 200 prefixes, got 201",
        lambda: hub.add_direct_connect_gateway("dx", allowed_prefixes=[f"10.{n}.0.0/16" for n in range(201)]),
    )
    hub.add_direct_connect_gateway("dx", allowed_prefixes=[f"10.{n}.0.0/16" for n in range(200)])


@pytest.mark.parametrize("protected", [True, False])
def test_the_ingress_load_balancer_can_be_deleted_where_it_is_asked_for(protected: bool) -> None:
    stack = cdk.Stack(cdk.App(), "Network")
    hub = InspectionVpc(stack, "Hub")
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE)
    hub.add_ingress(certificate=certificate, targets={"10.1.0.70": 443}, deletion_protection=protected)
    (balancer,) = Template.from_stack(stack).find_resources("AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    attribute = {"Key": "deletion_protection.enabled", "Value": str(protected).lower()}
    assert attribute in balancer["Properties"]["LoadBalancerAttributes"]


def test_the_ingress_is_logged_by_this_accounts_load_balancers_alone_and_every_failure_has_its_alarm() -> None:
    stack = cdk.Stack(cdk.App(), "Network")
    hub = InspectionVpc(stack, "Hub", alarm_topic=sns.Topic(stack, "OnCall"))
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE)
    ingress = hub.add_ingress(certificate=certificate, targets={"10.1.0.70": 443})
    made = Template.from_stack(stack)
    (listener,) = made.find_resources("AWS::ElasticLoadBalancingV2::Listener").values()
    assert listener["Properties"]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

    writers = [
        statement
        for policy in made.find_resources("AWS::S3::BucketPolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    (writer,) = writers
    assert writer["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert ":loadbalancer/*" in str(writer["Condition"]["ArnLike"]["aws:SourceArn"])
    assert {"Ref": "AWS::AccountId"} in writer["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Join"][1]

    alarms = made.find_resources("AWS::CloudWatch::Alarm").values()
    watched = {
        one["Properties"]["MetricName"] for one in alarms if one["Properties"].get("Namespace") == "AWS/ApplicationELB"
    }
    assert watched == {
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
        "RejectedConnectionCount",
        "TargetConnectionErrorCount",
        "UnHealthyHostCount",
    }
    assert len(ingress.alarms) == len(watched)
    assert {one.node.path for one in ingress.alarms} <= {one.node.path for one in hub.alarms}
    assert all(one["Properties"]["AlarmActions"] for one in alarms)
