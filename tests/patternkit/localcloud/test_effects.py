"""Each row of what the local cloud keeps without effect is said of a template that has it, and of no other."""

from typing import Any

import pytest

from patternkit.localcloud.effects import NOT_CHECKED_EITHER, RECORDED_TYPES, UNLESS_ENFORCED, WITHOUT_EFFECT
from patternkit.localcloud.effects_by_value import WHERE, present, values
from patternkit.localcloud.report import without_effect

SHAPES: tuple[Any, ...] = (None, "text", 3, True, [], ["text"], [[]], {}, {"Name": "APPSYNC_JS"}, [{"Name": 1}])

WORKFLOW = "arn:aws:states:us-east-1:000000000000:stateMachine:Orders"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:Orders"
INVOCATION = f"lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
GROUPS = {"TargetGroups": [{"TargetGroupArn": "a", "Weight": 9}, {"TargetGroupArn": "b", "Weight": 1}]}


def arn(service: str) -> str:
    return f"arn:aws:{service}:us-east-1:000000000000:thing/Name"


def integration(service: str, kind: str = "AWS") -> dict[str, str]:
    return {"Type": kind, "Uri": f"arn:aws:apigateway:us-east-1:{service}"}


BY_VALUE: dict[tuple[str, str], tuple[list[Any], list[Any]]] = {
    ("AWS::ApiGateway::Method", "Integration"): (
        [
            integration("dynamodb:action/PutItem"),
            integration("states:action/StartExecution"),
            {"Type": "MOCK", "IntegrationResponses": [{"ResponseTemplates": {"application/json": "$context.stage"}}]},
            {"Type": "MOCK", "RequestTemplates": {"application/json": "#if($input.params('x'))"}},
            {**integration(INVOCATION), "RequestTemplates": {"application/json": "{}"}},
            {**integration(INVOCATION), "IntegrationResponses": [{"ResponseTemplates": {"text/plain": "ok"}}]},
        ],
        [
            integration("sqs:path/000000000000/Orders"),
            integration(INVOCATION, "AWS_PROXY"),
            integration(INVOCATION),
            {"Type": "MOCK"},
            {"Type": "MOCK", "RequestTemplates": {"application/json": '{"statusCode": 200}'}},
            {**integration("sqs:path/000000000000/Orders"), "RequestTemplates": {"application/json": "$input.body"}},
        ],
    ),
    ("AWS::AppSync::GraphQLApi", "AuthenticationType"): (
        ["AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT"],
        ["API_KEY"],
    ),
    ("AWS::AppSync::GraphQLApi", "AdditionalAuthenticationProviders[].AuthenticationType"): (
        ["OPENID_CONNECT"],
        ["API_KEY"],
    ),
    ("AWS::AppSync::DataSource", "Type"): (["AWS_LAMBDA"], ["AMAZON_DYNAMODB", "NONE"]),
    ("AWS::AppSync::Api", "EventConfig"): ([{"AuthProviders": []}], []),
    ("AWS::ElasticLoadBalancingV2::Listener", "DefaultActions[].ForwardConfig"): (
        [GROUPS],
        [{"TargetGroups": GROUPS["TargetGroups"][:1]}],
    ),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", "Actions[].ForwardConfig"): ([GROUPS], [{"TargetGroups": []}]),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", "Conditions[].Field"): (["query-string"], ["path-pattern"]),
    ("AWS::Events::Rule", "Targets[].Arn"): (
        [arn("ecs"), arn("kinesis"), arn("firehose"), arn("logs"), arn("codebuild")],
        [FUNCTION, arn("sqs"), arn("sns"), WORKFLOW, arn("events")],
    ),
    ("AWS::Lambda::EventSourceMapping", "DestinationConfig.OnFailure.Destination"): (
        ["arn:aws:s3:::letters"],
        [arn("sqs"), arn("sns")],
    ),
    ("AWS::Lambda::EventSourceMapping", "EventSourceArn"): (
        [arn("kafka"), arn("mq"), arn("rds")],
        [arn("sqs"), arn("kinesis"), arn("dynamodb")],
    ),
    ("AWS::Pipes::Pipe", "Source"): ([arn("sqs"), arn("kinesis")], [arn("dynamodb")]),
    ("AWS::Pipes::Pipe", "Target"): ([arn("sqs"), arn("events"), FUNCTION], [arn("sns"), WORKFLOW]),
    ("AWS::Scheduler::Schedule", "Target.Arn"): ([arn("ecs"), arn("kinesis")], [FUNCTION, arn("sqs")]),
}


