"""The template, deployed to the local cloud in front of an HTTP server on this machine."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import aws_cdk as cdk
import pytest

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.http_backend_api import HttpBackendApi
from tests.conftest import context
from tests.patterns.api.api_to_queue.gateway import Answer, post


class Backend(BaseHTTPRequestHandler):
    """Says what it was asked, so that what was handed over can be seen."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        status = 503 if self.path.endswith("/broken") else 200
        said = {"path": self.path, "body": body.decode(), "trace": self.headers.get("X-Trace")}
        answer = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        del format, args


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment

    def post(self, api: str, path: str, *, headers: dict[str, str] | None = None, sign: bool = True) -> Answer:
        api_id = self.deployment.physical_id(f"Apis/{api}/Front/Api")
        return post(self.cloud, api_id, b'{"a": 1}', headers=headers, sign=sign, path=path)


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Apis")
        # What only a deployment knows may be plain HTTP, which over the internet it must not be.
        url = cdk.CfnParameter(stack, "Backend", default=f"http://127.0.0.1:{server.server_port}/v1").value_as_string
        HttpBackendApi(stack, "Signed", url=url)
        HttpBackendApi(
            stack, "Keyed", url=url, authorization="api_key", rate_limit=1, burst_limit=2, cloudwatch_role=False
        )
        nowhere = cdk.CfnParameter(stack, "Nowhere", default="http://127.0.0.1:9/v1").value_as_string
        HttpBackendApi(stack, "Away", url=nowhere, cloudwatch_role=False)

    try:
        with LocalCloud.start() as cloud:
            assembly = synthesize(build, context=context())
            yield Deployed(cloud, cloud.deploy(assembly.directory))
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


@pytest.mark.parametrize("path", ["", "orders", "orders/1/lines"])
def test_the_backend_is_asked_below_its_address_with_body_and_headers(deployed: Deployed, path: str) -> None:
    answer = deployed.post("Signed", path, headers={"X-Trace": "abc"})
    assert answer.status == 200
    assert answer.json == {"path": f"/v1/{path}", "body": '{"a": 1}', "trace": "abc"}


def test_the_query_is_handed_over(deployed: Deployed) -> None:
    answer = deployed.post("Keyed", "orders?page=1&page=2", headers={"X-API-Key": key(deployed)}, sign=False)
    assert answer.json["path"] == "/v1/orders?page=1&page=2"


def test_what_the_backend_answers_is_what_the_caller_gets(deployed: Deployed) -> None:
    assert deployed.post("Signed", "broken").status == 503


def test_a_backend_that_is_away_is_a_server_error(deployed: Deployed) -> None:
    answer = deployed.post("Away", "orders")
    assert answer.status >= 500
    assert "requestId" in answer.json


def test_an_unsigned_request_is_refused(deployed: Deployed) -> None:
    answer = deployed.post("Signed", "orders", sign=False)
    assert (answer.status, set(answer.json)) == (403, {"message", "requestId"})


def key(deployed: Deployed) -> str:
    key_id = deployed.deployment.physical_id("Apis/Keyed/ApiKey")
    value: str = deployed.cloud.client("apigateway").get_api_key(apiKey=key_id, includeValue=True)["value"]
    return value


def test_a_key_is_asked_for_and_throttled(deployed: Deployed) -> None:
    assert deployed.post("Keyed", "orders", sign=False).status == 403
    headers = {"X-API-Key": key(deployed)}
    answers = [deployed.post("Keyed", "orders", sign=False, headers=headers).status for _ in range(5)]
    assert answers[-1] == 429
