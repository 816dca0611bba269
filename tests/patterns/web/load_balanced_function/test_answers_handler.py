"""The example handler's answers, each as a whole."""

import base64
import hashlib
import json
from collections.abc import Iterator
from http import HTTPStatus
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.answering import loaded
from tests.patterns.web.load_balanced_function.events import multiple, single

CONTEXT = SimpleNamespace(aws_request_id="request")
FOLDER = "web/load_balanced_function/handler/balanced_handler"
BOTH = pytest.mark.parametrize("ask", [single, multiple])


@pytest.fixture(scope="module")
def index() -> Iterator[ModuleType]:
    with loaded(FOLDER, "index", AWS_LAMBDA_FUNCTION_VERSION="7", LARGEST_REQUEST="10") as module:
        yield module("index")


def answer(event: dict[str, Any], status: int, body: Any, **more: list[str]) -> dict[str, Any]:
    """What is answered in the form of the event."""
    binary = isinstance(body, bytes)
    kind = "application/octet-stream" if binary else "application/json"
    headers = {"Cache-Control": ["no-store"], "X-Content-Type-Options": ["nosniff"], "Content-Type": [kind], **more}
    single_headers = {name: ", ".join(values) for name, values in headers.items()}
    return {
        "statusCode": status,
        "statusDescription": f"{status} {HTTPStatus(status).phrase}",
        "isBase64Encoded": binary,
        "body": base64.b64encode(body).decode() if binary else json.dumps(body, separators=(",", ":")),
        **({"multiValueHeaders": headers} if "multiValueHeaders" in event else {"headers": single_headers}),
    }


def said(event: dict[str, Any], body: bytes = b"", **changes: Any) -> dict[str, Any]:
    query = {"page": ["1", "2"] if "multiValueHeaders" in event else ["2"], "of": ["a b"]}
    about = {"method": event["httpMethod"], "path": event["path"], "query": query, "bytes": len(body)}
    return {**about, "sha256": hashlib.sha256(body).hexdigest(), "version": "7", **changes}


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(one) for one in capsys.readouterr().out.splitlines()]


@BOTH
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("sent", "body"),
    [
        ({}, b""),
        ({"body": None}, b""),
        ({"body": "\u00fc" * 5}, "\u00fc".encode() * 5),
        ({"body": base64.b64encode(bytes(range(246, 256))).decode(), "isBase64Encoded": True}, bytes(range(246, 256))),
    ],
)
def test_a_request_is_answered_with_what_was_asked_for(
    index: ModuleType, capsys: pytest.CaptureFixture[str], ask: Any, method: str, sent: Any, body: bytes
) -> None:
    event = ask(httpMethod=method, **sent)
    assert index.handler(event, CONTEXT) == answer(event, 200, said(event, body))
    assert lines(capsys) == [{"level": "INFO", "message": "answered", "method": method, "request_id": "request"}]


@BOTH
@pytest.mark.parametrize(
    ("change", "status", "message", "more"),
    [
        ({"httpMethod": 1}, 400, "not a request of a load balancer", {}),
        ({"path": None}, 400, "not a request of a load balancer", {}),
        ({"requestContext": {"http": {}}}, 400, "not a request of a load balancer", {}),
        ({"requestContext": None}, 400, "not a request of a load balancer", {}),
        (
            {"httpMethod": "TRACE"},
            405,
            "the method is not allowed",
            {"Allow": ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]},
        ),
        ({"body": 7}, 400, "the body is not what isBase64Encoded says", {}),
        ({"body": "%%%", "isBase64Encoded": True}, 400, "the body is not what isBase64Encoded says", {}),
        ({"body": "QUJ$D", "isBase64Encoded": True}, 400, "the body is not what isBase64Encoded says", {}),
        ({"body": "x" * 11}, 413, "the body must be at most 10 bytes", {}),
        ({"body": "\u00fc" * 5 + "x"}, 413, "the body must be at most 10 bytes", {}),
    ],
)
def test_what_is_refused_is_said(
    index: ModuleType,
    capsys: pytest.CaptureFixture[str],
    ask: Any,
    change: dict[str, Any],
    status: int,
    message: str,
    more: dict[str, list[str]],
) -> None:
    event = ask(**change)
    assert index.handler(event, CONTEXT) == answer(event, status, {"message": message}, **more)
    assert lines(capsys) == []


