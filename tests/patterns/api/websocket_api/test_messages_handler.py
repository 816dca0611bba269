"""Messages as text, and the rows of connections, call by call."""

import json
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ReadTimeoutError

from tests.answering import Aws, Refusal, loaded

NOW = 1_800_000_000.5
SETTINGS = {
    "TABLE_NAME": "connections",
    "CALLBACK_URL": "https://a.example.com/live",
    "PUSH_QUEUE": "pushes",
    "DEAD_LETTERS": "dead",
}
FOLDER = "api/websocket_api/handler/connections"


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    names = ("messages", "rows", "connect", "relay", "push")
    with loaded(FOLDER, *names, **SETTINGS) as module:
        yield {one: module(one) for one in names}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)


@pytest.mark.parametrize(
    ("message", "data"),
    [
        ("plain \u00fc\n", "plain \u00fc\n"),
        ({"a": [1, None, "\u00fc"], "b": {}}, '{"a":[1,null,"\u00fc"],"b":{}}'),
        ("x" * 128 * 1024, "x" * 128 * 1024),
        (["x" * (128 * 1024 - 4)], '["' + "x" * (128 * 1024 - 4) + '"]'),
    ],
)
def test_a_message_is_sent_as_it_is_or_as_json(modules: dict[str, ModuleType], message: Any, data: str) -> None:
    assert modules["messages"].data_of(message) == data.encode()


@pytest.mark.parametrize(
    ("message", "size"),
    [("x" * (128 * 1024 + 1), 131073), ("\u00fc" * 64 * 1024 + "x", 131073), (["x" * 131069], 131073)],
)
def test_a_message_that_is_too_long_is_refused_by_its_bytes(
    modules: dict[str, ModuleType], message: Any, size: int
) -> None:
    refused = f"message must be at most 131072 bytes, got {size}"
    with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
        modules["messages"].data_of(message)


@pytest.mark.parametrize("message", ["\ud800", ["\ud800"], float("nan"), [float("inf")]])
def test_what_no_client_can_read_is_no_message(modules: dict[str, ModuleType], message: Any) -> None:
    with pytest.raises(ValueError, match=r"surrogates not allowed|not JSON compliant"):
        modules["messages"].data_of(message)


def test_what_is_asked_of_the_queue_has_no_character_that_it_refuses(modules: dict[str, ModuleType]) -> None:
    body = modules["messages"].body_of({"a": "\u00fc\ufffe\uffff\uffff", "b": 1})
    assert body == '{"a":"\u00fc\\ufffe\\uffff\\uffff","b":1}'


def put(connection: str, *groups: str) -> tuple[str, dict[str, Any]]:
    rows = [{"group": one, "connection": connection, "expires": int(NOW) + 7200} for one in groups]
    return "BatchWriteItem", {"RequestItems": {"connections": [{"PutRequest": {"Item": one}} for one in rows]}}


def deleted(connection: str, *groups: str) -> tuple[str, dict[str, Any]]:
    keys = [{"group": one, "connection": connection} for one in groups]
    return "BatchWriteItem", {"RequestItems": {"connections": [{"DeleteRequest": {"Key": one}} for one in keys]}}


OF_CONNECTION = (
    "Query",
    {"TableName": "connections", "IndexName": "by-connection", "KeyConditionExpression": Key("connection").eq("c")},
)


def socket(route: str = "$connect", **about: Any) -> dict[str, Any]:
    return {"requestContext": {"routeKey": route, "connectionId": "c", **about}}


@pytest.mark.parametrize(
    ("about", "groups"),
    [
        ({"authorizer": {"principalId": "me"}}, ["all", "user:me"]),
        ({"authorizer": {"principalId": "me", "groups": "b,,a,b,all"}}, ["a", "all", "b", "user:me"]),
        ({"authorizer": {"principalId": "me", "groups": 7}}, ["7", "all", "user:me"]),
        ({"authorizer": {"principalId": "me"}, "identity": {"userArn": "arn"}}, ["all", "user:me"]),
        ({"authorizer": {"principalId": ""}, "identity": {"userArn": "arn"}}, ["all", "user:arn"]),
        ({"authorizer": None, "identity": {"userArn": "arn"}}, ["all", "user:arn"]),
        (
            {"authorizer": {"principalId": "me", "groups": ",".join(f"g{number:02}" for number in range(20))}},
            ["all", *(f"g{number:02}" for number in range(20)), "user:me"],
        ),
    ],
)
def test_who_connects_is_in_the_groups_that_the_authorizer_says(
    modules: dict[str, ModuleType], aws: Aws, about: dict[str, Any], groups: list[str]
) -> None:
    assert modules["connect"].handler(socket(**about), None) == {"statusCode": 200, "headers": {}}
    assert aws.calls == [put("c", *groups)]


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"authorizer": None, "identity": None},
        {"authorizer": {"groups": "a"}, "identity": {}},
        {"authorizer": {"principalId": "me", "groups": ",".join(map(str, range(21)))}},
    ],
)
def test_who_is_nobody_or_in_too_many_groups_is_refused(
    modules: dict[str, ModuleType], aws: Aws, about: dict[str, Any]
) -> None:
    assert modules["connect"].handler(socket(**about), None) == {"statusCode": 403}
    assert aws.calls == []


