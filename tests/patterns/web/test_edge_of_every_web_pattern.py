"""Load balancers that Amazon CloudFront alone reaches, by a VPC origin, in every pattern that takes `edge`."""

import copy
import importlib
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk.assertions import Template

from patternkit.catalog.costs.by_request import by_million
from patternkit.catalog.costs.standing import standing
from patternkit.catalog.discovery import patterns
from patternkit.catalog.parts.findings import COMPLIANCE
from patternkit.routes import Contracts, Network, Verdict, isolated, reaches
from patternkit.testing.cache_keys import Caches, Request, Sharing
from patternkit.testing.findings import listed
from patternkit.testing.linting import REDUNDANT_DEPENDENCY, lint
from patternkit.testing.synthesis import synthesize
from patterns.web.load_balanced_function import LoadBalancedFunction
from tests.conftest import context
from tests.constructs import app_for_its_template
from tests.patterns.web.certificates import certificate, vpc, web_acl, zone
from tests.patterns.web.edge_fronts import edge_front
from tests.patterns.web.test_every_web_pattern import Resources, open_to_everybody, taking

every_fronted_pattern = taking("edge")
NAME = "www.example.com"
# One of each kind of network: with private subnets, and with isolated ones.
SHAPES = {"load-balanced-fargate": "Private", "load-balanced-function": "Isolated"}
INTERNET = "internet"
HARMLESS = Contracts.from_data({"harmless": ["AWS::CloudFront::VpcOrigin"]})


def stack_of() -> cdk.Stack:
    return cdk.Stack(app_for_its_template(), "Web")


@cache
def fronted(name: str) -> dict[str, Any]:
    """The template of a pattern behind CloudFront."""
    return template(name, edge=True)


def template(name: str, *, edge: bool) -> dict[str, Any]:
    stack, pattern = stack_of(), patterns()[name]
    construct = getattr(importlib.import_module(pattern.module), pattern.construct)
    given = {"edge": edge_front(stack)} if edge else {}
    construct(stack, "Web", domain_name=NAME, hosted_zone=zone(stack), **given)
    return dict(Template.from_stack(stack).to_json())


def resources(name: str) -> Resources:
    return Resources(fronted(name)["Resources"])


@pytest.mark.parametrize("name", SHAPES)
def test_the_edge_costs_its_requests_and_saves_the_addresses_of_the_load_balancer(name: str) -> None:
    before = template(name, edge=False)
    assert by_million([fronted(name)]).usd - by_million([before]).usd == pytest.approx(1.0)
    (balancer,) = Resources(before["Resources"]).properties("ElasticLoadBalancingV2::LoadBalancer")
    lines = [{line.what: line for line in standing([one]).lines} for one in (before, fronted(name))]
    address = "Public IPv4 address"
    assert lines[0][address].usd / lines[0][address].number == pytest.approx(3.65)
    kept = lines[1][address].number if address in lines[1] else 0
    assert lines[0][address].number - kept == len(balancer["Subnets"])
    assert {**lines[0], address: None} == {**lines[1], address: None}, "nothing else stands by the hour"


@every_fronted_pattern
def test_the_load_balancer_is_internal_and_stands_where_nobody_comes_in(name: str) -> None:
    found = resources(name)
    (balancer,) = found.properties("ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Scheme"] == "internal"
    assert len(balancer["Subnets"]) == 2
    assert not any("Public" in str(one) for one in balancer["Subnets"])
    (listener,) = found.properties("ElasticLoadBalancingV2::Listener")
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")


@every_fronted_pattern
def test_only_the_group_of_cloudfronts_vpc_origins_is_let_in(name: str) -> None:
    found = resources(name)
    assert let_in(found) == [("tcp", 443, 443, "CloudFront-VPCOrigins-Service-SG")]
    assert not any(open_to_everybody(one) for one in found.properties("EC2::SecurityGroup"))


def let_in(found: Resources) -> list[tuple[Any, ...]]:
    """What the load balancer's security group lets in: protocol, ports, and the name that the group is found by."""
    (balancer,) = found.properties("ElasticLoadBalancingV2::LoadBalancer")
    (group,) = [one["Fn::GetAtt"][0] for one in balancer["SecurityGroups"]]
    rules = [*found.all[group]["Properties"].get("SecurityGroupIngress", [])]
    rules += [
        one
        for one in found.properties("EC2::SecurityGroupIngress")
        if one["GroupId"] == {"Fn::GetAtt": [group, "GroupId"]}
    ]
    return [(one["IpProtocol"], one["FromPort"], one["ToPort"], looked_up(found, one)) for one in rules]


