"""What a load balanced function promises, by name."""

import copy
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.assertions import Template

from patternkit.catalog.application import add_example
from patternkit.catalog.discovery import find
from patternkit.routes import Network, reaches, symmetric
from patterns.web.load_balanced_function import LoadBalancedFunction
from tests.conftest import ENVIRONMENTS, example
from tests.patterns.network.synthesized import network
from tests.patterns.web.balancer_refusals import concrete_stack
from tests.patterns.web.certificates import certificate, vpc, zone

PUBLIC = ["Application/Network/Public1", "Application/Network/Public2"]
REACHED = (reaches("internet", PUBLIC, port=443), symmetric("internet", PUBLIC), reaches(PUBLIC, "internet"))


def template(scope: cdk.Stack, **arguments: Any) -> Template:
    LoadBalancedFunction(scope, "Made", certificate=certificate(scope), **arguments)
    return Template.from_stack(scope)


def properties(made: Template, kind: str) -> list[dict[str, Any]]:
    return [found["Properties"] for found in made.find_resources(f"AWS::{kind}").values()]


def test_the_alias_is_the_target_and_repeated_headers_reach_it(scope: cdk.Stack) -> None:
    made = template(scope)
    (alias,) = made.find_resources("AWS::Lambda::Alias")
    (group,) = properties(made, "ElasticLoadBalancingV2::TargetGroup")
    assert group["TargetType"] == "lambda"
    assert group["Targets"] == [{"Id": {"Ref": alias}}]
    assert group["TargetGroupAttributes"] == [{"Key": "lambda.multi_value_headers.enabled", "Value": "true"}]
    assert (group["HealthCheckEnabled"], group["HealthCheckPath"]) == (True, "/")
    assert group["HealthCheckTimeoutSeconds"] < group["HealthCheckIntervalSeconds"]


