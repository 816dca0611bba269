"""What the example answers."""

import json
from typing import Any

import pytest

from patterns.api.private_api.handler.private_answers.index import handler

ASKED = {"httpMethod": "GET", "path": "/a"}


def answer(status: int, **body: Any) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}


@pytest.mark.parametrize(
    ("event", "endpoint"),
    [
        ({"requestContext": {"identity": {"vpceId": "vpce-1"}}}, "vpce-1"),
        ({"requestContext": {"identity": {}}}, None),
        ({"requestContext": {"identity": None}}, None),
        ({"requestContext": None}, None),
        ({"requestContext": {}}, None),
        ({}, None),
    ],
)
def test_it_says_what_was_asked_for_and_by_which_endpoint(event: dict[str, Any], endpoint: str | None) -> None:
    assert handler({**ASKED, **event}, None) == answer(200, method="GET", path="/a", endpoint=endpoint)


@pytest.mark.parametrize("event", [{}, {**ASKED, "httpMethod": 1}, {**ASKED, "path": None}, {"httpMethod": "GET"}])
def test_what_is_no_request_is_refused(event: dict[str, Any]) -> None:
    assert handler(event, None) == answer(400, message="not a request of API Gateway")
