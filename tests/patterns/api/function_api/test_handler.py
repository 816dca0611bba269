"""The example handler on its own."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from patterns.api.function_api.handler.api_handler.index import handler

CONTEXT = SimpleNamespace(aws_request_id="request")
MIB = 1024 * 1024


def answer(status: int, **body: Any) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}


@pytest.mark.parametrize("version", ["7", None])
@pytest.mark.parametrize(
    ("other", "stage"),
    [
        ({"stageVariables": {"alias": "live"}, "body": "secret", "headers": {"a": "secret"}}, "live"),
        ({"stageVariables": {}, "body": None}, None),
        ({"stageVariables": None}, None),
        ({"body": "x" * MIB}, None),
    ],
)
def test_it_says_what_was_asked_for_and_logs_nothing_private(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    other: dict[str, Any],
    stage: str | None,
    version: str | None,
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_VERSION", raising=False)
    if version:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_VERSION", version)
    said = answer(200, method="GET", path="/a", stage=stage, version=version or "")
    assert handler({"httpMethod": "GET", "path": "/a", **other}, CONTEXT) == said
    line = json.loads(capsys.readouterr().out)
    assert line == {"level": "INFO", "message": "answered", "method": "GET", "request_id": "request"}


@pytest.mark.parametrize(
    ("event", "refused"),
    [
        ({}, answer(400, message="not a request of API Gateway")),
        ({"httpMethod": 1, "path": "/"}, answer(400, message="not a request of API Gateway")),
        ({"httpMethod": "GET", "path": None}, answer(400, message="not a request of API Gateway")),
        (
            {"httpMethod": "POST", "path": "/", "body": "x" * (MIB + 1)},
            answer(413, message="the body must be at most 1 MiB"),
        ),
    ],
    ids=["empty", "method", "path", "body"],
)
def test_what_it_is_given_is_validated_and_bounded(
    capsys: pytest.CaptureFixture[str], event: dict[str, object], refused: dict[str, Any]
) -> None:
    assert handler(event, CONTEXT) == refused
    assert not capsys.readouterr().out
