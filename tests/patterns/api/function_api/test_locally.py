"""The template, deployed to the local cloud without CodeDeploy, and called."""

from collections.abc import Iterator
from dataclasses import dataclass

import aws_cdk as cdk
import pytest

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.function_api import FunctionApi
from tests.conftest import context
from tests.patterns.api.api_to_queue.gateway import Answer, post


def build(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Apis")
    FunctionApi(stack, "Signed", gradual_release=False)
    keyed = {"authorization": "api_key", "rate_limit": 1, "burst_limit": 2, "cloudwatch_role": False}
    FunctionApi(stack, "Keyed", gradual_release=False, **keyed)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment

    def post(self, api: str, path: str, *, headers: dict[str, str] | None = None, sign: bool = True) -> Answer:
        api_id = self.deployment.physical_id(f"Apis/{api}/Front/Api")
        return post(self.cloud, api_id, b'{"a": 1}', headers=headers, sign=sign, path=path)


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with LocalCloud.start() as cloud:
        settings = {**context(), "patterns:handler-platform": "local"}
        assembly = synthesize(build, context=settings, build_assets=True)
        yield Deployed(cloud, cloud.deploy(assembly.directory))


@pytest.mark.parametrize("path", ["", "orders", "orders/1/lines"])
def test_the_version_behind_the_alias_answers_any_path(deployed: Deployed, path: str) -> None:
    answer = deployed.post("Signed", path)
    assert answer.status == 200
    assert answer.json == {"method": "POST", "path": f"/{path}", "stage": "live", "version": "1"}


def test_an_unsigned_request_is_refused(deployed: Deployed) -> None:
    answer = deployed.post("Signed", "orders", sign=False)
    assert (answer.status, set(answer.json)) == (403, {"message", "requestId"})


def test_a_key_is_asked_for_and_throttled(deployed: Deployed) -> None:
    assert deployed.post("Keyed", "orders", sign=False).status == 403
    key_id = deployed.deployment.physical_id("Apis/Keyed/ApiKey")
    key = deployed.cloud.client("apigateway").get_api_key(apiKey=key_id, includeValue=True)["value"]
    answers = [deployed.post("Keyed", "orders", sign=False, headers={"X-API-Key": key}).status for _ in range(5)]
    assert (answers[0], answers[-1]) == (200, 429)
