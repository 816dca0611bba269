"""What the records of a routing are, beside whom they answer."""

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53_targets as targets
from aws_cdk.assertions import Template

from patterns.dns.routed_records import Endpoint, Failover, Geolocation, IpBased, Network, RoutedRecords
from patterns.dns.routed_records.policies import Routing
from tests.constructs import app_for_its_template
from tests.patterns.dns.routed_records.routings import at, zone


def by_address(number: int) -> Routing:
    blocks = Network(blocks=[f"198.51.{100 + number}.0/24"], to=at(number + 1))
    return IpBased(default=at(number), networks={"office": blocks})


def test_each_collection_of_blocks_has_a_name_of_its_own(scope: cdk.Stack) -> None:
    """An account has each name once, and takes up to 64 characters."""
    routing = Geolocation(default=by_address(1), countries={"DE": by_address(3)})
    hosted = zone(scope)
    for label in ("www", f"{'a' * 50}.{'b' * 10}"):
        RoutedRecords(scope, label[:3], hosted_zone=hosted, domain_name=f"{label}.example.com", routing=routing)
    # Two names that differ in a dot alone.
    for label in ("a.b", "a-b"):
        RoutedRecords(scope, label, hosted_zone=hosted, domain_name=f"{label}.example.com", routing=by_address(5))
    made = Template.from_stack(scope).find_resources("AWS::Route53::CidrCollection").values()
    names = [one["Properties"]["Name"] for one in made]
    assert len(names) == len(set(names)) == 6
    assert all(len(one) <= 64 for one in names)


def test_collections_of_two_deployments_of_one_app_have_other_names() -> None:
    names = set()
    for stack_name in ("shop-blue", "shop-green"):
        stack = cdk.Stack(app_for_its_template(), "Shop", stack_name=stack_name)
        RoutedRecords(stack, "Www", hosted_zone=zone(stack), domain_name="www.example.com", routing=by_address(1))
        (made,) = Template.from_stack(stack).find_resources("AWS::Route53::CidrCollection").values()
        names.add(made["Properties"]["Name"])
    assert len(names) == 2


def test_with_ipv6_each_record_has_one_of_either_family(scope: cdk.Stack) -> None:
    def both(number: int) -> Endpoint:
        return Endpoint(addresses=[f"203.0.113.{number}", f"2001:db8::{number}"])

    routing = Failover(primary=both(1), secondary=both(2))
    RoutedRecords(scope, "Web", hosted_zone=zone(scope), domain_name="www.example.com", routing=routing, ipv6=True)
    made = Template.from_stack(scope).find_resources("AWS::Route53::RecordSet").values()
    found = sorted((one["Properties"]["Type"], *one["Properties"]["ResourceRecords"]) for one in made)
    assert found == [("A", "203.0.113.1"), ("A", "203.0.113.2"), ("AAAA", "2001:db8::1"), ("AAAA", "2001:db8::2")]


def test_the_health_of_a_target_counts_where_another_may_answer_and_cloudfront_has_none(scope: cdk.Stack) -> None:
    hosted = zone(scope)
    origin = origins.HttpOrigin("origin.example.com")
    made = cloudfront.Distribution(scope, "Made", default_behavior=cloudfront.BehaviorOptions(origin=origin))
    balancer = elbv2.NetworkLoadBalancer(scope, "Balancer", vpc=ec2.Vpc(scope, "Vpc", nat_gateways=0))
    front = Endpoint(target=targets.CloudFrontTarget(made))
    network = Endpoint(target=targets.LoadBalancerTarget(balancer))
    wanted: dict[str, tuple[Routing, list[bool]]] = {
        "alone": (front, [False]),
        "balancer": (network, [False]),
        "second": (Failover(primary=network, secondary=front), [True, False]),
    }
    for label, (routing, _) in wanted.items():
        RoutedRecords(scope, label, hosted_zone=hosted, domain_name=f"{label}.example.com", routing=routing)
    records = [
        one["Properties"] for one in Template.from_stack(scope).find_resources("AWS::Route53::RecordSet").values()
    ]
    for label, (_, evaluated) in wanted.items():
        of_name = [one for one in records if one["Name"] == f"{label}.example.com."]
        found = {one.get("Failover", ""): one["AliasTarget"]["EvaluateTargetHealth"] for one in of_name}
        assert [found[each] for each in sorted(found)] == evaluated, label
