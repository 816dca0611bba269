"""What FunctionApi promises of its template."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Match, Template

from patternkit.testing.findings import listed
from patternkit.testing.synthesis import synthesize
from patterns.api.function_api import FunctionApi
from tests.conftest import context
from tests.patterns.api.api_to_queue.conftest import resources

CODE = "def handler(event, context): return {'statusCode': 200}"


def function(scope: cdk.Stack, name: str, **settings: Any) -> lambda_.Function:
    return lambda_.Function(
        scope,
        name,
        code=lambda_.Code.from_inline(CODE),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        **settings,
    )


def test_the_stages_variable_names_the_alias_that_answers(scope: cdk.Stack) -> None:
    FunctionApi(scope, "Api", stage_name="test")
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::ApiGateway::Stage", {"StageName": "test", "Variables": {"alias": "test"}})
    template.has_resource_properties("AWS::Lambda::Alias", {"Name": "test", "FunctionVersion": Match.any_value()})
    methods = resources(template.to_json(), "AWS::ApiGateway::Method")
    assert [one["HttpMethod"] for one in methods] == ["ANY", "ANY"]
    for one in methods:
        uri = "".join(str(part) for part in one["Integration"]["Uri"]["Fn::Join"][1])
        assert uri.endswith(":${stageVariables.alias}/invocations")
        assert one["AuthorizationType"] == "AWS_IAM"


def test_this_stage_may_invoke_the_alias_and_no_other_version(scope: cdk.Stack) -> None:
    FunctionApi(scope, "Api")
    template = Template.from_stack(scope)
    (alias,) = template.find_resources("AWS::Lambda::Alias")
    (permission,) = resources(template.to_json(), "AWS::Lambda::Permission")
    assert permission["FunctionName"] == {"Ref": alias}
    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert "SourceArn" in permission


def test_a_changed_function_is_a_new_version() -> None:
    versions: dict[str, Any] = {}
    for value in ("a", "b"):
        stack = cdk.Stack(cdk.App(context=context()), "Test")
        FunctionApi(
            stack,
            "Api",
            code=lambda_.Code.from_inline(CODE),
            handler="index.handler",
            environment={"VALUE": value},
        )
        versions |= Template.from_stack(stack).find_resources("AWS::Lambda::Version")
    assert len(versions) == 2
    # The first is still there, with whatever traffic it has, when the second takes its place in the template.
    assert {(one["DeletionPolicy"], one["UpdateReplacePolicy"]) for one in versions.values()} == {("Retain", "Retain")}


def test_a_release_shifts_a_tenth_first_and_goes_back_on_its_alarms(scope: cdk.Stack) -> None:
    made = FunctionApi(scope, "Api")
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::CodeDeploy::DeploymentGroup",
        {
            "DeploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
            "AutoRollbackConfiguration": {
                "Enabled": True,
                "Events": Match.array_with(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]),
            },
        },
    )
    (group,) = resources(template.to_json(), "AWS::CodeDeploy::DeploymentGroup")
    watched = [scope.resolve(one.alarm_name) for one in made.alarms if one.node.id in {"ServerErrors", "AliasErrors"}]
    assert [one["Name"] for one in group["AlarmConfiguration"]["Alarms"]] == watched
    (alias,) = template.find_resources("AWS::Lambda::Alias").values()
    assert "CodeDeployLambdaAliasUpdate" in alias["UpdatePolicy"]


def test_hooks_run_before_and_after_and_may_say_how_it_went(scope: cdk.Stack) -> None:
    before, after = function(scope, "Before"), function(scope, "After")
    FunctionApi(
        scope,
        "Api",
        before_traffic=before,
        after_traffic=after,
        deployment_config=codedeploy.LambdaDeploymentConfig.LINEAR_10_PERCENT_EVERY_1_MINUTE,
    )
    template = Template.from_stack(scope)
    (alias,) = template.find_resources("AWS::Lambda::Alias").values()
    policy = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert policy["BeforeAllowTrafficHook"] == scope.resolve(before.function_name)
    assert policy["AfterAllowTrafficHook"] == scope.resolve(after.function_name)
    policies = resources(template.to_json(), "AWS::IAM::Policy")
    actions = [one["Action"] for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    assert actions.count("codedeploy:PutLifecycleEventHookExecutionStatus") == 2


def test_without_gradual_release_all_traffic_is_shifted_at_once(scope: cdk.Stack) -> None:
    made = FunctionApi(scope, "Api", gradual_release=False)
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::CodeDeploy::DeploymentGroup", 0)
    assert made.release is None
    assert "UpdatePolicy" not in next(iter(template.find_resources("AWS::Lambda::Alias").values()))


def test_a_cache_is_encrypted_and_told_apart_by_path_and_what_is_named(scope: cdk.Stack) -> None:
    FunctionApi(
        scope, "Api", cache_size="0.5", cache_ttl=cdk.Duration.minutes(1), cache_key_parameters=["querystring.page"]
    )
    template = Template.from_stack(scope)
    (stage,) = resources(template.to_json(), "AWS::ApiGateway::Stage")
    assert (stage["CacheClusterEnabled"], stage["CacheClusterSize"]) == (True, "0.5")
    (settings,) = stage["MethodSettings"]
    assert (settings["CachingEnabled"], settings["CacheDataEncrypted"], settings["CacheTtlInSeconds"]) == (
        True,
        True,
        60,
    )
    keys = [
        one["Integration"]["CacheKeyParameters"] for one in resources(template.to_json(), "AWS::ApiGateway::Method")
    ]
    page = "method.request.querystring.page"
    assert sorted(keys, key=len) == [[page], ["method.request.path.proxy", page]]


def test_a_ready_function_is_versioned_and_left_as_it_is(scope: cdk.Stack) -> None:
    ready = function(scope, "Ready")
    made = FunctionApi(scope, "Api", function=ready)
    Template.from_stack(scope).resource_count_is("AWS::Lambda::Function", 1)
    assert made.function is ready


def test_with_key_and_cache_nothing_is_found() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "All", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        FunctionApi(stack, "Api", encryption_key=key, cache_size="0.5", execution_log=True)

    found = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"]).findings
    assert found == (), listed(found)


def test_no_page_of_another_origin_may_call_it_by_default(scope: cdk.Stack) -> None:
    FunctionApi(scope, "Api")
    template = Template.from_stack(scope).to_json()
    assert {one["HttpMethod"] for one in resources(template, "AWS::ApiGateway::Method")} == {"ANY"}
    assert not [one for one in resources(template, "AWS::ApiGateway::GatewayResponse") if "ResponseParameters" in one]


@pytest.mark.parametrize("authorization", ["iam", "api_key"])
def test_a_preflight_is_answered_without_authorization(scope: cdk.Stack, authorization: Any) -> None:
    FunctionApi(scope, "Api", cors_origins=["https://www.example.com"], authorization=authorization)
    template = Template.from_stack(scope).to_json()
    preflights = [one for one in resources(template, "AWS::ApiGateway::Method") if one["HttpMethod"] == "OPTIONS"]
    assert len(preflights) == 2, "one at the root and one below it"
    for one in preflights:
        assert (one["AuthorizationType"], one["ApiKeyRequired"]) == ("NONE", False)
        assert one["Integration"]["Type"] == "MOCK", "the function is not asked"
        said = one["Integration"]["IntegrationResponses"][0]["ResponseParameters"]
        assert said["method.response.header.Access-Control-Allow-Origin"] == "'https://www.example.com'"
        assert "Authorization" in said["method.response.header.Access-Control-Allow-Headers"]
    others = [one for one in resources(template, "AWS::ApiGateway::Method") if one["HttpMethod"] == "ANY"]
    assert all(one["AuthorizationType"] == "AWS_IAM" or one["ApiKeyRequired"] for one in others)
    for one in resources(template, "AWS::ApiGateway::GatewayResponse"):
        assert one["ResponseParameters"] == {
            "gatewayresponse.header.Access-Control-Allow-Origin": "'https://www.example.com'"
        }, "a page may read why it was refused"


@pytest.mark.parametrize("origin", ["www.example.com", "https://www.example.com/", "https://*.example.com", "null"])
def test_what_is_no_origin_is_refused(scope: cdk.Stack, origin: str) -> None:
    with pytest.raises(ValueError, match=r"^cors_origins must be origins, as https://www.example.com, or \*, got"):
        FunctionApi(scope, "Api", cors_origins=[origin])


def test_a_grant_of_every_method_leaves_no_finding() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Test")
        role = iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        FunctionApi(stack, "Api").grant_invoke(role)
        elsewhere = cdk.Stack(app, "Elsewhere")
        other = iam.Role(elsewhere, "Caller", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        FunctionApi(stack, "Other").grant_invoke(other)

    found = synthesize(build, context=context(), packs=["AwsSolutions"]).findings
    assert not found, listed(found)