@pytest.mark.parametrize(
    ("headers", "chosen"),
    [
        ({"Sec-WebSocket-Protocol": " v2 , v1,v0"}, {"Sec-WebSocket-Protocol": "v2"}),
        ({"sec-websocket-protocol": "v1"}, {"Sec-WebSocket-Protocol": "v1"}),
        ({"Sec-WebSocket-Protocol": ""}, {}),
        ({"Other": "v1"}, {}),
        (None, {}),
    ],
)
def test_the_first_protocol_that_is_offered_is_chosen(
    modules: dict[str, ModuleType], aws: Aws, headers: Any, chosen: dict[str, str]
) -> None:
    event = {**socket(identity={"userArn": "arn"}), "headers": headers}
    assert modules["connect"].handler(event, None) == {"statusCode": 200, "headers": chosen}
    assert aws.calls == [put("c", "all", "user:arn")]


def test_who_disconnects_is_forgotten_in_every_group(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["Query"] = {"Items": [{"group": "a", "connection": "c"}, {"group": "all", "connection": "c"}]}
    assert modules["connect"].handler(socket("$disconnect"), None) == {"statusCode": 200}
    assert aws.calls == [OF_CONNECTION, deleted("c", "a", "all")]


@pytest.mark.parametrize(("connected", "forgotten"), [(59, False), (60, True), (5000, True)])
def test_one_that_is_gone_is_forgotten_once_it_must_have_been_there(
    modules: dict[str, ModuleType], aws: Aws, connected: int, forgotten: bool
) -> None:
    row = {"group": "all", "connection": "c", "expires": NOW + 7200 - connected}
    aws.answers["Query"] = [{"Items": [row]}, {"Items": [row]}]
    modules["rows"].Rows().forget("c")
    key = Key("group").eq("all") & Key("connection").eq("c")
    asked = ("Query", {"TableName": "connections", "KeyConditionExpression": key, "ConsistentRead": True})
    assert aws.calls == [asked, *([OF_CONNECTION, deleted("c", "all")] if forgotten else [])]


def test_a_group_is_read_page_by_page(modules: dict[str, ModuleType], aws: Aws) -> None:
    rows = [{"connection": str(number), "expires": NOW + number} for number in (-1, 0, 1, 2)]
    aws.answers["Query"] = [{"Items": rows, "LastEvaluatedKey": {"group": "g"}}, {"Items": rows[3:]}]
    assert list(modules["rows"].Rows().pages("g")) == [["1", "2"], ["2"]]
    first = {"TableName": "connections", "KeyConditionExpression": Key("group").eq("g"), "Limit": 500}
    assert aws.named("Query") == [first, {**first, "ExclusiveStartKey": {"group": "g"}}]


def said(group: Any = "g", **other: Any) -> dict[str, Any]:
    body = {"group": group, "message": {"a": "\u00fc"}, **other}
    return {"body": json.dumps(body), "requestContext": {"connectionId": "c"}}


@pytest.mark.parametrize(
    ("event", "held", "status"),
    [
        (said(), True, 200),
        (said("x"), True, 200),
        (said("x" * 256), True, 200),
        (said("x" * 257), True, 400),
        (said(""), True, 400),
        (said(7), True, 400),
        ({"body": None}, True, 400),
        ({}, True, 400),
        ({"body": '{"group": "g"}'}, True, 400),
        (said("all"), True, 403),
        (said(), False, 403),
    ],
)
def test_a_message_is_handed_on_to_a_group_that_its_sender_is_in(
    modules: dict[str, ModuleType], aws: Aws, event: dict[str, Any], held: bool, status: int
) -> None:
    aws.answers["GetItem"] = {"Item": {}} if held else {}
    assert modules["relay"].handler(event, None) == {"statusCode": status}
    group = json.loads(event.get("body") or "{}").get("group")
    sent = {"QueueUrl": "pushes", "MessageBody": f'{{"group":"{group}","message":{{"a":"\u00fc"}}}}'}
    assert aws.named("SendMessage") == ([sent] if status == 200 else [])
    asked = {"TableName": "connections", "Key": {"group": group, "connection": "c"}}
    assert aws.named("GetItem") == ([asked] if status == 200 or not held else [])
    assert len(aws.calls) <= 2


def pushed(modules: dict[str, ModuleType], *bodies: Any, queue: str = "arn:pushes") -> Any:
    records = [
        {
            "messageId": f"m{number}",
            "body": body if isinstance(body, str) else json.dumps(body),
            "eventSourceARN": queue,
            "attributes": {"MessageGroupId": "g"},
        }
        for number, body in enumerate(bodies)
    ]
    return modules["push"].handler({"Records": records}, None)


def failing(code: str, status: int) -> Any:
    return lambda given: {} if given["ConnectionId"] == "good" else Refusal(code, status)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(one) for one in capsys.readouterr().out.splitlines()]


