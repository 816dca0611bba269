"""The template, deployed to the local cloud: versions, weights as CodeDeploy sets them, and the hook as it calls it."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patternkit.testing.traffic_shift import traffic_shift
from patterns.events.canary_function import CanaryFunction
from tests.conftest import context

CODE = """
def handler(event, context):
    if {fails} and event.get("probe"):
        raise ValueError("the new version does not work")
    return "{name}"
"""


class Release(cdk.Stack):
    """One function, whose code is another in each release."""

    def __init__(self, app: cdk.App, name: str, *, fails: bool = False) -> None:
        super().__init__(app, "Release")
        code = lambda_.Code.from_inline(CODE.format(name=name, fails=fails))
        made = CanaryFunction(self, "Made", code=code, handler="index.handler", probe={"probe": True}, shift="linear")
        cdk.CfnOutput(self, "Version", value=made.version.version)
        cdk.CfnOutput(self, "Alias", value=made.alias.function_arn)


@dataclass
class CodeDeploy:
    """As much of CodeDeploy as a hook answers to."""

    told: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""


@pytest.fixture(scope="module")
def codedeploy() -> Iterator[CodeDeploy]:
    found = CodeDeploy()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.told.append({**body, "call": self.headers["X-Amz-Target"].rpartition(".")[2]})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        found.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()


@dataclass(frozen=True)
class Released:
    cloud: LocalCloud
    first: Deployment
    second: Deployment
    template: dict[str, Any]

    def calls(self, count: int) -> Counter[str]:
        client, alias = self.cloud.client("lambda"), self.second.outputs["Alias"]
        return Counter(
            json.loads(client.invoke(FunctionName=alias, Payload=b"{}")["Payload"].read()) for _ in range(count)
        )

    def weigh(self, weight: int) -> None:
        """Give the second version its percentage, as CodeDeploy does."""
        name, alias = self.second.physical_id("Release/Made/Work/Function"), "live"
        first, second = self.first.outputs["Version"], self.second.outputs["Version"]
        weights = {} if weight in (0, 100) else {second: weight / 100}
        self.cloud.client("lambda").update_alias(
            FunctionName=name,
            Name=alias,
            FunctionVersion=second if weight == 100 else first,
            RoutingConfig={"AdditionalVersionWeights": weights},
        )


def deploy(cloud: LocalCloud, name: str, **how: Any) -> tuple[Deployment, dict[str, Any]]:
    local = {**context(), "patterns:handler-platform": "local"}
    made = synthesize(lambda app: Release(app, name, **how), context=local, build_assets=True)
    return cloud.deploy(made.directory), made.template


@pytest.fixture(scope="module")
def released() -> Iterator[Released]:
    with LocalCloud.start() as cloud:
        first, _ = deploy(cloud, "first")
        second, template = deploy(cloud, "second")
        yield Released(cloud, first, second, template)


def test_a_release_is_another_version_and_the_first_stays(released: Released) -> None:
    assert released.first.outputs["Version"] != released.second.outputs["Version"]
    assert released.calls(3) == {"second": 3}
    released.weigh(0)
    assert released.calls(3) == {"first": 3}, "the way back is there"


def test_calls_of_the_alias_are_divided_as_the_shift_goes_on(released: Released) -> None:
    walk = traffic_shift(released.template).walk()
    for minute, least, most in ((20, 10, 40), (45, 50, 50)):
        released.weigh(walk.at(minute))
        # Half of the calls at minute 20: outside of the bounds by chance once in ten million runs.
        assert walk.at(minute) == (50 if minute == 20 else 100)
        assert least <= released.calls(50)["second"] <= most
    back = traffic_shift(released.template).walk(bad_from=20)
    released.weigh(back.weight)
    assert released.calls(5) == {"first": 5}


def hook(cloud: LocalCloud, deployment: Deployment, codedeploy: CodeDeploy, number: int) -> dict[str, Any]:
    """Call the hook as CodeDeploy does, and return what it answered."""
    client, name = cloud.client("lambda"), deployment.physical_id("Release/Made/Probe/Function")
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    variables["AWS_ENDPOINT_URL_CODEDEPLOY"] = codedeploy.url
    client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    event = {"DeploymentId": f"d-{number}", "LifecycleEventHookExecutionId": f"e-{number}"}
    answer: dict[str, Any] = dict(client.invoke(FunctionName=name, Payload=json.dumps(event)))
    assert "FunctionError" not in answer, answer["Payload"].read()
    [told] = [one for one in codedeploy.told if one["deploymentId"] == f"d-{number}"]
    return told


def test_the_hook_calls_the_new_version_and_answers_codedeploy(released: Released, codedeploy: CodeDeploy) -> None:
    told = hook(released.cloud, released.second, codedeploy, 1)
    assert told == {
        "call": "PutLifecycleEventHookExecutionStatus",
        "deploymentId": "d-1",
        "lifecycleEventHookExecutionId": "e-1",
        "status": "Succeeded",
    }
    third, template = deploy(released.cloud, "third", fails=True)
    assert hook(released.cloud, third, codedeploy, 2)["status"] == "Failed"
    # What CodeDeploy does with that answer is in the template.
    ended = traffic_shift(template).walk(failing_hook="before")
    assert (ended.outcome, ended.weight) == ("rolled back", 0)
