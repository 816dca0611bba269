"""What every API promises, whichever is added: found by what its template holds, and named nowhere."""

import json
from typing import Any

import pytest
from aws_cdk import aws_iam as iam

from patternkit.catalog.discovery import Pattern
from tests.patterns.api.promises import MEMBERS, arguments, made, resources, template

every_member = pytest.mark.parametrize("pattern", [pytest.param(one, id=one.name) for one in MEMBERS])
OPEN = {"OPTIONS"}
PRIVATE = (
    "body",
    "header",
    "querystring",
    "params",
    "sourceip",
    "useragent",
    "claims",
    "validationerror",
    "context.path",
)


def is_private(found: dict[str, Any]) -> bool:
    (api,) = resources(found, "AWS::ApiGateway::RestApi")
    return bool(api["EndpointConfiguration"]["Types"] == ["PRIVATE"])


def stage_of(found: dict[str, Any]) -> dict[str, Any]:
    (stage,) = resources(found, "AWS::ApiGateway::Stage")
    return stage


@every_member
@pytest.mark.parametrize("options", [{}, {"authorization": "api_key"}], ids=["default", "api_key"])
def test_every_method_asks_who_is_calling(pattern: Pattern, options: dict[str, Any]) -> None:
    methods = [
        one
        for one in resources(template(pattern, **options), "AWS::ApiGateway::Method")
        if one["HttpMethod"] not in OPEN
    ]
    assert methods
    for one in methods:
        assert one["AuthorizationType"] != "NONE" or one["ApiKeyRequired"], f"{one['HttpMethod']} is open to everyone"


@every_member
def test_callers_sign_by_default(pattern: Pattern) -> None:
    methods = resources(template(pattern), "AWS::ApiGateway::Method")
    assert {one["AuthorizationType"] for one in methods if one["HttpMethod"] not in OPEN} == {"AWS_IAM"}


@every_member
def test_the_stage_is_logged_traced_measured_and_throttled(pattern: Pattern) -> None:
    stage = stage_of(template(pattern))
    assert {"requestId", "status", "integrationStatus"} <= set(json.loads(stage["AccessLogSetting"]["Format"]))
    (settings,) = stage["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (100, 200)
    assert (settings["DataTraceEnabled"], settings["LoggingLevel"]) == (False, "OFF")
    assert settings["MetricsEnabled"] is True
    assert stage["TracingEnabled"] is True
    assert all("RetentionInDays" in one for one in resources(template(pattern), "AWS::Logs::LogGroup"))


@every_member
def test_the_access_log_holds_nothing_of_a_request_and_nobodys_address(pattern: Pattern) -> None:
    told = " ".join(json.loads(stage_of(template(pattern))["AccessLogSetting"]["Format"]).values()).lower()
    assert not [private for private in PRIVATE if private in told]


@every_member
def test_errors_are_logged_on_request_without_data(pattern: Pattern) -> None:
    (settings,) = stage_of(template(pattern, execution_log=True))["MethodSettings"]
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("ERROR", False)


@every_member
def test_a_refused_caller_learns_no_names(pattern: Pattern) -> None:
    answers = {
        one["ResponseType"]: one["ResponseTemplates"]["application/json"]
        for one in resources(template(pattern), "AWS::ApiGateway::GatewayResponse")
    }
    assert answers["ACCESS_DENIED"] == '{"message": "Forbidden", "requestId": "$context.requestId"}'
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers)
    assert not [one for one in answers.values() if "stackTrace" in one or "authorizer" in one]


@every_member
def test_a_key_comes_with_a_plan_that_throttles_it(pattern: Pattern) -> None:
    found = template(pattern, authorization="api_key", rate_limit=5, burst_limit=7, daily_quota=1000)
    (plan,) = resources(found, "AWS::ApiGateway::UsagePlan")
    assert plan["Throttle"] == {"RateLimit": 5, "BurstLimit": 7}
    assert plan["Quota"] == {"Limit": 1000, "Period": "DAY"}
    assert len(resources(found, "AWS::ApiGateway::ApiKey")) == 1
    assert len(resources(found, "AWS::ApiGateway::UsagePlanKey")) == 1


@every_member
def test_failures_of_what_is_behind_it_set_off_an_alarm(pattern: Pattern) -> None:
    (stage,) = [name for name, one in template(pattern)["Resources"].items() if one["Type"] == "AWS::ApiGateway::Stage"]
    alarms = [one for one in resources(template(pattern), "AWS::CloudWatch::Alarm") if one["MetricName"] == "5XXError"]
    assert alarms
    for one in alarms:
        assert (one["Statistic"], one["Threshold"], one["EvaluationPeriods"]) == ("Sum", 1, 1)
        assert one["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert one["TreatMissingData"] == "notBreaching"
        assert {"Name": "Stage", "Value": {"Ref": stage}} in one["Dimensions"]


@every_member
def test_a_body_of_a_type_that_has_no_template_never_reaches_a_service(pattern: Pattern) -> None:
    for one in resources(template(pattern), "AWS::ApiGateway::Method"):
        if one["Integration"]["Type"] == "AWS":
            assert one["Integration"]["PassthroughBehavior"] == "NEVER"


@every_member
def test_api_gateway_assumes_a_role_that_may_do_one_thing(pattern: Pattern) -> None:
    found = template(pattern)
    for one in resources(found, "AWS::ApiGateway::Method"):
        if one["Integration"]["Type"] != "AWS":
            continue
        role = one["Integration"]["Credentials"]["Fn::GetAtt"][0]
        policies = [p for p in resources(found, "AWS::IAM::Policy") if {"Ref": role} in p["Roles"]]
        statements = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
        assert statements
        for statement in statements:
            assert isinstance(statement["Action"], str) or all(one.startswith("kms:") for one in statement["Action"])
            assert statement["Resource"] != "*"


@every_member
def test_whoever_is_granted_may_call_this_stage_and_no_other_api(pattern: Pattern) -> None:
    found = template(pattern)
    (api,) = [name for name, one in found["Resources"].items() if one["Type"] == "AWS::ApiGateway::RestApi"]
    (stage,) = [name for name, one in found["Resources"].items() if one["Type"] == "AWS::ApiGateway::Stage"]
    (policy,) = [one for one in resources(found, "AWS::IAM::Policy") if one["Roles"][0]["Ref"].startswith("Caller")]
    (granted,) = policy["PolicyDocument"]["Statement"]
    assert granted["Action"] == "execute-api:Invoke"
    written = json.dumps(granted["Resource"])
    assert json.dumps({"Ref": api}) in written
    assert json.dumps({"Ref": stage}) in written or "/live/" in written


@every_member
def test_there_is_nothing_to_grant_where_iam_is_not_asked(pattern: Pattern) -> None:
    stack, construct = made(pattern, authorization="api_key")
    role = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
    with pytest.raises(ValueError, match=r"^grant_invoke needs authorization='iam', got 'api_key'$"):
        construct.grant_invoke(role)


@every_member
def test_it_can_be_filtered_named_and_limited(pattern: Pattern) -> None:
    wanted = {"authorization", "web_acl", "domain_name", "certificate", "hosted_zone", "rate_limit", "burst_limit"}
    if is_private(template(pattern)):
        # Nobody from the internet is there to be filtered.
        wanted.remove("web_acl")
    assert wanted <= set(arguments(pattern)), "an API of this family takes these"
