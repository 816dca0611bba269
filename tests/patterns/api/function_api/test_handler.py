"""The example handler on its own."""

import json
from types import SimpleNamespace

import pytest

from patterns.api.function_api.handler.api_handler.index import handler

CONTEXT = SimpleNamespace(aws_request_id="request")


def test_it_says_what_was_asked_for_and_logs_nothing_private(capsys: pytest.CaptureFixture[str]) -> None:
    event = {"httpMethod": "GET", "path": "/a", "stageVariables": {"alias": "live"}, "body": "secret", "headers": {}}
    answer = handler(event, CONTEXT)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"method": "GET", "path": "/a", "stage": "live", "version": ""}
    line = json.loads(capsys.readouterr().out)
    assert line == {"level": "INFO", "message": "answered", "method": "GET", "request_id": "request"}


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({}, 400),
        ({"httpMethod": 1, "path": "/"}, 400),
        ({"httpMethod": "POST", "path": "/", "body": "x" * (1024 * 1024 + 1)}, 413),
        ({"httpMethod": "POST", "path": "/", "body": "x" * 1024 * 1024}, 200),
    ],
)
def test_what_it_is_given_is_validated_and_bounded(event: dict[str, object], status: int) -> None:
    assert handler(event, CONTEXT)["statusCode"] == status
