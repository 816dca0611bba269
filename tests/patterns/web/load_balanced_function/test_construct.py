"""What a load balanced function promises, by name."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.assertions import Template

from patterns.web.load_balanced_function import LoadBalancedFunction
from tests.conftest import ENVIRONMENTS, example
from tests.patterns.web.certificates import certificate, vpc


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


def test_what_the_managed_rules_refuse_is_logged_and_tells_somebody(scope: cdk.Stack) -> None:
    made = template(scope)
    (acl,) = properties(made, "WAFv2::WebACL")
    (log,) = properties(made, "WAFv2::LoggingConfiguration")
    (group,) = [one for one in properties(made, "Logs::LogGroup") if "aws-waf-logs-" in str(one.get("LogGroupName"))]
    # AWS WAF takes a group by its prefix; each deployment has its own, since the group outlives the stack.
    assert "AWS::StackId" in str(group["LogGroupName"])
    assert not str(log["LogDestinationConfigs"]).endswith(":*']")
    assert [one["SingleHeader"]["Name"] for one in log["RedactedFields"]] == ["authorization", "cookie"]
    assert log["LoggingFilter"]["DefaultBehavior"] == "DROP"
    (refused,) = [one for one in properties(made, "CloudWatch::Alarm") if one["MetricName"] == "BlockedRequests"]
    dimensions = {one["Name"]: one["Value"] for one in refused["Dimensions"]}
    assert dimensions["WebACL"] == acl["VisibilityConfig"]["MetricName"]
    assert dimensions["Rule"] == "ALL"


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
        "BlockedRequests",
        "Errors",
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
        "LambdaInternalError",
        "LambdaUserError",
        "RejectedConnectionCount",
        "Throttles",
        "UnHealthyHostCount",
    }


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


def ready(scope: cdk.Stack, **options: Any) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Ready",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        **options,
    )


@pytest.mark.parametrize(("minutes", "seconds"), [(None, "60"), (0.5, "60"), (1, "65"), (15, "905")])
def test_the_load_balancer_waits_longer_than_the_function_takes(
    scope: cdk.Stack, minutes: float | None, seconds: str
) -> None:
    timeout = cdk.Duration.seconds(minutes * 60) if minutes else None
    (balancer,) = properties(template(scope, timeout=timeout), "ElasticLoadBalancingV2::LoadBalancer")
    assert {"Key": "idle_timeout.timeout_seconds", "Value": seconds} in balancer["LoadBalancerAttributes"]


def test_it_waits_for_a_ready_function_too(scope: cdk.Stack) -> None:
    made = template(scope, function=ready(scope, timeout=cdk.Duration.minutes(5)))
    (balancer,) = properties(made, "ElasticLoadBalancingV2::LoadBalancer")
    assert {"Key": "idle_timeout.timeout_seconds", "Value": "305"} in balancer["LoadBalancerAttributes"]


@pytest.mark.parametrize(("kind", "seconds"), [("alias", "305"), ("imported", "905")])
def test_it_waits_for_what_an_alias_runs_and_longest_where_the_timeout_is_not_known(
    scope: cdk.Stack, kind: str, seconds: str
) -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:existing"
    function = (
        ready(scope, timeout=cdk.Duration.minutes(5)).add_alias("live")
        if kind == "alias"
        else lambda_.Function.from_function_arn(scope, "Existing", arn)
    )
    (balancer,) = properties(template(scope, function=function), "ElasticLoadBalancingV2::LoadBalancer")
    assert {"Key": "idle_timeout.timeout_seconds", "Value": seconds} in balancer["LoadBalancerAttributes"]


def test_a_function_of_another_stack_keeps_its_versions_to_itself() -> None:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    theirs, ours = cdk.Stack(app, "Theirs"), cdk.Stack(app, "Ours")
    template(ours, function=ready(theirs))
    found = Template.from_stack(theirs)
    found.resource_count_is("AWS::Lambda::Alias", 1)
    # An exported version could never be replaced; an alias keeps its ARN.
    exports = str(found.find_outputs("*"))
    assert "Alias" in exports
    assert "Version" not in exports


def test_an_imported_function_is_invoked_as_it_is(scope: cdk.Stack) -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:theirs"
    made = LoadBalancedFunction(
        scope,
        "Made",
        certificate=certificate(scope),
        function=lambda_.Function.from_function_arn(scope, "Theirs", arn),
    )
    assert made.alias is None
    (group,) = properties(Template.from_stack(scope), "ElasticLoadBalancingV2::TargetGroup")
    assert group["Targets"] == [{"Id": arn}]


def test_two_aliases_of_one_name_are_refused(scope: cdk.Stack) -> None:
    function = ready(scope)
    lambda_.Alias(scope, "Own", alias_name="live", version=function.current_version)
    with pytest.raises(ValueError, match=r"^alias_name must be another than that of Test/Own, got 'live'$"):
        LoadBalancedFunction(scope, "Made", certificate=certificate(scope), function=function)