def test_only_target_groups_of_this_account_may_invoke_the_alias_and_before_they_are_made(scope: cdk.Stack) -> None:
    made = template(scope)
    ((name, permission),) = made.find_resources("AWS::Lambda::Permission").items()
    assert permission["Properties"]["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert ":targetgroup/*" in str(permission["Properties"]["SourceArn"])
    (alias,) = made.find_resources("AWS::Lambda::Alias")
    assert permission["Properties"]["FunctionName"] == {"Ref": alias}
    (group,) = made.find_resources("AWS::ElasticLoadBalancingV2::TargetGroup").values()
    assert name in group["DependsOn"]


def test_every_request_goes_to_the_function_by_https(scope: cdk.Stack) -> None:
    made = template(scope)
    listeners = {one["Port"]: one for one in properties(made, "ElasticLoadBalancingV2::Listener")}
    assert sorted(listeners) == [80, 443]
    assert [one["Type"] for one in listeners[80]["DefaultActions"]] == ["redirect"]
    assert [one["Type"] for one in listeners[443]["DefaultActions"]] == ["forward"]
    assert listeners[443]["Protocol"] == "HTTPS"


def test_managed_rules_filter_unless_a_web_acl_is_given(scope: cdk.Stack) -> None:
    made = template(scope)
    (acl,) = properties(made, "WAFv2::WebACL")
    groups = {one["Name"]: one["Statement"]["ManagedRuleGroupStatement"] for one in acl["Rules"]}
    assert sorted(groups) == [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    ]
    # Bodies of more than 8 KB are counted and let through; nothing else is.
    overrides = {one["Name"]: one for group in groups.values() for one in group.get("RuleActionOverrides", [])}
    assert overrides == {"SizeRestrictions_BODY": {"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}}
    assert all(one["OverrideAction"] == {"None": {}} for one in acl["Rules"])
    made.resource_count_is("AWS::WAFv2::WebACLAssociation", 1)


def test_a_web_acl_of_ones_own_takes_the_place_of_managed_rules(scope: cdk.Stack) -> None:
    acl = wafv2.CfnWebACL
    own = acl(
        scope,
        "Own",
        scope="REGIONAL",
        default_action=acl.DefaultActionProperty(allow=acl.AllowActionProperty()),
        visibility_config=acl.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name="own", sampled_requests_enabled=True
        ),
    )
    made = template(scope, web_acl=own)
    made.resource_count_is("AWS::WAFv2::WebACL", 1)
    made.resource_count_is("AWS::WAFv2::WebACLAssociation", 1)


def test_without_managed_rules_there_is_no_web_acl(scope: cdk.Stack) -> None:
    made = template(scope, managed_rules=False)
    made.resource_count_is("AWS::WAFv2::WebACL", 0)
    made.resource_count_is("AWS::WAFv2::WebACLAssociation", 0)


def test_a_changed_function_is_a_new_version() -> None:
    versions = set()
    for value in ("a", "b"):
        stack = cdk.Stack(cdk.App(), "Test")
        code = lambda_.Code.from_inline("def handler(event, context): pass")
        made = template(stack, code=code, handler="index.handler", environment={"VALUE": value})
        versions |= set(made.find_resources("AWS::Lambda::Version"))
    assert len(versions) == 2


def test_what_is_made_can_be_bounded(scope: cdk.Stack) -> None:
    made = template(scope, reserved_concurrency=7, largest_request=cdk.Size.kibibytes(4), health_check_path="/well")
    (function,) = properties(made, "Lambda::Function")
    assert function["ReservedConcurrentExecutions"] == 7
    assert function["Environment"]["Variables"] == {"HEALTH_CHECK_PATH": "/well", "LARGEST_REQUEST": "4096"}


def test_a_ready_function_is_versioned_and_left_as_it_is(scope: cdk.Stack) -> None:
    ready = lambda_.Function(
        scope,
        "Ready",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    made = LoadBalancedFunction(scope, "Made", certificate=certificate(scope), function=ready)
    Template.from_stack(scope).resource_count_is("AWS::Lambda::Function", 1)
    assert made.function is ready


def test_every_failure_has_its_alarm(scope: cdk.Stack) -> None:
    assert {one["MetricName"] for one in properties(template(scope), "CloudWatch::Alarm")} == {
        "Errors",
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
        "LambdaInternalError",
        "LambdaUserError",
        "RejectedConnectionCount",
        "Throttles",
        "UnHealthyHostCount",
    }


def test_a_name_gets_its_certificate_and_its_record(scope: cdk.Stack) -> None:
    LoadBalancedFunction(scope, "Made", domain_name="www.example.com", hosted_zone=zone(scope))
    made = Template.from_stack(scope)
    made.has_resource_properties("AWS::CertificateManager::Certificate", {"DomainName": "www.example.com"})
    made.has_resource_properties("AWS::Route53::RecordSet", {"Name": "www.example.com.", "Type": "A"})


def test_a_certificate_of_another_region_is_refused() -> None:
    stack = concrete_stack()
    with pytest.raises(ValueError, match=r"^certificate must be in the load balancer's Region eu-west-1, got one in "):
        LoadBalancedFunction(stack, "Made", certificate=certificate(stack, "us-east-1"))


def test_an_existing_vpc_needs_no_private_subnets(scope: cdk.Stack) -> None:
    made = template(scope, vpc=vpc(scope, private=0))
    made.resource_count_is("AWS::EC2::VPC", 0)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_vpc_has_public_subnets_for_the_load_balancer_and_nothing_else(environment: str) -> None:
    made = example("load-balanced-function", environment)
    assert len(made.resources("AWS::EC2::Subnet")) == 2
    for absent in ("AWS::EC2::NatGateway", "AWS::EC2::EIP", "AWS::EC2::Instance", "AWS::EC2::NetworkInterface"):
        assert not made.resources(absent)
    (balancer,) = made.resources("AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    used = {str(one) for one in balancer["Properties"]["Subnets"]}
    assert {str({"Fn::GetAtt": [name, "SubnetId"]}) for name in made.resources("AWS::EC2::Subnet")} == used


def routed(change: Callable[[dict[str, Any]], None] | None = None) -> Network:
    made = network(lambda app: add_example(app, find("load-balanced-function"), {}))
    resources = copy.deepcopy(made.template)
    for one in resources["Resources"].values():
        # A load balancer's nodes have public addresses; the prover knows of addresses by the subnet alone.
        if one["Type"] == "AWS::EC2::Subnet":
            one["Properties"]["MapPublicIpOnLaunch"] = True
    if change:
        change(resources["Resources"])
    return Network.from_templates({"Balanced": resources})


def test_clients_and_the_load_balancers_subnets_reach_each_other() -> None:
    routed().assert_holds(*REACHED)


def test_without_the_way_back_clients_get_no_answer() -> None:
    def lose(resources: dict[str, Any]) -> None:
        del resources[next(name for name, one in resources.items() if one["Type"] == "AWS::EC2::Route")]

    with pytest.raises(AssertionError, match="FAILS"):
        routed(lose).assert_holds(*REACHED)


def test_only_https_and_its_redirect_are_open(scope: cdk.Stack) -> None:
    (group,) = properties(template(scope), "EC2::SecurityGroup")
    assert sorted(one["FromPort"] for one in group["SecurityGroupIngress"]) == [80, 443]