@pytest.mark.parametrize("event", [{}, {"httpMethod": "GET"}, {"httpMethod": "GET", "path": "/"}])
def test_what_is_no_request_is_refused(index: ModuleType, event: dict[str, Any]) -> None:
    assert index.handler(event, CONTEXT) == answer(event, 400, {"message": "not a request of a load balancer"})


@BOTH
@pytest.mark.parametrize(
    ("path", "agent", "well"),
    [
        ("/", "ELB-HealthChecker/2.0", True),
        ("/", "curl ELB-HealthChecker/2.0", False),
        ("/orders", "ELB-HealthChecker/2.0", False),
    ],
)
@pytest.mark.parametrize("method", ["GET", "TRACE"])
def test_a_health_check_is_told_by_its_path_and_its_agent(
    index: ModuleType,
    capsys: pytest.CaptureFixture[str],
    ask: Any,
    path: str,
    agent: str,
    well: bool,
    method: str,
) -> None:
    named = {"User-Agent": agent if ask is single else [agent]}
    event = ask(path=path, httpMethod=method)
    key = "headers" if ask is single else "multiValueHeaders"
    event[key] = {name: value for name, value in event[key].items() if name != "user-agent"} | named
    found = index.handler(event, CONTEXT)
    assert (found == answer(event, 200, {"message": "well"})) is well
    assert bool(lines(capsys)) is (not well and method == "GET")


@BOTH
@pytest.mark.parametrize("headers", [None, {}])
@pytest.mark.parametrize("path", ["/", "/orders"])
def test_a_request_without_headers_is_answered(index: ModuleType, ask: Any, headers: Any, path: str) -> None:
    event = ask(path=path)
    event["multiValueHeaders" if ask is multiple else "headers"] = headers
    assert index.handler(event, CONTEXT) == answer(event, 200, said(event))


@BOTH
@pytest.mark.parametrize("accept", ["application/octet-stream", "application/octet-stream, text/plain"])
def test_a_binary_answer_is_given_to_whom_asks_for_one(index: ModuleType, ask: Any, accept: str) -> None:
    event = ask(httpMethod="POST", body="a", headers={"accept": accept if ask is single else [accept]})
    binary = hashlib.sha256(b"a").digest()
    expected = answer(event, 200, binary if "," not in accept else said(event, b"a"))
    assert index.handler(event, CONTEXT) == expected


@pytest.mark.parametrize(
    ("event", "query"),
    [
        (single(queryStringParameters=None), {}),
        (single(queryStringParameters={"a+b%C3%BC": "%2B+"}), {"a b\u00fc": ["+ "]}),
        (multiple(multiValueQueryStringParameters=None), {}),
        (multiple(multiValueQueryStringParameters={"a%20b": ["1", "%C3%BC"]}), {"a b": ["1", "\u00fc"]}),
        (multiple(multiValueQueryStringParameters=None, queryStringParameters={"a": "1"}), {"a": ["1"]}),
    ],
)
def test_a_query_is_decoded(index: ModuleType, event: dict[str, Any], query: dict[str, list[str]]) -> None:
    assert index.handler(event, CONTEXT) == answer(event, 200, said(event, query=query))


def test_an_event_may_leave_out_what_is_empty(index: ModuleType) -> None:
    event = {"requestContext": {"elb": {}}, "httpMethod": "GET", "path": "/"}
    assert index.handler(event, CONTEXT) == answer(event, 200, said(event, query={}))


def test_the_environment_may_leave_everything_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_LAMBDA_FUNCTION_VERSION", "LARGEST_REQUEST", "HEALTH_CHECK_PATH"):
        monkeypatch.delenv(name, raising=False)
    with loaded(FOLDER, "index") as module:
        index = module("index")
        assert (index._MOST_BYTES, index._HEALTH_CHECK_PATH) == (1024 * 1024, "/")
        event = single()
        assert index.handler(event, CONTEXT) == answer(event, 200, said(event, version=""))
    with loaded(FOLDER, "index", LARGEST_REQUEST="7", HEALTH_CHECK_PATH="/ready") as module:
        assert (module("index")._MOST_BYTES, module("index")._HEALTH_CHECK_PATH) == (7, "/ready")
