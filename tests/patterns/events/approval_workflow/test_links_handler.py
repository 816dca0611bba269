"""Links, who may follow them, and what is decided by them: each call, each answer and each page as a whole."""

import json
import logging
import re
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.answering import Aws, Refusal, loaded

NOW = 1_800_000_000.0
APPROVAL = "0" * 32
MAC = bytes(range(220, 252))
MAC_TEXT = "3N3e3-Dh4uPk5ebn6Onq6-zt7u_w8fLz9PX29_j5-vs"
SETTINGS = {
    "TABLE_NAME": "approvals",
    "KEPT_SECONDS": "60",
    "SHOWN": '["id", "amount", "note", "none"]',
    "LINK_KEY": "a-key",
    "LINK_URL": "https://a.example.com/decision",
    "TOPIC_ARN": "arn:topic",
    "DECISION_SECONDS": "3600",
    "LEDGER_NAME": "ledger",
}
MODULES = ("authorize", "decide", "links", "ask", "records", "steps", "answers")


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    with loaded("events/approval_workflow/handler/approvals", *MODULES, **SETTINGS) as module:
        yield {one: module(one) for one in MODULES}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    caplog.set_level(logging.INFO)


def token(expires: int | str = int(NOW) + 1, approval: str = APPROVAL, mac: str = MAC_TEXT) -> str:
    return f"{approval}.{expires}.{mac}"


def mac_of(expires: int = int(NOW) + 1) -> dict[str, Any]:
    message = f"approval-link/1|{APPROVAL}|{expires}".encode()
    return {"KeyId": "a-key", "MacAlgorithm": "HMAC_SHA_256", "Message": message}


