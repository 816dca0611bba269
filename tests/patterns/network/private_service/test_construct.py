"""What a private service promises beside its paths: who may connect, what is told, and what arrives by PrivateLink."""

import copy
import dataclasses
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from patternkit.routes import Contracts, Network, Verdict, isolated
from patternkit.routes.templates import read
from patterns.network.private_service import PrivateService, PrivateServiceConsumer
from tests.conftest import example
from tests.patterns.network.synthesized import network, properties

# That nothing arrives: what fails of it is what gets through.
NOTHING = isolated("Shop/Network/Workload*", "Prices/Network/Service*", port=443)


def changed(kind: str = "", /, **values: Any) -> Network:
    [stack] = read(example("private-service", "agnostic").directory)
    template = copy.deepcopy(stack.template)
    for one in template["Resources"].values():
        if one["Type"] == kind:
            one["Properties"] |= values
    return Network([dataclasses.replace(stack, template=template)])


def test_consumers_reach_targets_through_the_service_though_the_ranges_are_one() -> None:
    synthesis = example("private-service", "agnostic")
    assert {one["CidrBlock"] for one in properties(synthesis, "AWS::EC2::VPC")} == {"10.0.0.0/24"}
    proof = changed().prove(NOTHING)
    assert proof.verdict is Verdict.FAILS, str(proof)
    assert "Prices/Service" in str(proof)


def test_a_connection_that_waits_for_acceptance_is_not_known_to_carry_anything() -> None:
    proof = changed("AWS::EC2::VPCEndpointService", AcceptanceRequired=True).prove(NOTHING)
    assert proof.verdict is Verdict.UNKNOWN
    assert any("accepts" in one for one in proof.unknown)


def test_a_load_balancer_whose_group_is_asked_about_privatelink_lets_nobody_in() -> None:
    on = {"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "on"}
    assert changed("AWS::ElasticLoadBalancingV2::LoadBalancer", **on).prove(NOTHING).verdict is Verdict.HOLDS


@pytest.mark.parametrize(("accounts", "wanted"), [([], Verdict.UNKNOWN), (["222222222222"], Verdict.FAILS)])
def test_another_account_gets_through_only_where_it_is_allowed(accounts: list[str], wanted: Verdict) -> None:
    def build(app: cdk.App) -> None:
        owner = cdk.Stack(app, "Owner", env=cdk.Environment(account="111111111111", region="eu-west-1"))
        PrivateService(owner, "Prices", targets=["10.0.0.10"], accounts=accounts, zone_ids=["euw1-az1", "euw1-az2"])
        other = cdk.Stack(app, "Other", env=cdk.Environment(account="222222222222", region="eu-west-1"))
        name = cdk.CfnParameter(other, "Service").value_as_string
        PrivateServiceConsumer(other, "Shop", service_name=name, zone_ids=["euw1-az1", "euw1-az2"])

    synthesis = network(build)
    [service] = synthesis.resources("AWS::EC2::VPCEndpointService")
    given = {"parameters": {"Other": {"Service": {"resource": f"Owner/{service}"}}}}
    proof = Network.load(synthesis.directory, contracts=Contracts.from_data(given)).prove(NOTHING)
    assert proof.verdict is wanted, str(proof)


def test_whole_accounts_may_connect_and_never_everybody(scope: cdk.Stack) -> None:
    PrivateService(scope, "Prices", accounts=["222222222222"])
    [permissions] = Template.from_stack(scope).find_resources("AWS::EC2::VPCEndpointServicePermissions").values()
    [principal] = permissions["Properties"]["AllowedPrincipals"]
    assert principal["Fn::Join"][1][-1] == ":iam::222222222222:root"


def test_who_connects_is_told(scope: cdk.Stack) -> None:
    topic = sns.Topic(scope, "Topic", enforce_ssl=True)
    PrivateService(scope, "Prices", alarm_topic=topic, acceptance_required=True)
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::EC2::VPCEndpointConnectionNotification", {"ConnectionEvents": Match.array_with(["Connect"])}
    )
    assert "vpce.amazonaws.com" in str(template.find_resources("AWS::SNS::TopicPolicy"))


def test_an_existing_load_balancer_is_offered(scope: cdk.Stack) -> None:
    vpc = ec2.Vpc(scope, "Vpc", nat_gateways=0)
    own = elbv2.NetworkLoadBalancer(scope, "Own", vpc=vpc)
    made = PrivateService(scope, "Prices", load_balancer=own)
    assert made.network is None
    [service] = Template.from_stack(scope).find_resources("AWS::EC2::VPCEndpointService").values()
    assert service["Properties"]["NetworkLoadBalancerArns"] == [scope.resolve(own.load_balancer_arn)]


