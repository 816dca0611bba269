"""What Lambda itself needs the role of a function to be allowed."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.errors import NotModelled
from patternkit.testing.permissions.lambda_service import platform_requests
from patternkit.testing.permissions.statements import Request

ROLE = "arn:aws:iam::123456789012:role/role"
HERE = "us-east-1:123456789012"
LOG = [
    (f"logs:{name}", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/f:log-stream:one", "Lambda writes the function's log")
    for name in ("CreateLogStream", "PutLogEvents")
]


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::Lambda::{kind}", "Properties": properties}


def needs(more: dict[str, Any] | None = None, /, **properties: Any) -> list[tuple[str, str, str]]:
    """What Lambda needs besides writing the log, which is held each time."""
    found = asked({"FunctionName": "f", **properties}, more or {})
    assert found[:2] == LOG
    return found[2:]


def asked(properties: dict[str, Any], more: dict[str, Any]) -> list[tuple[str, str, str]]:
    made = Account(
        [{"Resources": {"F": resource("Function", **properties), **more}}], account="123456789012", region="us-east-1"
    )
    found = list(platform_requests(made, 0, "F", ROLE))
    assert all(one.context["aws:principalarn"] == (ROLE,) for one in found if isinstance(one, Request))
    return [
        (one.action, one.resource, one.because) if isinstance(one, Request) else ("?", "?", str(one)) for one in found
    ]


def unknown(name: str) -> dict[str, Any]:
    return {"Fn::ImportValue": name}


def test_logs() -> None:
    assert needs() == []
    assert asked({"FunctionName": "f", "LoggingConfig": {"LogGroup": "g"}}, {}) == [
        (action, resource.replace("/aws/lambda/f", "g"), why) for action, resource, why in LOG
    ]
    assert asked({"FunctionName": "f", "LoggingConfig": {"LogGroup": unknown("g")}}, {}) == [
        ("?", "?", "which log group g is")
    ]
    assert asked({"FunctionName": "f", "LoggingConfig": {}}, {}) == LOG


def test_traces_and_networks() -> None:
    why = "Lambda writes the function's traces"
    assert needs(TracingConfig={"Mode": "Active"}) == [
        ("xray:PutTelemetryRecords", "*", why),
        ("xray:PutTraceSegments", "*", why),
    ]
    assert needs(TracingConfig={"Mode": "PassThrough"}) == needs(TracingConfig={}) == []
    assert needs(VpcConfig={"SubnetIds": ["s"]}) == [
        (f"ec2:{name}", "*", "Lambda attaches the function to its VPC")
        for name in (
            "AssignPrivateIpAddresses",
            "CreateNetworkInterface",
            "DeleteNetworkInterface",
            "DescribeNetworkInterfaces",
            "DescribeSubnets",
            "UnassignPrivateIpAddresses",
        )
    ]
    assert needs(VpcConfig={"SubnetIds": []}) == needs(VpcConfig={}) == []


@pytest.mark.parametrize("name", ["DurableConfig", "FileSystemConfigs"])
def test_what_is_not_modelled(name: str) -> None:
    assert needs(**{name: []}) == [("?", "?", f"what Lambda needs for {name}")]


DESTINATIONS = [
    (f"arn:aws:events:{HERE}:event-bus/b", "events:PutEvents", ""),
    (f"arn:aws:lambda:{HERE}:function:g", "lambda:InvokeFunction", ""),
    ("arn:aws:s3:::b", "s3:PutObject", "/aws/lambda/one"),
    (f"arn:aws:sns:{HERE}:t", "sns:Publish", ""),
    (f"arn:aws:sqs:{HERE}:q", "sqs:SendMessage", ""),
]


@pytest.mark.parametrize(("target", "action", "within"), DESTINATIONS)
def test_where_events_go(target: str, action: str, within: str) -> None:
    why = "Lambda sends failed events to the dead-letter queue"
    assert needs(DeadLetterConfig={"TargetArn": target}) == [(action, f"{target}{within}", why)]
    for kind in ("OnFailure", "OnSuccess"):
        for name in ("f", {"Ref": "F"}, {"Fn::GetAtt": ["F", "Arn"]}, f"arn:aws:lambda:{HERE}:function:f"):
            config = resource("EventInvokeConfig", FunctionName=name, DestinationConfig={kind: {"Destination": target}})
            assert needs({"C": config}) == [
                (action, f"{target}{within}", f"Lambda sends records of invocations to the {kind} destination")
            ]
    both = {"OnFailure": {"Destination": target}, "OnSuccess": {"Destination": target}}
    assert len(needs({"C": resource("EventInvokeConfig", FunctionName="f", DestinationConfig=both)})) == 2


def test_where_nobody_knows_that_they_go() -> None:
    assert needs(DeadLetterConfig={"TargetArn": unknown("q")}) == [("?", "?", "which destination q is")]
    assert needs(DeadLetterConfig={"TargetArn": f"arn:aws:kinesis:{HERE}:stream/s"}) == [
        ("?", "?", "destinations of kinesis")
    ]
    assert needs(DeadLetterConfig={}) == []


POLLED = {
    f"arn:aws:sqs:{HERE}:q": ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
    f"arn:aws:dynamodb:{HERE}:table/t/stream/s": [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ],
    f"arn:aws:kinesis:{HERE}:stream/s": [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    ],
}


@pytest.mark.parametrize(("source", "actions"), POLLED.items())
def test_what_is_polled(source: str, actions: list[str]) -> None:
    mapping = {"M": resource("EventSourceMapping", FunctionName="f", EventSourceArn=source)}
    assert needs(mapping) == [
        (action, "*" if action == "dynamodb:ListStreams" else source, "Lambda polls the function's event source")
        for action in actions
    ]
    others = {"M": resource("EventSourceMapping", FunctionName="another", EventSourceArn=source)}
    assert needs(others) == []
    # Only a mapping reads a source.
    assert needs({"M": resource("EventInvokeConfig", FunctionName="f", EventSourceArn=source)}) == []
    assert needs({"M": resource("Version", FunctionName="f", EventSourceArn=source)}) == []


def test_what_nobody_knows_that_is_polled() -> None:
    for source in ({"EventSourceArn": unknown("s")}, {}):
        assert needs({"M": resource("EventSourceMapping", FunctionName="f", **source)}) == [
            ("?", "?", "which event source a mapping reads")
        ]
    kafka = {"M": resource("EventSourceMapping", FunctionName="f", EventSourceArn=f"arn:aws:kafka:{HERE}:cluster/c")}
    assert needs(kafka) == [("?", "?", "event sources of kafka")]


@pytest.mark.parametrize("kind", ["EventInvokeConfig", "EventSourceMapping"])
def test_whose_it_is(kind: str) -> None:
    failing = {"DestinationConfig": {"OnFailure": {"Destination": f"arn:aws:sqs:{HERE}:q"}}}
    whose = {"M": resource(kind, FunctionName=unknown("g"), **failing)}
    assert needs(whose) == [("?", "?", "which function g is, that M is for,")]
    # What comes after it is looked at too.
    after = whose | {"N": resource(kind, FunctionName="f", EventSourceArn=f"arn:aws:sqs:{HERE}:q", **failing)}
    assert ("sqs:SendMessage", f"arn:aws:sqs:{HERE}:q") in [one[:2] for one in needs(after)]
    before = {"L": resource(kind, FunctionName="another", **failing)} | after
    assert needs(before) == needs(after)


def test_a_gap_is_no_request() -> None:
    made = Account(
        [{"Resources": {"F": resource("Function", FileSystemConfigs=[])}}], account="123456789012", region="us-east-1"
    )
    assert isinstance(list(platform_requests(made, 0, "F", ROLE))[-1], NotModelled)
