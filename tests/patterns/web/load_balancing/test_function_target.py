"""A function behind a load balancer: who may invoke it, under which alias, and how long it is waited for."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_

from patterns.web.load_balancing.function_target import alias_of, function_targets, idle_timeout_for
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import function, properties, resources


@pytest.mark.parametrize(("multi", "edge"), [(True, None), (False, False), (True, True)])
def test_target_groups_of_this_account_alone_may_invoke_it(scope: cdk.Stack, multi: bool, edge: bool | None) -> None:
    given = {} if edge is None else {"edge": edge}
    function_targets(
        scope,
        function(scope),
        multi_value_headers=multi,
        health_check_path="/well",
        health_check_interval=Duration.seconds(40),
        **given,
    )
    found = resources(scope, "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::Lambda::Permission")
    group = found["TargetsOfEdge" if edge else "Targets"]
    own = {"Fn::GetAtt": ["Function", "Arn"]}
    attributes = {one["Key"]: one["Value"] for one in group["Properties"].pop("TargetGroupAttributes", [])}
    assert attributes == ({"lambda.multi_value_headers.enabled": "true"} if multi else {})
    assert group["Properties"] == {
        "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 40,
        "HealthCheckPath": "/well",
        "HealthCheckTimeoutSeconds": 30,
        "HealthyThresholdCount": 2,
        "Matcher": {"HttpCode": "200"},
        "TargetType": "lambda",
        "Targets": [{"Id": own}],
        "UnhealthyThresholdCount": 3,
    }
    assert group["DependsOn"] == ["Balanced"]
    groups = ["arn:", {"Ref": "AWS::Partition"}, ":elasticloadbalancing:", {"Ref": "AWS::Region"}, ":"]
    groups += [{"Ref": "AWS::AccountId"}, ":targetgroup/*"]
    assert found["Balanced"]["Properties"] == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": own,
        "Principal": "elasticloadbalancing.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
        "SourceArn": {"Fn::Join": ["", groups]},
    }


def test_an_alias_stands_with_its_function(scope: cdk.Stack) -> None:
    there = cdk.Stack(cdk.App.of(scope), "There")
    own, theirs = function(scope), function(there)
    made, other = alias_of(scope, own, "live"), alias_of(scope, theirs, "live")
    assert made is not None
    assert other is not None
    assert made.node.path == "Test/Alias"
    assert other.node.path == f"There/Function/Alias{scope.node.addr}"
    [alias] = properties(scope, "AWS::Lambda::Alias").values()
    assert alias["Name"] == "live"
    assert alias["FunctionVersion"]["Fn::GetAtt"][1] == "Version"
    said = "alias_name must be another than that of Test/Alias, got 'live'"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        alias_of(scope, own, "live")


def test_two_functions_may_have_aliases_of_one_name(scope: cdk.Stack) -> None:
    own, second = function(scope), function(scope, "Second")
    lambda_.Alias(scope, "Theirs", alias_name="live", version=second.current_version)
    lambda_.Alias(scope, "Next", alias_name="next", version=own.current_version)
    assert alias_of(scope, own, "live") is not None


def test_of_what_is_no_function_of_the_app_there_is_no_alias(scope: cdk.Stack) -> None:
    own = function(scope)
    alias = lambda_.Alias(scope, "Live", alias_name="live", version=own.current_version)
    imported = lambda_.Function.from_function_name(scope, "Imported", "theirs")
    assert [alias_of(scope, one, "next") for one in (imported, alias, own.current_version)] == [None] * 3


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [(None, None), (Duration.seconds(55), None), (Duration.seconds(56), 61), (Duration.minutes(15), 905)],
)
def test_a_load_balancer_waits_longer_than_a_function_may_take(
    scope: cdk.Stack, timeout: Duration | None, seconds: int | None
) -> None:
    for found in (
        idle_timeout_for(timeout, None),
        idle_timeout_for(Duration.seconds(1), function(scope, timeout=timeout)),
    ):
        assert (None if found is None else found.to_seconds()) == seconds


def test_where_nothing_is_known_it_waits_as_long_as_a_function_may_take() -> None:
    scope = cdk.Stack(app_for_its_template(), "Test")
    token = Duration.seconds(cdk.Token.as_number({"Ref": "Timeout"}))
    imported = lambda_.Function.from_function_name(scope, "Imported", "theirs")
    cases: list[tuple[Any, Any]] = [(token, None), (None, imported), (None, function(scope, timeout=token))]
    for timeout, one in cases:
        found = idle_timeout_for(timeout, one)
        assert found is not None
        assert found.to_seconds() == 905