def test_a_private_name_is_proved_by_a_record(scope: cdk.Stack) -> None:
    zone = route53.PublicHostedZone(scope, "Zone", zone_name="example.com")
    PrivateService(scope, "Prices", private_name="prices.example.com", hosted_zone=zone)
    records = Template.from_stack(scope).find_resources("AWS::Route53::RecordSet")
    assert [one["Properties"]["Type"] for one in records.values()] == ["TXT"]


def test_zones_are_named_by_id_where_they_are_given(scope: cdk.Stack) -> None:
    PrivateService(scope, "Prices", zone_ids=["euw1-az1", "euw1-az3"])
    subnets = Template.from_stack(scope).find_resources("AWS::EC2::Subnet").values()
    assert [one["Properties"]["AvailabilityZoneId"] for one in subnets] == ["euw1-az1", "euw1-az3"]


def test_a_stack_with_a_private_name_is_made_twice_in_one_process() -> None:
    """As every test of a user's own stack does."""
    made = []
    for _ in range(2):
        stack = cdk.Stack(cdk.App(), "Test")
        zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
        PrivateService(stack, "Prices", private_name="prices.example.com", hosted_zone=zone)
        made.append(Template.from_stack(stack).to_json())
    assert made[0] == made[1]


def test_the_name_is_set_then_proved_then_verified_and_taken_away_with_the_stack(scope: cdk.Stack) -> None:
    zone = route53.PublicHostedZone(scope, "Zone", zone_name="example.com")
    PrivateService(scope, "Prices", private_name="prices.example.com", hosted_zone=zone)
    template = Template.from_stack(scope).to_json()["Resources"]
    calls = {name: one for name, one in template.items() if one["Type"] == "Custom::AWS"}
    by_action = {
        next(action for action in ("StartVpc", "startVpc", "describeVpc", "modifyVpc") if action in str(one)): name
        for name, one in calls.items()
    }
    named, read, started = by_action["modifyVpc"], by_action["describeVpc"], by_action["startVpc"]
    [record] = [name for name, one in template.items() if one["Type"] == "AWS::Route53::RecordSet"]
    assert named in calls[read]["DependsOn"]
    assert read in str(template[record]["Properties"])
    assert record in calls[started]["DependsOn"]
    assert "RemovePrivateDnsName" in str(calls[named]["Properties"]["Delete"])
    # Without it an update would change nothing, and say that it did.
    assert all(one["Properties"]["Update"] == one["Properties"]["Create"] for one in calls.values())
    assert not any(one["Properties"]["InstallLatestAwsSdk"] for one in calls.values())


def test_the_notification_waits_until_the_topic_lets_it_in(scope: cdk.Stack) -> None:
    PrivateService(scope, "Prices", alarm_topic=sns.Topic(scope, "Topic", enforce_ssl=True))
    template = Template.from_stack(scope)
    [policy] = template.find_resources("AWS::SNS::TopicPolicy")
    [notification] = template.find_resources("AWS::EC2::VPCEndpointConnectionNotification").values()
    assert policy in notification["DependsOn"]


def test_a_consumers_endpoint_has_one_subnet_in_each_zone(scope: cdk.Stack) -> None:
    tiers = [
        ec2.SubnetConfiguration(name=name, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED) for name in ("Web", "Jobs")
    ]
    vpc = ec2.Vpc(scope, "Vpc", availability_zones=["eu-west-1a", "eu-west-1b"], subnet_configuration=tiers)
    PrivateServiceConsumer(scope, "First", service_name="com.amazonaws.vpce.svc", vpc=vpc)
    jobs = vpc.select_subnets(subnet_group_name="Jobs").subnets
    PrivateServiceConsumer(scope, "Chosen", service_name="com.amazonaws.vpce.svc", vpc=vpc, subnets=jobs)
    made = Template.from_stack(scope).find_resources("AWS::EC2::VPCEndpoint").values()
    first, chosen = (one["Properties"]["SubnetIds"] for one in made)
    web = vpc.select_subnets(subnet_group_name="Web").subnets
    assert first == [scope.resolve(one.subnet_id) for one in web]
    assert chosen == [scope.resolve(one.subnet_id) for one in jobs]


def test_subnets_of_a_consumer_are_of_its_vpc_and_of_different_zones(scope: cdk.Stack) -> None:
    tiers = [
        ec2.SubnetConfiguration(name=name, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED) for name in ("Web", "Jobs")
    ]
    vpc = ec2.Vpc(scope, "Vpc", availability_zones=["eu-west-1a", "eu-west-1b"], subnet_configuration=tiers)
    with pytest.raises(ValueError, match=r"^subnets must be those of vpc, which is not given$"):
        PrivateServiceConsumer(scope, "Shop", service_name="service", subnets=vpc.isolated_subnets)
    with pytest.raises(ValueError, match=r"^subnets must be in different zones, got two in eu-west-1a$"):
        PrivateServiceConsumer(scope, "Shop", service_name="service", vpc=vpc, subnets=vpc.isolated_subnets)