def policy(effect: str, principal: str, context: dict[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": "arn:method"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": principal, "policyDocument": document, "context": context}


ALLOWED = policy("Allow", APPROVAL, {"approval": APPROVAL})
DENIED = policy("Deny", "nobody", {})


def asks(modules: dict[str, ModuleType], query: Any) -> Any:
    return modules["authorize"].handler({"methodArn": "arn:method", "queryStringParameters": query}, None)


def test_a_link_that_was_signed_here_and_is_good_is_allowed(modules: dict[str, ModuleType], aws: Aws) -> None:
    assert asks(modules, {"token": token()}) == ALLOWED
    assert aws.calls == [("VerifyMac", {**mac_of(), "Mac": MAC})]


@pytest.mark.parametrize(
    "query",
    [
        None,
        {},
        {"token": None},
        {"token": ""},
        {"token": token(int(NOW))},
        {"token": token(int(NOW) - 1)},
        {"token": token("1" * 13)},
        {"token": token("")},
        {"token": token(approval="0" * 31)},
        {"token": token(approval="A" * 32)},
        {"token": token(mac=MAC_TEXT[1:])},
        {"token": token(mac=MAC_TEXT + "A")},
        {"token": token(mac="+" + MAC_TEXT[1:])},
        {"token": token() + "\n"},
    ],
)
def test_what_cannot_be_a_good_link_costs_no_request(modules: dict[str, ModuleType], aws: Aws, query: Any) -> None:
    assert asks(modules, query) == DENIED
    assert aws.calls == []


def test_an_event_without_a_query_is_denied(modules: dict[str, ModuleType], aws: Aws) -> None:
    assert modules["authorize"].handler({"methodArn": "arn:method"}, None) == DENIED
    assert aws.calls == []


def test_a_link_that_another_key_signed_is_denied(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["VerifyMac"] = Refusal("KMSInvalidMacException")
    assert asks(modules, {"token": token(10**12 - 1)}) == DENIED
    aws.answers["VerifyMac"] = Refusal("ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        asks(modules, {"token": token()})


def test_a_link_is_signed_so_that_it_can_be_read(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["GenerateMac"] = {"Mac": MAC}
    links = modules["links"]
    kms = modules["authorize"]._kms
    link = links.Link(approval=APPROVAL, expires=int(NOW) + 1)
    assert links.sign(kms, link) == token()
    assert links.read(kms, token(), NOW) == link
    assert aws.calls == [("GenerateMac", mac_of()), ("VerifyMac", {**mac_of(), "Mac": MAC})]


HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
STYLE = "body{font:1rem/1.5 sans-serif;margin:2rem auto;max-width:40rem;padding:0 1rem}button{font:inherit}"
FORM = (
    '<form method="post"><button name="decision" value="approve">Approve</button>'
    '<button name="decision" value="refuse">Refuse</button></form>'
)
GONE = ("There is nothing to decide", "<p>The order is not known any more.</p>")
UNCLEAR = ("That was neither yes nor no", "<p>Go back, and press one of the two buttons.</p>")


def page(status: int, title: str, content: str) -> dict[str, Any]:
    headers = {name: [value] for name, value in {**HEADERS, "Content-Type": "text/html; charset=utf-8"}.items()}
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style><h1>{title}</h1>{content}</html>"
    )
    return {"statusCode": status, "body": body, "isBase64Encoded": False, "multiValueHeaders": headers}


def decided(status: int, decision: str) -> dict[str, Any]:
    return page(status, f"This order is {decision}", "<p>That was recorded, and cannot be changed here.</p>")


def row(decision: str | None = None, **facts: Any) -> dict[str, Any]:
    item = {"id": APPROVAL, "task_token": "task", "expires": int(NOW) + 1, "facts": json.dumps(facts)}
    return {**item, "decision": decision} if decision else item


def request(modules: dict[str, ModuleType], method: str, body: str | None = None) -> dict[str, Any]:
    context = {"authorizer": {"approval": APPROVAL}, "resourcePath": "/decision", "httpMethod": method}
    event = {
        "httpMethod": method,
        "path": "/decision",
        "resource": "/decision",
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": {"approval": "f" * 32},
        "requestContext": context,
        "body": body,
        "isBase64Encoded": False,
    }
    answer: dict[str, Any] = modules["decide"].handler(event, SimpleNamespace())
    return answer


FOUND = ("GetItem", {"TableName": "approvals", "Key": {"id": APPROVAL}, "ConsistentRead": True})


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (
            row(id="<1>", amount=2.5, note=None),
            page(
                200,
                "Decide about an order",
                "<table><tr><th scope=row>id<td>&lt;1&gt;<tr><th scope=row>amount<td>2.5<tr><th scope=row>note<td>"
                f"</table>{FORM}",
            ),
        ),
        (row("approved"), decided(200, "approved")),
        (row("expired"), decided(200, "expired")),
        (None, page(410, *GONE)),
    ],
)
def test_a_link_shows_what_is_to_be_decided_and_decides_nothing(
    modules: dict[str, ModuleType], aws: Aws, item: Any, shown: dict[str, Any]
) -> None:
    aws.answers["GetItem"] = {"Item": item} if item else {}
    assert request(modules, "GET") == shown
    assert aws.calls == [FOUND]


def deciding(decision: str) -> tuple[str, dict[str, Any]]:
    given = {
        "TableName": "approvals",
        "Key": {"id": APPROVAL},
        "UpdateExpression": "SET decision = :decision, decided = :now",
        "ConditionExpression": "attribute_exists(id) AND attribute_not_exists(decision)",
        "ExpressionAttributeValues": {":decision": decision, ":now": int(NOW)},
        "ReturnValues": "ALL_NEW",
    }
    return "UpdateItem", given


def told(decision: str, task: str = "task") -> tuple[str, dict[str, Any]]:
    return "SendTaskSuccess", {"taskToken": task, "output": json.dumps({"decision": decision})}


@pytest.mark.parametrize(("button", "decision"), [("approve", "approved"), ("refuse", "refused")])
def test_a_button_decides_and_tells_the_workflow(
    modules: dict[str, ModuleType], aws: Aws, button: str, decision: str
) -> None:
    aws.answers["UpdateItem"] = {"Attributes": row(decision)}
    assert request(modules, "POST", f"decision={button}") == decided(200, decision)
    assert aws.calls == [deciding(decision), told(decision)]


@pytest.mark.parametrize(
    ("found", "answer", "calls"),
    [
        (row("approved"), decided(200, "approved"), [told("approved")]),
        (row("refused"), decided(409, "refused"), [told("refused")]),
        (row("expired"), decided(409, "expired"), []),
        (row(), page(410, *GONE), []),
        (None, page(410, *GONE), []),
    ],
)
def test_a_second_decision_changes_nothing(
    modules: dict[str, ModuleType], aws: Aws, found: Any, answer: dict[str, Any], calls: list[Any]
) -> None:
    aws.answers |= {
        "UpdateItem": Refusal("ConditionalCheckFailedException"),
        "GetItem": {"Item": found} if found else {},
    }
    assert request(modules, "POST", "decision=approve") == answer
    assert aws.calls == [deciding("approved"), FOUND, *calls]


@pytest.mark.parametrize(
    "body", [None, "", "decision=", "decision=yes", "decision=approve&decision=refuse", "a=approve"]
)
def test_what_is_neither_button_decides_nothing(modules: dict[str, ModuleType], aws: Aws, body: str | None) -> None:
    assert request(modules, "POST", body) == page(400, *UNCLEAR)
    assert aws.calls == []


def asked_event(asked: int = 0, order_id: str = "1") -> dict[str, Any]:
    order = {"id": order_id, "amount": 2.5, "note": "x" * 201, "secret": "word"}
    return {"execution": "arn:one", "token": "task", "asked": asked, "order": order}


ONE = "8948f1064c0b8038788c4e901c0f6ca9"
FACTS = {"id": "1", "amount": 2.5, "note": "x" * 200 + "...", "none": None}


def opened(expires: str) -> tuple[str, dict[str, Any]]:
    until = int(NOW) + 3600
    given = {
        "TableName": "approvals",
        "Key": {"id": ONE},
        "UpdateExpression": f"SET task_token = :token, expires = {expires}, facts = :facts, forgotten = :forgotten",
        "ExpressionAttributeValues": {
            ":token": "task",
            ":expires": until,
            ":facts": json.dumps(FACTS),
            ":forgotten": until + 60,
        },
        "ReturnValues": "ALL_NEW",
    }
    return "UpdateItem", given


@pytest.mark.parametrize(
    ("asked", "expires", "subject"),
    [
        (0, ":expires", "Decide about order 1"),
        (1, "if_not_exists(expires, :expires)", "Reminder: decide about order 1"),
        (2, "if_not_exists(expires, :expires)", "Reminder: decide about order 1"),
    ],
)
def test_a_decision_is_asked_for_by_a_mail_with_a_link(
    modules: dict[str, ModuleType],
    aws: Aws,
    caplog: pytest.LogCaptureFixture,
    asked: int,
    expires: str,
    subject: str,
) -> None:
    kept = {"id": ONE, "task_token": "task", "expires": int(NOW) + 61, "facts": json.dumps(FACTS)}
    aws.answers |= {"UpdateItem": {"Attributes": kept}, "GenerateMac": {"Mac": MAC}}
    assert modules["ask"].handler(asked_event(asked), None) == {}
    message = f"approval-link/1|{ONE}|{int(NOW) + 61}".encode()
    text = f"""An order waits for your decision.

id: "1"
amount: 2.5
note: "{"x" * 200}..."
none: null

Decide until 2027-01-15 08:01 UTC:
https://a.example.com/decision?token={ONE}.{int(NOW) + 61}.{MAC_TEXT}

Whoever has this link can decide, once: do not pass it on."""
    assert aws.calls == [
        opened(expires),
        ("GenerateMac", {**mac_of(), "Message": message}),
        ("Publish", {"TopicArn": "arn:topic", "Subject": subject, "Message": text}),
    ]
    [line] = caplog.messages
    assert json.loads(line) == {"message": "asked", "approval": ONE, "time": asked + 1}


@pytest.mark.parametrize("error", [None, "TaskTimedOut"])
def test_what_was_decided_between_two_reminders_is_told(
    modules: dict[str, ModuleType], aws: Aws, caplog: pytest.LogCaptureFixture, error: str | None
) -> None:
    aws.answers |= {"UpdateItem": {"Attributes": row("approved")}, "SendTaskSuccess": Refusal(error) if error else {}}
    assert modules["ask"].handler(asked_event(1), None) == {"decision": "approved"}
    assert aws.calls == [opened("if_not_exists(expires, :expires)"), told("approved")]
    said = [{"message": "the workflow does not wait for this answer"}] if error else []
    assert [json.loads(one) for one in caplog.messages] == said


def test_what_nobody_decided_is_closed(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["UpdateItem"] = {"Attributes": row("expired")}
    assert modules["ask"].handler({"execution": "arn:one"}, None) == {"decision": "expired"}
    operation, given = deciding("expired")
    assert aws.calls == [(operation, {**given, "Key": {"id": ONE}})]
    aws.answers["UpdateItem"] = Refusal("ConditionalCheckFailedException")
    with pytest.raises(LookupError, match=r"^nobody was asked for a decision$"):
        modules["ask"].handler({"execution": "arn:one"}, None)
    aws.answers["GetItem"] = {"Item": row("refused")}
    assert modules["ask"].handler({"execution": "arn:one"}, None) == {"decision": "refused"}


@pytest.mark.parametrize(
    ("value", "fact"),
    [
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 200 + "..."),
        (["x"], '["x"]'),
        ({"a": None}, '{"a": null}'),
        (7, 7),
        (2.5, 2.5),
        (True, True),
        (None, None),
        ("", ""),
    ],
)
def test_a_fact_is_a_number_or_a_line(modules: dict[str, ModuleType], value: Any, fact: Any) -> None:
    assert modules["ask"]._facts({"note": value, "id": 1}) == {"id": 1, "amount": None, "note": fact, "none": None}


@pytest.mark.parametrize(
    ("order", "shown"), [("x" * 60, "x" * 60), ("x" * 61, "x" * 60), ("a\n\u00fc~ !", "a??~ !"), ("", "")]
)
def test_a_subject_names_the_order(modules: dict[str, ModuleType], order: str, shown: str) -> None:
    assert modules["ask"]._subject(order, reminder=False) == f"Decide about order {shown}"
    assert modules["ask"]._subject(order, reminder=True) == f"Reminder: decide about order {shown}"


WORKED: dict[str, dict[str, Any]] = {
    "Reserve": {"item": {"quantity": 1}},
    "Charge": {"order": {"amount": 0.01}},
    "Ship": {"order": {"address": "a"}},
}
UNLESS_UNDONE: dict[str, Any] = {
    "ConditionExpression": "attribute_not_exists(id) OR #state = :done",
    "ExpressionAttributeNames": {"#state": "state"},
    "ExpressionAttributeValues": {":done": "done"},
}


@pytest.mark.parametrize("step", WORKED)
@pytest.mark.parametrize(("action", "state"), [("do", "done"), ("undo", "undone")])
def test_a_step_is_written_down_and_logged(
    modules: dict[str, ModuleType], aws: Aws, caplog: pytest.LogCaptureFixture, step: str, action: str, state: str
) -> None:
    given = WORKED[step] if action == "do" else {}
    event = {"step": step, "action": action, "key": "k", **given}
    assert modules["steps"].handler(event, None) == {"state": state}
    condition = UNLESS_UNDONE if action == "do" else {}
    assert aws.calls == [("PutItem", {"TableName": "ledger", "Item": {"id": "k", "state": state}, **condition})]
    assert [json.loads(one) for one in caplog.messages] == [{"message": action, "step": step, "key": "k"}]


@pytest.mark.parametrize(
    ("step", "given", "refused"),
    [
        *(
            ("Reserve", {"item": item}, "an item needs a quantity of at least 1")
            for item in ({"quantity": 0}, {"quantity": "1"}, {"quantity": True}, {}, None, [1])
        ),
        *(
            ("Charge", {"order": order}, "there is nothing to charge")
            for order in ({"amount": 0}, {"amount": -1}, {"amount": True}, {"amount": "1"}, {})
        ),
        *(("Ship", {"order": order}, "the order has no address") for order in ({"address": ""}, {})),
    ],
)
def test_a_step_that_cannot_be_done_is_not_written_down(
    modules: dict[str, ModuleType], aws: Aws, step: str, given: dict[str, Any], refused: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
        modules["steps"].handler({"step": step, "action": "do", "key": "k", **given}, None)
    assert aws.calls == []


def test_a_step_that_was_undone_is_not_done_again(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["PutItem"] = Refusal("ConditionalCheckFailedException")
    with pytest.raises(ValueError, match=r"^k was undone$"):
        modules["steps"].handler({"step": "Ship", "action": "do", "key": "k", **WORKED["Ship"]}, None)
