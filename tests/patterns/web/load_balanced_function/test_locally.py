"""The template, deployed to the local cloud, and asked through its load balancer and without it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import aws_cdk as cdk
import pytest

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.web.load_balanced_function import LoadBalancedFunction
from tests.conftest import context
from tests.patterns.web.certificates import certificate, vpc
from tests.patterns.web.load_balanced_function.events import CHECK, multiple, single


def build(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Web", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    LoadBalancedFunction(
        stack,
        "Application",
        certificate=certificate(stack),
        vpc=vpc(stack, private=0),
        deletion_protection=False,
        managed_rules=False,
    )


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        port: int = 443,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Ask one of the load balancer's listeners, which the local cloud chooses by the port of the name."""
        name = self.deployment.physical_id("Web/Application/Balancer/LoadBalancer").split("/")[-2]
        connection = HTTPConnection(urlsplit(self.cloud.endpoint_url).netloc, timeout=30)
        with closing(connection):
            connection.request(method, path, body, {"Host": f"{name}.alb.localhost:{port}", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def invoke(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Hand an event to the alias, as the load balancer would."""
        client = self.cloud.client("lambda")
        function = self.deployment.physical_id("Web/Application/Answer/Function")
        answer = client.invoke(FunctionName=function, Qualifier="live", Payload=json.dumps(event).encode())
        assert not answer.get("FunctionError"), answer
        return dict(json.loads(answer["Payload"].read()))


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with LocalCloud.start(account="111122223333", region="eu-west-1") as cloud:
        settings = {**context(), "patterns:handler-platform": "local"}
        assembly = synthesize(build, context=settings, build_assets=True)
        made = Deployed(cloud, cloud.deploy(assembly.directory))
        # The local CloudFormation drops the targets of a group; they are registered after it.
        repaired = {(each.type, each.property) for each in made.deployment.report.repaired}
        assert ("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets") in repaired
        yield made


@pytest.mark.parametrize("path", ["/", "/orders", "/orders/1/lines"])
def test_the_version_behind_the_alias_answers_any_path(deployed: Deployed, path: str) -> None:
    status, headers, body = deployed.ask(path)
    said = json.loads(body)
    assert (status, said["method"], said["path"], said["version"]) == (200, "GET", path, "1")
    assert headers["Content-Type"] == "application/json"


def test_http_is_redirected_and_reaches_no_function(deployed: Deployed) -> None:
    status, headers, body = deployed.ask("/orders?page=1", port=80)
    assert (status, body) == (301, b"")
    assert headers["Location"].startswith("https://")
    assert headers["Location"].endswith(":443/orders?page=1")


def test_the_query_arrives_whole(deployed: Deployed) -> None:
    _, _, body = deployed.ask("/orders?page=1&page=2&of=a%20b")
    assert json.loads(body)["query"] == {"page": ["1", "2"], "of": ["a b"]}


def test_a_binary_body_arrives_and_a_binary_answer_comes_back(deployed: Deployed) -> None:
    sent = bytes(range(256)) * 4
    _, _, text = deployed.ask("/", method="POST", body=sent)
    assert json.loads(text)["sha256"] == hashlib.sha256(sent).hexdigest()
    _, headers, answer = deployed.ask("/", method="POST", body=sent, headers={"Accept": "application/octet-stream"})
    assert (headers["Content-Type"], answer) == ("application/octet-stream", hashlib.sha256(sent).digest())


def test_what_the_function_refuses_reaches_the_client_as_it_is(deployed: Deployed) -> None:
    assert deployed.ask("/", method="PURGE")[0] == 405


def test_exact_events_are_answered_in_their_own_form(deployed: Deployed) -> None:
    one, many, check = deployed.invoke(single()), deployed.invoke(multiple()), deployed.invoke(CHECK)
    assert json.loads(one["body"])["query"]["page"] == ["2"]
    assert json.loads(many["body"])["query"]["page"] == ["1", "2"]
    assert ("headers" in one, "multiValueHeaders" in many) == (True, True)
    assert (check["statusCode"], check["statusDescription"], check["body"]) == (200, "200 OK", '{"message":"well"}')