WARN = {"level": "WARN"}


@pytest.mark.parametrize(
    ("tries", "sent"),
    [
        (None, {"QueueUrl": "pushes", "MessageBody": '{"to":["c"],"message":"a","tries":2}', "DelaySeconds": 2}),
        (1, {"QueueUrl": "pushes", "MessageBody": '{"to":["c"],"message":"a","tries":2}', "DelaySeconds": 2}),
        (2, {"QueueUrl": "pushes", "MessageBody": '{"to":["c"],"message":"a","tries":3}', "DelaySeconds": 4}),
        (3, {"QueueUrl": "dead", "MessageBody": '{"to":["c"],"message":"a","tries":1}'}),
    ],
)
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (failing("LimitExceededException", 429), "LimitExceededException"),
        (failing("GoneException", 409), "GoneException"),
        ([{}, ReadTimeoutError(endpoint_url="https://a")], "ReadTimeoutError"),
    ],
)
def test_who_missed_a_message_gets_it_later_and_nobody_else(
    modules: dict[str, ModuleType],
    aws: Aws,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tries: int | None,
    sent: dict[str, Any],
    error: Any,
    told: str,
) -> None:
    monkeypatch.setattr(modules["push"], "_THREADS", 1)
    aws.answers["PostToConnection"] = list(error) if isinstance(error, list) else error
    asked = {"to": ["good", "c"], "message": "a"}
    assert pushed(modules, asked | ({"tries": tries} if tries else {})) == {"batchItemFailures": []}
    assert aws.named("PostToConnection") == [{"ConnectionId": one, "Data": b"a"} for one in ("good", "c")]
    assert aws.named("SendMessage") == [sent]
    assert len(aws.calls) == 3
    assert lines(capsys) == [{**WARN, "message": "connection failed", "error": told}]


@pytest.mark.parametrize(("missed", "sizes"), [(5000, [5000]), (5001, [5000, 1])])
def test_no_message_names_more_than_so_many_who_missed_it(
    modules: dict[str, ModuleType], aws: Aws, missed: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modules["push"], "_each", lambda page, _: page)
    everybody = [str(number) for number in range(missed)]
    pushed(modules, {"to": everybody, "message": "a"})
    sent = [json.loads(one["MessageBody"])["to"] for one in aws.named("SendMessage")]
    assert [len(one) for one in sent] == sizes
    assert [one for each in sent for one in each] == everybody


def test_a_group_is_pushed_to_page_by_page(modules: dict[str, ModuleType], aws: Aws) -> None:
    rows = [{"connection": one, "expires": NOW + 1} for one in ("a", "b")]
    aws.answers["Query"] = [{"Items": rows[:1], "LastEvaluatedKey": {"group": "g"}}, {"Items": rows[1:]}]
    assert pushed(modules, {"group": "g", "message": {"a": 1}}) == {"batchItemFailures": []}
    first = {"TableName": "connections", "KeyConditionExpression": Key("group").eq("g"), "Limit": 500}
    assert aws.calls == [
        ("Query", first),
        ("PostToConnection", {"ConnectionId": "a", "Data": b'{"a":1}'}),
        ("Query", {**first, "ExclusiveStartKey": {"group": "g"}}),
        ("PostToConnection", {"ConnectionId": "b", "Data": b'{"a":1}'}),
    ]


def test_a_sweep_asks_for_everybody_and_forgets_who_is_gone(modules: dict[str, ModuleType], aws: Aws) -> None:
    old = {"group": "all", "connection": "c", "expires": NOW + 1}
    aws.answers |= {"Query": [{"Items": [old]}, {"Items": [old]}, {"Items": [old]}]}
    aws.answers["GetConnection"] = Refusal("GoneException", 410)
    assert pushed(modules, {"sweep": True}) == {"batchItemFailures": []}
    assert [one for one, _ in aws.calls] == ["Query", "GetConnection", "Query", "Query", "BatchWriteItem"]
    assert aws.calls[0][1]["KeyConditionExpression"] == Key("group").eq("all")
    assert aws.named("GetConnection") == [{"ConnectionId": "c"}]
    assert aws.calls[-1] == deleted("c", "all")


def test_what_is_no_push_is_said_and_kept(
    modules: dict[str, ModuleType], aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"to": ["good"], "message": "a"}
    assert pushed(modules, good, {"message": "a"}, good) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert lines(capsys) == [{**WARN, "message": "push failed", "messageId": "m1", "error": "KeyError: 'group'"}]
    ordered = pushed(modules, good, {"message": "a"}, good, queue="arn:pushes.fifo")
    assert ordered == {"batchItemFailures": [{"itemIdentifier": "m1"}, {"itemIdentifier": "m2"}]}
    assert len(aws.calls) == 3