def holding(path: str, value: Any) -> dict[str, Any]:
    """Properties with a value at a path."""
    name, _, rest = path.partition(".")
    inner = holding(rest, value) if rest else value
    return {name.removesuffix("[]"): [inner] if name.endswith("[]") else inner}


def said(type_: str, properties: dict[str, Any], *, enforce_iam: bool = False) -> set[tuple[str, str]]:
    return set(without_effect(type_, properties, enforce_iam=enforce_iam))


@pytest.mark.parametrize(
    ("type_", "path"), [(type_, path) for type_ in WITHOUT_EFFECT for path in WITHOUT_EFFECT[type_]]
)
def test_a_property_without_effect_is_said(type_: str, path: str) -> None:
    row = (path, WITHOUT_EFFECT[type_][path])
    assert row in said(type_, {} if path == "*" else holding(path, "given"))
    assert path == "*" or row not in said(type_, {})


@pytest.mark.parametrize(
    ("type_", "path"), [(type_, path) for type_ in UNLESS_ENFORCED for path in UNLESS_ENFORCED[type_]]
)
def test_a_property_that_is_looked_at_with_permissions_only(type_: str, path: str) -> None:
    row = (path, UNLESS_ENFORCED[type_][path])
    assert row in said(type_, holding(path, "given"))
    assert row not in said(type_, holding(path, "given"), enforce_iam=True)


@pytest.mark.parametrize(("type_", "path"), sorted({(type_, row.path) for type_ in WHERE for row in WHERE[type_]}))
def test_a_value_without_effect_is_said_and_no_other(type_: str, path: str) -> None:
    wrong, right = BY_VALUE[type_, path]
    assert wrong
    whys = {row.why for row in WHERE[type_] if row.path == path}
    for value in wrong:
        assert {why for at, why in said(type_, holding(path, value)) if at == path} & whys, value
    for value in (*right, *SHAPES):
        if value not in wrong and (type_, path) != ("AWS::AppSync::Api", "EventConfig"):
            assert not {why for at, why in said(type_, holding(path, value)) if at == path} & whys, value


@pytest.mark.parametrize("family", RECORDED_TYPES)
def test_a_family_of_which_only_the_record_exists(family: str) -> None:
    assert ("*", RECORDED_TYPES[family]) in said(f"{family}Thing", {})


@pytest.mark.parametrize("type_", NOT_CHECKED_EITHER)
def test_what_permits_and_is_not_asked(type_: str) -> None:
    assert ("*", NOT_CHECKED_EITHER[type_]) in said(type_, {}, enforce_iam=True)


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_a_value_may_have_any_shape(shape: Any) -> None:
    paths = {
        *((type_, path) for type_ in WITHOUT_EFFECT for path in WITHOUT_EFFECT[type_]),
        *((type_, row.path) for type_ in WHERE for row in WHERE[type_]),
        ("AWS::AppSync::Resolver", "Runtime"),
    }
    for type_, path in paths:
        names = path.split(".")
        for length in range(1, len(names) + 1):
            said(type_, holding(".".join(names[:length]), shape))


def test_values_are_found_through_lists() -> None:
    given = {"Rules": [{"Action": {"Type": "a"}}, {"Action": "text"}, "text", {"Action": {"Type": "b"}}]}
    assert list(values(given, "Rules[].Action.Type")) == ["a", "b"]
    assert present(given, "Rules[].Action")
    assert not present(given, "Rules[].Missing")
    assert not present({"Rules": None}, "Rules")
