"""What the example answers, and how long that may be kept."""

import json
from typing import Any

import pytest

from patterns.api.edge_cached_api.handler.edge_answers.index import handler


@pytest.mark.parametrize(
    ("event", "kept"),
    [
        ({"httpMethod": "GET", "path": "/a", "headers": None}, "public, max-age=60"),
        ({"httpMethod": "HEAD", "path": "/a", "headers": {"Accept": "x"}}, "public, max-age=60"),
        ({"httpMethod": "GET", "path": "/a", "headers": {"authorization": "x"}}, "private, no-store"),
        ({"httpMethod": "POST", "path": "/a"}, "no-store"),
    ],
)
def test_what_is_a_callers_own_is_kept_by_nobody(event: dict[str, Any], kept: str) -> None:
    answer = handler(event, None)
    assert (answer["statusCode"], answer["headers"]["Cache-Control"]) == (200, kept)
    assert json.loads(answer["body"])["path"] == "/a"


@pytest.mark.parametrize("event", [{}, {"httpMethod": 1, "path": "/a"}, {"httpMethod": "GET", "path": None}])
def test_what_is_no_request_is_refused(event: dict[str, Any]) -> None:
    answer = handler(event, None)
    assert (answer["statusCode"], answer["headers"]["Cache-Control"]) == (400, "no-store")
