"""The example handler on its own, with exact events of a load balancer."""

import base64
import hashlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

from patterns.web.load_balanced_function.handler.balanced_handler import index
from tests.patterns.web.load_balanced_function.events import CHECK, multiple, single

CONTEXT = SimpleNamespace(aws_request_id="request")


def answer(event: dict[str, Any]) -> dict[str, Any]:
    return index.handler(event, CONTEXT)


def test_it_answers_in_the_form_that_it_was_asked_in() -> None:
    one, many = answer(single()), answer(multiple())
    assert one["headers"]["Content-Type"] == "application/json"
    assert "multiValueHeaders" not in one
    assert many["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert "headers" not in many
    assert (many["statusCode"], many["statusDescription"], many["isBase64Encoded"]) == (200, "200 OK", False)


def test_values_that_repeat_all_arrive_and_are_decoded() -> None:
    assert json.loads(answer(multiple())["body"])["query"] == {"page": ["1", "2"], "of": ["a b"]}
    assert json.loads(answer(single())["body"])["query"] == {"page": ["2"], "of": ["a b"]}


def test_a_binary_body_is_decoded() -> None:
    body = bytes(range(256))
    said = json.loads(
        answer(multiple(httpMethod="POST", body=base64.b64encode(body).decode(), isBase64Encoded=True))["body"]
    )
    assert (said["bytes"], said["sha256"]) == (256, hashlib.sha256(body).hexdigest())


def test_text_is_counted_in_bytes() -> None:
    assert json.loads(answer(single(httpMethod="POST", body="ü"))["body"])["bytes"] == 2


def test_a_binary_answer_is_encoded() -> None:
    got = answer(multiple(headers={"accept": ["application/octet-stream"]}))
    assert got["isBase64Encoded"] is True
    assert base64.b64decode(got["body"]) == hashlib.sha256(b"").digest()
    assert got["multiValueHeaders"]["Content-Type"] == ["application/octet-stream"]


def test_the_health_check_is_told_apart_from_a_client_and_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    assert (answer(CHECK)["statusCode"], answer(CHECK)["body"]) == (200, '{"message":"well"}')
    assert capsys.readouterr().out == ""
    assert "sha256" in json.loads(answer(multiple(path="/"))["body"])


def test_nothing_private_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    answer(multiple(httpMethod="POST", body="secret", headers={"cookie": ["secret"]}))
    line = json.loads(capsys.readouterr().out)
    assert line == {"level": "INFO", "message": "answered", "method": "POST", "request_id": "request"}


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({}, 400),
        ({"httpMethod": "GET", "path": "/", "requestContext": {"http": {}}}, 400),
        (single(httpMethod=1), 400),
        (single(body=7), 400),
        (single(body="%%%", isBase64Encoded=True), 400),
        (single(body="\u00fc", isBase64Encoded=True), 400),
        (single(httpMethod="TRACE"), 405),
        (single(httpMethod="POST", body="x" * (1024 * 1024 + 1)), 413),
        (single(httpMethod="POST", body="x" * 1024 * 1024), 200),
    ],
)
def test_what_it_is_given_is_validated_and_bounded(event: dict[str, Any], status: int) -> None:
    assert answer(event)["statusCode"] == status


def test_an_answer_never_passes_one_megabyte() -> None:
    # The longest that a load balancer takes: a request line of 16 KB, all of it query.
    query = {f"k{number}": ["ü" * 100] for number in range(80)}
    assert len(json.dumps(answer(multiple(multiValueQueryStringParameters=query)))) < 1024 * 1024
