"""What the example answers, and how long that may be kept."""

import json
from typing import Any

import pytest

from patterns.api.edge_cached_api.handler.edge_answers.index import handler


def answer(status: int, body: dict[str, Any], kept: str) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Cache-Control": kept}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


@pytest.mark.parametrize(
    ("event", "kept"),
    [
        ({"httpMethod": "GET", "path": "/a", "headers": None}, "public, max-age=60"),
        ({"httpMethod": "GET", "path": "/a"}, "public, max-age=60"),
        ({"httpMethod": "HEAD", "path": "/a", "headers": {"Accept": "x"}}, "public, max-age=60"),
        ({"httpMethod": "GET", "path": "/a", "headers": {"authorization": "x"}}, "private, no-store"),
        ({"httpMethod": "HEAD", "path": "/a", "headers": {"Accept": "x", "Authorization": ""}}, "private, no-store"),
        ({"httpMethod": "POST", "path": "/a"}, "no-store"),
        ({"httpMethod": "DELETE", "path": "/a", "headers": {"authorization": "x"}}, "no-store"),
    ],
)
@pytest.mark.parametrize("query", [None, {}, {"a": "1"}])
def test_what_is_a_callers_own_is_kept_by_nobody(event: dict[str, Any], kept: str, query: Any) -> None:
    said = {"method": event["httpMethod"], "path": "/a", "query": query or {}}
    assert handler({**event, "queryStringParameters": query}, None) == answer(200, said, kept)


def test_a_request_without_a_query_has_an_empty_one() -> None:
    said = {"method": "GET", "path": "/", "query": {}}
    assert handler({"httpMethod": "GET", "path": "/"}, None) == answer(200, said, "public, max-age=60")


@pytest.mark.parametrize(
    "event", [{}, {"httpMethod": 1, "path": "/a"}, {"httpMethod": "GET", "path": None}, {"httpMethod": "GET"}]
)
def test_what_is_no_request_is_refused(event: dict[str, Any]) -> None:
    assert handler(event, None) == answer(400, {"message": "not a request of API Gateway"}, "no-store")
