"""What a link shows, and what its buttons decide: each call and each page as a whole."""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.answering import Aws, Refusal
from tests.patterns.events.approval_workflow.handler.approvals import APPROVAL, deciding, row, told

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