def looked_up(found: Resources, rule: dict[str, Any]) -> str:
    source = rule.get("SourceSecurityGroupId", {}).get("Fn::GetAtt", ["", ""])
    if source[1] != "SecurityGroups.0.GroupId":
        return str(rule)
    asked = str(found.all[source[0]]["Properties"]["Create"])
    return "CloudFront-VPCOrigins-Service-SG" if '"CloudFront-VPCOrigins-Service-SG"' in asked else asked


def test_a_second_rule_is_noticed() -> None:
    mutant = copy.deepcopy(fronted("load-balanced-function"))
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}
    (balancer,) = Resources(mutant["Resources"]).properties("ElasticLoadBalancingV2::LoadBalancer")
    (group,) = [one["Fn::GetAtt"][0] for one in balancer["SecurityGroups"]]
    mutant["Resources"][group]["Properties"]["SecurityGroupIngress"] = [rule]
    assert len(let_in(Resources(mutant["Resources"]))) == 2


@every_fronted_pattern
def test_cloudfront_asks_by_https_for_the_name_that_the_certificate_is_of(name: str) -> None:
    found = resources(name)
    (origin,) = found.properties("CloudFront::VpcOrigin")
    said = origin["VpcOriginEndpointConfig"]
    assert (said["OriginProtocolPolicy"], said["HTTPSPort"], said["OriginSSLProtocols"]) == (
        "https-only",
        443,
        ["TLSv1.2"],
    )
    (distribution,) = [one["DistributionConfig"] for one in found.properties("CloudFront::Distribution")]
    assert distribution["Aliases"] == [NAME]
    (listener,) = found.properties("ElasticLoadBalancingV2::Listener")
    ((made, own),) = found.of("CertificateManager::Certificate").items()
    assert listener["Certificates"] == [{"CertificateArn": {"Ref": made}}]
    assert own["Properties"]["DomainName"] == NAME
    # All of a request, the name that it is sent to with it: what the certificate is compared with.
    assert distribution["DefaultCacheBehavior"]["OriginRequestPolicyId"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"
    (way,) = distribution["Origins"]
    assert way["VpcOriginConfig"]["VpcOriginId"]["Fn::GetAtt"][0] in found.of("CloudFront::VpcOrigin")
    assert way["VpcOriginConfig"]["OriginReadTimeout"] == 60


@every_fronted_pattern
def test_it_is_made_and_deleted_in_the_order_that_aws_asks_for(name: str) -> None:
    found = resources(name)
    ((origin, vpc_origin),) = found.of("CloudFront::VpcOrigin").items()
    ((looking, looked),) = [
        one for one in found.all.items() if one[1]["Type"] == "Custom::AWS" and "VPCOrigins" in str(one[1])
    ]
    ((rule, _),) = [
        one for one in found.of("EC2::SecurityGroupIngress").items() if looking in str(one[1]["Properties"])
    ]
    (distribution,) = found.of("CloudFront::Distribution").values()
    assert set(found.of("ElasticLoadBalancingV2::Listener")) <= set(vpc_origin["DependsOn"])
    # The group is there with the VPC origin, and must be named by no rule when it goes.
    assert origin in looked["DependsOn"]
    assert rule in distribution["DependsOn"]


def test_a_tag_of_the_stack_does_not_change_a_vpc_origin_in_use() -> None:
    stack = stack_of()
    cdk.Tags.of(stack).add("team", "shop")
    LoadBalancedFunction(stack, "Web", domain_name=NAME, hosted_zone=zone(stack), edge=edge_front(stack))
    found = Resources(Template.from_stack(stack).to_json()["Resources"])
    assert all("Tags" not in one for one in found.properties("CloudFront::VpcOrigin"))
    assert all("Tags" in one for one in found.properties("CloudFront::Distribution"))


@every_fronted_pattern
def test_the_name_leads_to_the_distribution_over_both_kinds_of_addresses(name: str) -> None:
    found = resources(name)
    (distribution,) = found.of("CloudFront::Distribution")
    targets = {
        one["Type"]: one["AliasTarget"]["DNSName"]
        for one in found.properties("Route53::RecordSet")
        if one["Name"] == f"{NAME}."
    }
    assert targets == {kind: {"Fn::GetAtt": [distribution, "DomainName"]} for kind in ("A", "AAAA")}


@every_fronted_pattern
def test_edge_can_be_given_to_a_stack_that_stands_and_taken_again(name: str) -> None:
    without, behind = Resources(template(name, edge=False)["Resources"]), resources(name)
    # Of one name and type Route 53 takes one record: another id would be made beside the old one, and refused.
    (old,) = [one for one, made in without.of("Route53::RecordSet").items() if made["Properties"]["Type"] == "A"]
    (new,) = [one for one, made in behind.of("Route53::RecordSet").items() if made["Properties"]["Type"] == "A"]
    assert old == new
    # The load balancer is replaced, and a target group that the old one still has is refused to the new one.
    assert set(without.of("ElasticLoadBalancingV2::LoadBalancer")) == set(
        behind.of("ElasticLoadBalancingV2::LoadBalancer")
    )
    kind = "ElasticLoadBalancingV2::TargetGroup"
    assert not set(without.of(kind)) & set(behind.of(kind))
    assert len(without.of(kind)) == len(behind.of(kind))


def inside(name: str) -> list[str]:
    """The subnets of the load balancer, as contracts name them."""
    return [f"Web/{one}" for one in resources(name).of("EC2::Subnet") if SHAPES[name] in one]


def contracts(name: str, *, cloudfront: bool) -> Contracts:
    """What the prover cannot read: an internal load balancer has no public address, and what a VPC origin carries."""
    harmless = ["AWS::CloudFront::VpcOrigin"] if cloudfront else []
    return Contracts.from_data({"public-addresses": dict.fromkeys(inside(name), False), "harmless": harmless})


@pytest.mark.parametrize("name", SHAPES)
def test_no_packet_from_the_internet_comes_to_the_load_balancer_but_by_cloudfront(name: str) -> None:
    template, promise = {"Web": fronted(name)}, isolated(INTERNET, inside(name))
    Network.from_templates(template, contracts=contracts(name, cloudfront=True)).assert_holds(promise)
    # The VPC origin is a way in, which the prover knows of and does not know.
    proof = Network.from_templates(template, contracts=contracts(name, cloudfront=False)).prove(promise)
    assert proof.verdict is Verdict.UNKNOWN
    assert "AWS::CloudFront::VpcOrigin" in str(proof)


@pytest.mark.parametrize("name", SHAPES)
def test_a_load_balancers_subnet_with_a_way_in_is_found(name: str) -> None:
    mutant = copy.deepcopy(fronted(name))
    found = mutant["Resources"]
    for one in found.values():
        if one["Type"] == "AWS::EC2::Subnet":
            one["Properties"]["MapPublicIpOnLaunch"] = True
    (gateway,) = [one for one, made in found.items() if made["Type"] == "AWS::EC2::InternetGateway"]
    tables = [one for one, made in found.items() if made["Type"] == "AWS::EC2::RouteTable" and SHAPES[name] in one]
    for route in [one for one, made in found.items() if made["Type"] == "AWS::EC2::Route" and SHAPES[name] in one]:
        del found[route]
    for number, table in enumerate(tables):
        found[f"Opened{number}"] = {
            "Type": "AWS::EC2::Route",
            "Properties": {
                "RouteTableId": {"Fn::GetAtt": [table, "RouteTableId"]},
                "DestinationCidrBlock": "0.0.0.0/0",
                "GatewayId": {"Fn::GetAtt": [gateway, "InternetGatewayId"]},
            },
        }
    opened = Network.from_templates({"Web": mutant}, contracts=HARMLESS)
    opened.assert_holds(reaches(INTERNET, inside(name), port=443))
    with pytest.raises(AssertionError, match="FAILS"):
        opened.assert_holds(isolated(INTERNET, inside(name)))


def made(**settings: Any) -> dict[str, Any]:
    stack = stack_of()
    LoadBalancedFunction(stack, "Web", domain_name=NAME, hosted_zone=zone(stack), edge=edge_front(stack, **settings))
    return dict(Template.from_stack(stack).to_json())


def test_nothing_is_found_in_the_front_that_is_not_acknowledged_and_cfn_lint_is_silent() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Web")
        edge = edge_front(stack, cached_paths=["/static/*"])
        LoadBalancedFunction(stack, "Web", domain_name=NAME, hosted_zone=zone(stack), edge=edge)

    made = synthesize(build, context={**context(), "aws:cdk:bundling-stacks": []})
    found = [one for one in made.findings if one.pack not in COMPLIANCE]
    assert not found, listed(found)
    assert not lint(made.template, accept={REDUNDANT_DEPENDENCY})


@pytest.fixture(scope="module")
def caching() -> dict[str, Any]:
    return made(cached_paths=["/static/*"], key_headers=["Accept-Language"], key_cookies=["theme"], key_queries=["v"])


def asked(url: str, **headers: str) -> Request:
    return Request.of(url, headers={"Host": NAME} | {name.replace("_", "-"): said for name, said in headers.items()})


ANYBODY = asked("/static/logo.svg?v=2")


@every_fronted_pattern
def test_nothing_is_cached_unless_paths_are_named(name: str) -> None:
    caches = Caches.of(fronted(name))
    for path in ("/", "/static/logo.svg", "/orders?page=2"):
        assert caches.share(asked(path), asked(path)).sharing is Sharing.NEVER, path
    assert not resources(name).of("CloudFront::CachePolicy"), "an account has twenty"


def test_of_named_paths_equal_requests_share_and_nothing_else_reaches_the_application(
    caching: dict[str, Any],
) -> None:
    caches = Caches.of(caching)
    for other in (asked("/static/logo.svg?v=2", User_Agent="another"), asked("/static/logo.svg?v=2&x=1")):
        found = caches.share(ANYBODY, other)
        assert found.sharing is Sharing.MAY_SHARE
        assert found.unseen == ()
    assert caches.share(asked("/orders"), asked("/orders")).sharing is Sharing.NEVER


@pytest.mark.parametrize(
    "other",
    [
        asked("/static/logo.svg?v=3"),
        asked("/static/logo.svg?v=2", Authorization="Bearer of-another"),
        asked("/static/logo.svg?v=2", Accept_Language="de"),
        asked("/static/logo.svg?v=2", Cookie="theme=dark"),
        Request.of("/static/logo.svg?v=2", headers={"Host": "other.example.com"}),
    ],
    ids=["query", "token", "header", "cookie", "host"],
)
def test_what_is_in_the_key_tells_answers_apart(caching: dict[str, Any], other: Request) -> None:
    assert Caches.of(caching).share(ANYBODY, other).sharing is Sharing.NEVER


def test_a_policy_that_hands_on_more_than_the_key_is_noticed(caching: dict[str, Any]) -> None:
    mutant = copy.deepcopy(caching)
    (one,) = Resources(mutant["Resources"]).properties("CloudFront::Distribution")
    (cached,) = one["DistributionConfig"]["CacheBehaviors"]
    cached["OriginRequestPolicyId"] = "216adef6-5c7f-47e4-b989-5492eafa07d3"
    assert Caches.of(mutant).share(ANYBODY, asked("/static/logo.svg?v=2", Cookie="session=1")).unseen


def test_the_web_acl_of_the_edge_is_the_distributions(scope: cdk.Stack) -> None:
    own = web_acl(scope, "CLOUDFRONT")
    LoadBalancedFunction(
        scope,
        "Web",
        domain_name=NAME,
        hosted_zone=zone(scope),
        edge=edge_front(scope, web_acl=own),
        managed_rules=False,
    )
    found = Resources(Template.from_stack(scope).to_json()["Resources"])
    (distribution,) = found.properties("CloudFront::Distribution")
    assert distribution["DistributionConfig"]["WebACLId"] == {"Fn::GetAtt": ["Acl", "Arn"]}
    assert not found.of("WAFv2::WebACLAssociation")


@pytest.mark.parametrize(("timeout", "waits"), [(30, 60), (90, 95), (600, 120)])
def test_cloudfront_waits_as_long_as_the_load_balancer_where_it_can(timeout: int, waits: int) -> None:
    stack = stack_of()
    LoadBalancedFunction(
        stack,
        "Web",
        domain_name=NAME,
        certificate=certificate(stack),
        edge=edge_front(stack),
        timeout=cdk.Duration.seconds(timeout),
    )
    found = Resources(Template.from_stack(stack).to_json()["Resources"])
    (distribution,) = found.properties("CloudFront::Distribution")
    (origin,) = distribution["DistributionConfig"]["Origins"]
    assert origin["VpcOriginConfig"]["OriginReadTimeout"] == waits


def test_in_an_existing_vpc_the_private_subnets_are_taken(scope: cdk.Stack) -> None:
    balanced = LoadBalancedFunction(
        scope,
        "Web",
        domain_name=NAME,
        certificate=certificate(scope),
        vpc=vpc(scope, public=0, private=4),
        edge=edge_front(scope),
    )
    assert isinstance(balanced.balancer.load_balancer, elbv2.ApplicationLoadBalancer)
    found = Resources(Template.from_stack(scope).to_json()["Resources"])
    (balancer,) = found.properties("ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Subnets"] == ["subnet-00000020", "subnet-00000021"]
