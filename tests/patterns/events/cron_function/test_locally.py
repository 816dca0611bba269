"""The cron function's template, deployed to the local cloud, where its schedule really fires."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.events.cron_function import CronFunction
from tests.conftest import context

LOCAL = {"patterns:handler-platform": "local"}
PAYLOAD = {"report": "nightly", "pages": [1, 2], "name": "Zoë"}
FAILS = "def handler(event, context): raise RuntimeError('on purpose')"


def soon() -> scheduler.ScheduleExpression:
    """One time, late enough for the deployment to be done."""
    when = datetime.now(UTC) + timedelta(seconds=12)
    return scheduler.ScheduleExpression.expression(f"at({when:%Y-%m-%dT%H:%M:%S})")


def build(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Cron")
    CronFunction(stack, "Example", schedule=soon())
    CronFunction(stack, "Paused", schedule=soon(), enabled=False)
    code = lambda_.Code.from_inline(FAILS)
    CronFunction(stack, "Fails", schedule=soon(), code=code, handler="index.handler", retry_attempts=0, payload=PAYLOAD)


@pytest.fixture(scope="module")
def deployed() -> Iterator[tuple[LocalCloud, Deployment]]:
    with LocalCloud.start() as cloud:
        assembly = synthesize(build, context={**context(), **LOCAL}, build_assets=True)
        yield cloud, cloud.deploy(assembly.directory)


def runs(cloud: LocalCloud, deployment: Deployment, name: str) -> int:
    # Of a function's own lines the local cloud may lose some on a busy machine; of its reports none.
    return cloud.logs(deployment.physical_id(f"Cron/{name}/Run/Function/Resource")).count("REPORT RequestId")


def test_a_run_that_fails_for_good_is_kept_with_its_payload_and_error(
    deployed: tuple[LocalCloud, Deployment],
) -> None:
    cloud, deployment = deployed
    url = deployment.physical_id("Cron/Fails/DeadLetters/Queue/Resource")
    messages = cloud.wait_for(
        lambda: cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"),
        what="the failed run",
        deadline=60,
    )
    body = json.loads(messages[0]["Body"])
    assert body["requestPayload"] == PAYLOAD
    assert body["responsePayload"]["errorMessage"] == "on purpose"


def test_the_schedule_runs_the_function_once(deployed: tuple[LocalCloud, Deployment]) -> None:
    cloud, deployment = deployed
    cloud.wait_for(lambda: runs(cloud, deployment, "Example"), what="a run", deadline=60)
    assert runs(cloud, deployment, "Example") == 1
    assert "Traceback" not in cloud.logs(deployment.physical_id("Cron/Example/Run/Function/Resource"))


def test_a_paused_schedule_does_not_run(deployed: tuple[LocalCloud, Deployment]) -> None:
    cloud, deployment = deployed
    # It was due at the same moment as the one that has run by now.
    cloud.wait_for(lambda: runs(cloud, deployment, "Example"), what="the other schedule's run", deadline=60)
    assert runs(cloud, deployment, "Paused") == 0
