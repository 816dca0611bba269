"""The API behind the edge in the local cloud: who has not got the key is refused, and the key is rotated."""

import json
import shlex
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.edge_cached_api import EdgeCachedApi
from tests.conftest import context
from tests.patterns.api.api_to_queue.gateway import post


@pytest.fixture(scope="module")
def deployed() -> Iterator[tuple[LocalCloud, Deployment]]:
    def build(app: cdk.App) -> None:
        EdgeCachedApi(cdk.Stack(app, "Edge"), "Api")

    settings = {**context(), "patterns:handler-platform": "local"}
    assembly = synthesize(build, context=settings, build_assets=True)
    with LocalCloud.start() as cloud:
        yield cloud, cloud.deploy(assembly.directory)


def value(cloud: LocalCloud, secret: str) -> str:
    return str(cloud.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])


def status(deployed: tuple[LocalCloud, Deployment], key: str | None) -> int:
    cloud, deployment = deployed
    headers = {} if key is None else {"X-API-Key": key}
    api = deployment.physical_id("Edge/Api/Origin/Front/Api")
    return post(cloud, api, b"{}", headers=headers, sign=False, path="orders").status


def rotated(deployed: tuple[LocalCloud, Deployment], *, begin: bool = True) -> str:
    """Rotate the key, and wait until the new one is current."""
    cloud, deployment = deployed
    secret = deployment.physical_id("Edge/Api/OriginKey/Secret")
    client = cloud.client("secretsmanager")
    if begin:
        client.rotate_secret(SecretId=secret)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        stages: dict[str, Any] = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
        current = [one for one in stages.values() if "AWSCURRENT" in one]
        if not any("AWSPENDING" in one and "AWSCURRENT" not in one for one in stages.values()) and current:
            return value(cloud, secret)
        time.sleep(0.05)
    raise TimeoutError(f"not rotated: {stages}")


def sent(deployed: tuple[LocalCloud, Deployment]) -> str:
    """The key that the distribution sends."""
    cloud, deployment = deployed
    distribution = deployment.physical_id("Edge/Api/Edge/Distribution")
    config = cloud.client("cloudfront").get_distribution_config(Id=distribution)["DistributionConfig"]
    (header,) = config["Origins"]["Items"][0]["CustomHeaders"]["Items"]
    return str(header["HeaderValue"])


def test_who_goes_around_cloudfront_is_refused(deployed: tuple[LocalCloud, Deployment]) -> None:
    assert status(deployed, None) == 403
    assert status(deployed, "a-guess") == 403


def test_the_key_is_rotated_without_a_refused_request(deployed: tuple[LocalCloud, Deployment]) -> None:
    # The first rotation is that of the deployment.
    first = rotated(deployed, begin=False)
    assert sent(deployed) == first
    assert status(deployed, first) == 200
    second = rotated(deployed)
    assert sent(deployed) == second != first
    # Edges that have not heard of the second key yet go on with the first.
    assert (status(deployed, first), status(deployed, second)) == (200, 200)
    third = rotated(deployed)
    assert (status(deployed, first), status(deployed, second), status(deployed, third)) == (403, 200, 200)


def test_a_step_of_no_rotation_changes_nothing(deployed: tuple[LocalCloud, Deployment]) -> None:
    cloud, deployment = deployed
    secret = deployment.physical_id("Edge/Api/OriginKey/Secret")
    before = (sent(deployed), value(cloud, secret))
    event = {"Step": "finishSecret", "SecretId": secret, "ClientRequestToken": "0" * 32}
    function = deployment.physical_id("Edge/Api/OriginKey/Rotate/Function")
    answer = cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
    assert "none of the secret's" in answer["Payload"].read().decode()
    assert (sent(deployed), value(cloud, secret)) == before


def test_a_call_that_the_local_cloud_answers_502_is_told_to_be_one(deployed: tuple[LocalCloud, Deployment]) -> None:
    _, deployment = deployed
    [edge] = [one for one in deployment.addresses if one.type == "distribution"]
    call = [*shlex.split(edge.call), "-s", "-o", "/dev/null", "-w", "%{http_code}"]
    assert subprocess.run(call, capture_output=True, text=True, check=True, timeout=30).stdout == "502"
    api = deployment.physical_id("Edge/Api/Origin/Front/Api")
    origin = f"{api}.execute-api.us-east-1.amazonaws.com"
    assert edge.note.endswith(f"; it answers 502 here, for the local cloud's distributions do not reach {origin}")
