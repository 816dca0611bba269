"""Mails that ask for a decision, and what becomes of nobody's: each call as a whole."""

import json
from types import ModuleType
from typing import Any

import pytest

from tests.answering import Aws, Refusal
from tests.patterns.events.approval_workflow.handler.approvals import MAC, MAC_TEXT, NOW, deciding, mac_of, row, told


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
