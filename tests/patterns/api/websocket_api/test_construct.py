"""What WebSocketApi promises of its template."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from patternkit.testing.findings import listed
from patternkit.testing.synthesis import synthesize
from patterns.api.websocket_api import WebSocketApi
from tests.conftest import context, example
from tests.patterns.api.api_to_queue.conftest import resources


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("websocket-api", "agnostic").template)


def statements(template: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """The statements of the role whose logical id holds a text."""
    return [
        one
        for policy in resources(template, "AWS::IAM::Policy")
        if role in policy["Roles"][0]["Ref"]
        for one in policy["PolicyDocument"]["Statement"]
    ]


def test_whoever_connects_is_asked_who_they_are(template: dict[str, Any]) -> None:
    routes = {one["RouteKey"]: one for one in resources(template, "AWS::ApiGatewayV2::Route")}
    assert set(routes) == {"$connect", "$disconnect", "$default"}
    assert routes["$connect"]["AuthorizationType"] == "AWS_IAM"


@pytest.mark.parametrize("header", ["Authorization", "Sec-WebSocket-Protocol"])
def test_a_token_is_in_a_header_and_never_in_an_address(scope: cdk.Stack, header: Any) -> None:
    decide = lambda_.Function(
        scope,
        "Decide",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    WebSocketApi(scope, "Api", authorization="function", authorizer_function=decide, token_header=header)
    (authorizer,) = resources(Template.from_stack(scope).to_json(), "AWS::ApiGatewayV2::Authorizer")
    assert authorizer["IdentitySource"] == [f"route.request.header.{header}"]


def test_the_access_log_holds_no_message_no_query_string_and_nobodys_address(template: dict[str, Any]) -> None:
    (stage,) = resources(template, "AWS::ApiGatewayV2::Stage")
    said = " ".join(json.loads(stage["AccessLogSettings"]["Format"]).values()).lower()
    assert "connectionid" in said
    assert not [one for one in ("querystring", "sourceip", "useragent", "body", "header") if one in said]
    account = next(name for name, one in template["Resources"].items() if one["Type"] == "AWS::ApiGateway::Account")
    (waits,) = [one["DependsOn"] for one in template["Resources"].values() if one["Type"] == "AWS::ApiGatewayV2::Stage"]
    assert account in waits, "without the account's role the stage cannot be made"


def test_the_stage_is_throttled(template: dict[str, Any]) -> None:
    (stage,) = resources(template, "AWS::ApiGatewayV2::Stage")
    settings = stage["DefaultRouteSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (100, 200)
    assert settings["DetailedMetricsEnabled"] is True


def test_connections_expire_and_their_table_does_not(template: dict[str, Any]) -> None:
    (table,) = [one for one in template["Resources"].values() if one["Type"] == "AWS::DynamoDB::Table"]
    assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["DeletionPolicy"] == "Retain"


def test_only_what_pushes_may_post_and_to_this_stage_alone(template: dict[str, Any]) -> None:
    """Nothing can post from within $connect, where the connection is not there yet: its function may not."""
    manages = {
        policy["Roles"][0]["Ref"]: one
        for policy in resources(template, "AWS::IAM::Policy")
        for one in policy["PolicyDocument"]["Statement"]
        if "execute-api:ManageConnections" in one["Action"]
    }
    assert ["Push" in role for role in manages] == [True]
    (api,) = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::ApiGatewayV2::Api"]
    for one in statements(template, "Push"):
        if "execute-api:ManageConnections" not in one["Action"]:
            continue
        for arn in one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]]:
            written = arn["Fn::Join"][1]
            assert {"Ref": api} in written
            assert written[-1] in {"/live/GET/@connections/*", "/live/POST/@connections/*"}


def test_connections_are_posted_to_at_the_api_itself_whatever_its_name(scope: cdk.Stack) -> None:
    certificate = acm.Certificate.from_certificate_arn(
        scope, "Certificate", "arn:aws:acm:us-east-1:111122223333:certificate/a"
    )
    made = WebSocketApi(scope, "Api", domain_name="chat.example.com", certificate=certificate)
    template = Template.from_stack(scope).to_json()
    assert made.url == "wss://chat.example.com"
    (variables,) = [
        one["Environment"]["Variables"]
        for one in resources(template, "AWS::Lambda::Function")
        if "CALLBACK_URL" in one.get("Environment", {}).get("Variables", {})
    ]
    (api,) = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::ApiGatewayV2::Api"]
    parts = variables["CALLBACK_URL"]["Fn::Join"][1]
    assert parts[:2] == ["https://", {"Ref": api}]
    assert parts[-1] == "/live"
    (mapping,) = resources(template, "AWS::ApiGatewayV2::ApiMapping")
    assert mapping["ApiId"] == {"Ref": api}


def test_a_push_is_tried_and_kept_and_connections_are_swept(template: dict[str, Any]) -> None:
    (mapping,) = resources(template, "AWS::Lambda::EventSourceMapping")
    assert (mapping["BatchSize"], mapping["FunctionResponseTypes"]) == (1, ["ReportBatchItemFailures"])
    (queue,) = [one for one in resources(template, "AWS::SQS::Queue") if "RedrivePolicy" in one]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
    assert queue["VisibilityTimeout"] == 6 * 300
    (rule,) = resources(template, "AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "rate(1 hour)"
    assert json.loads(rule["Targets"][0]["Input"]) == {"sweep": True}


def test_messages_of_ones_own_are_routed_by_their_action(scope: cdk.Stack) -> None:
    own = lambda_.Function(
        scope,
        "Own",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    made = WebSocketApi(scope, "Api", message_function=own, routes={"join": own})
    template = Template.from_stack(scope).to_json()
    assert {one["RouteKey"] for one in resources(template, "AWS::ApiGatewayV2::Route")} == {
        "$connect", "$disconnect", "$default", "join",
    }  # fmt: skip
    (api,) = resources(template, "AWS::ApiGatewayV2::Api")
    assert api["RouteSelectionExpression"] == "$request.body.action"
    assert made.message_function is own


def test_functions_from_elsewhere_may_be_invoked_and_no_stack_waits_for_another(scope: cdk.Stack) -> None:
    theirs = cdk.Stack(scope.node.root, "Theirs")  # type: ignore[arg-type]
    own = lambda_.Function(
        theirs,
        "Own",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    imported = lambda_.Function.from_function_arn(
        scope, "Imported", "arn:aws:lambda:us-east-1:111122223333:function:decide"
    )
    WebSocketApi(
        scope,
        "Api",
        message_function=own,
        authorization="function",
        authorizer_function=imported,
        routes={"a": imported},
    )
    template = Template.from_stack(scope).to_json()
    assert not resources(Template.from_stack(theirs).to_json(), "AWS::Lambda::Permission")
    said = {json.dumps(one["SourceArn"])[-22:] for one in resources(template, "AWS::Lambda::Permission")}
    for what in ("/authorizers/*", "/live/$default", "/live/a"):
        assert any(what in one for one in said), what


def test_with_a_key_and_grants_nothing_is_found() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "All", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        made = WebSocketApi(stack, "Api", encryption_key=kms.Key(stack, "Key", enable_key_rotation=True))
        role = iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        for grant in (made.grant_push(role), made.grant_connect(role), made.grant_end_connections(role)):
            assert grant.success

    done = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"])
    assert done.findings == (), listed(done.findings)


def test_there_is_nothing_to_grant_where_iam_is_not_asked(scope: cdk.Stack) -> None:
    decide = lambda_.Function(
        scope,
        "Decide",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    made = WebSocketApi(scope, "Api", authorization="function", authorizer_function=decide)
    role = iam.Role(scope, "Caller", assumed_by=iam.AccountRootPrincipal())
    with pytest.raises(ValueError, match=r"^grant_connect needs authorization='iam', got 'function'$"):
        made.grant_connect(role)
