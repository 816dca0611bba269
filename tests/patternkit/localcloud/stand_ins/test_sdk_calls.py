"""`AwsCustomResource`: each call, what is made of its answer, and what is made of its failure."""

import json
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest

from patternkit.localcloud import LocalCloud
from patternkit.localcloud.stand_ins import sdk_calls
from patternkit.localcloud.stand_ins.answers import Failed

CONTEXT = SimpleNamespace(log_stream_name="the-stream")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    given: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(sdk_calls, "answer", lambda _, status, **told: given.append((status, told)))
    return given


def event(kind: str, *, physical: str | None = None, **calls: dict[str, Any]) -> dict[str, Any]:
    known = {"PhysicalResourceId": physical} if physical else {}
    properties = {name: json.dumps(call) for name, call in calls.items()}
    return {"RequestType": kind, "LogicalResourceId": "It", "ResourceProperties": properties, **known}


def put(value: str, **more: Any) -> dict[str, Any]:
    parameters = {"Name": "/it", "Value": value, "Type": "String", "Overwrite": "TRUE:BOOLEAN"}
    return {"service": "SSM", "action": "putParameter", "parameters": parameters, **more}


GET = {"service": "@aws-sdk/client-ssm", "action": "GetParameterCommand", "parameters": {"Name": "/it"}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("S3", "s3"),
        ("@aws-sdk/client-cloudwatch-logs", "logs"),
        ("CloudWatchLogs", "logs"),
        ("CognitoIdentityServiceProvider", "cognito-idp"),
        ("DynamoDB", "dynamodb"),
        ("ELBv2", "elbv2"),
        ("Route53", "route53"),
        ("APIGateway", "apigateway"),
        ("ApiGatewayV2", "apigatewayv2"),
        ("EventBridge", "events"),
        ("Firehose", "firehose"),
        ("SecretsManager", "secretsmanager"),
        ("@aws-sdk/client-cost-explorer", "ce"),
    ],
)
def test_a_service_is_known_by_every_sdks_name(given: str, expected: str) -> None:
    assert sdk_calls.boto_name(given) == expected


def test_no_such_service_or_command() -> None:
    with pytest.raises(Failed, match="Package @aws-sdk/client-nosuch does not exist"):
        sdk_calls.boto_name("NoSuch")


def test_calls_are_made_and_answered(cloud: LocalCloud, answers: list[tuple[str, dict[str, Any]]]) -> None:
    create = event("Create", Create=put("one", physicalResourceId={"id": "mine"}))
    sdk_calls.handler(create, CONTEXT)
    assert answers.pop()[1]["physical_id"] == "mine"
    # Without an id of its own it is the logical one.
    sdk_calls.handler(event("Create", Update=put("one")), CONTEXT)
    assert answers.pop() == ("SUCCESS", {"physical_id": "It", "reason": "OK", "data": {}})
    update = event("Update", physical="mine", Update=put("PHYSICAL:RESOURCEID:"))
    sdk_calls.handler(update, CONTEXT)
    assert answers.pop()[1]["physical_id"] == "mine"
    assert cloud.client("ssm").get_parameter(Name="/it")["Parameter"]["Value"] == "mine"
    read = GET | {"outputPaths": ["Parameter.Val"], "physicalResourceId": {"responsePath": "Parameter.Name"}}
    sdk_calls.handler(event("Update", physical="mine", Update=read), CONTEXT)
    assert answers.pop() == (
        "SUCCESS",
        {"physical_id": "/it", "reason": "OK", "data": {"Parameter.Value": "mine"}},
    )
    sdk_calls.handler(event("Update", physical="mine", Update=GET), CONTEXT)
    whole = answers.pop()[1]["data"]
    assert (whole["Parameter.Type"], whole["region"]) == ("String", cloud.region)


@pytest.mark.usefixtures("cloud")
def test_a_failure_is_answered_unless_it_is_to_be_ignored(answers: list[tuple[str, dict[str, Any]]]) -> None:
    missing = GET | {"parameters": {"Name": "/nowhere"}}
    sdk_calls.handler(event("Delete", physical="mine", Delete=missing), CONTEXT)
    status, told = answers.pop()
    assert (status, told["physical_id"]) == ("FAILED", "mine")
    assert "/nowhere" in told["reason"]
    ignored = missing | {"ignoreErrorCodesMatching": "ParameterNot.*"}
    sdk_calls.handler(event("Delete", physical="mine", Delete=ignored), CONTEXT)
    assert answers.pop() == ("SUCCESS", {"physical_id": "mine", "reason": "OK", "data": {}})
    sdk_calls.handler(event("Create", Create=GET | {"action": "getNothing"}), CONTEXT)
    assert answers.pop() == (
        "FAILED",
        {"physical_id": "the-stream", "reason": "Unable to find command named: GetNothing"},
    )


def test_texts_become_what_the_call_wants() -> None:
    def shape(service: str, operation: str) -> Any:
        return botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape

    put_retention = shape("logs", "PutRetentionPolicy")
    assert sdk_calls.coerced({"logGroupName": "g", "retentionInDays": "7"}, put_retention)["retentionInDays"] == 7
    blob = {"FunctionName": "f", "Payload": "{}", "Unknown": "1"}
    assert sdk_calls.coerced(blob, shape("lambda", "Invoke")) == blob | {"Payload": b"{}"}


def test_an_answer_is_flat() -> None:
    answer = {"A": {"B": [1, {"C": True}], "D": b"text"}, "E": None}
    assert dict(sdk_calls.flattened(answer)) == {"A.B.0": 1, "A.B.1.C": True, "A.D": "text", "E": None}
