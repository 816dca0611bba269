"""All three stacks, deployed to the local cloud with permissions enforced, from a request to the night's report."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from examples.order_intake.app import build
from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from tests.conftest import context
from tests.examples.order_intake.orders import order
from tests.patterns.api.api_to_queue.gateway import Answer, post


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    stacks: dict[str, Deployment]

    def send(self, body: Any, *, sign: bool = True) -> Answer:
        api = self.stacks["OrderIntake"].physical_id("Api/Front/Api")
        return post(self.cloud, api, json.dumps(body).encode(), path="orders", sign=sign)

    def stored(self, order_id: str) -> dict[str, Any] | None:
        return self.cloud.client("dynamodb").get_item(
            TableName=self.stacks["OrderIntake"].outputs["Table"], Key={"order_id": {"S": order_id}}
        ).get("Item")  # fmt: skip

    def depth(self, queue: str) -> int:
        url = self.stacks["OrderIntake"].physical_id(queue)
        answer = self.cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(answer["ApproximateNumberOfMessages"]) + int(answer["ApproximateNumberOfMessagesNotVisible"])


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    settings = {**context(), "patterns:handler-platform": "local"}
    with LocalCloud.start(enforce_iam=True) as cloud:
        assembly = synthesize(build, context=settings, build_assets=True)
        made = cloud.deploy_all(assembly.directory)
        yield Deployed(cloud, {one.stack_name: one for one in made})


def test_an_order_that_comes_twice_is_written_once(deployed: Deployed) -> None:
    for _ in range(2):
        assert deployed.send(order("twice", quantity=3)).status == 202
    written = deployed.cloud.wait_for(lambda: deployed.stored("twice"), what="the order")
    assert written is not None
    deployed.cloud.wait_for(lambda: deployed.depth("Api/Queue") == 0, what="an empty queue")
    assert deployed.stored("twice") == written
    assert written["total"] == {"N": "750"}


def test_an_unsigned_order_is_refused(deployed: Deployed) -> None:
    assert deployed.send(order("unsigned"), sign=False).status == 403


def test_another_order_under_the_same_id_ends_in_the_dead_letters(deployed: Deployed) -> None:
    assert deployed.send(order("same")).status == 202
    deployed.cloud.wait_for(lambda: deployed.stored("same"), what="the order")
    sqs, queue = deployed.cloud.client("sqs"), deployed.stacks["OrderIntake"].physical_id("Api/Queue")
    # A message is hidden for three minutes after each of its five attempts.
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    assert deployed.send(order("same", quantity=9)).status == 202
    assert deployed.send(order("next")).status == 202
    deployed.cloud.wait_for(
        lambda: deployed.depth("Api/DeadLetters/Queue") == 1, what="the order in the dead letters", deadline=120
    )
    assert deployed.stored("same")["total"] == {"N": "250"}  # type: ignore[index]
    assert deployed.stored("next"), "it came after the one that fails"


def test_the_report_sums_up_the_day(deployed: Deployed) -> None:
    sent = [order("r1"), order("r2", quantity=2), order("r3", currency="JPY", unit_price=100)]
    for one in sent:
        assert deployed.send(one).status == 202
    for order_id in ("r1", "r2", "r3"):
        deployed.cloud.wait_for(partial(deployed.stored, order_id), what="the order")
    outputs = deployed.stacks["OrderReports"].outputs
    # Whatever was sent before in this module counts too; the day is the one on which the messages were sent.
    day = deployed.stored("r1")["day"]["S"]  # type: ignore[index]
    following = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1, hours=1)
    for _ in range(2):
        answer = deployed.cloud.client("lambda").invoke(
            FunctionName=outputs["ReportFunction"], Payload=json.dumps({"scheduled_time": following.isoformat()})
        )
        assert "FunctionError" not in answer, answer["Payload"].read()
    s3 = deployed.cloud.client("s3")
    kept = s3.get_object(Bucket=outputs["ReportsBucket"], Key=f"reports/{day}.json")["Body"].read()
    report = json.loads(kept)
    items = deployed.cloud.client("dynamodb").scan(TableName=deployed.stacks["OrderIntake"].outputs["Table"])["Items"]
    assert report["currencies"]["JPY"] == {"orders": 1, "total": 100}
    euros = [int(one["total"]["N"]) for one in items if one["currency"]["S"] == "EUR" and one["day"]["S"] == day]
    assert report["currencies"]["EUR"] == {"orders": len(euros), "total": sum(euros)}
    assert len(euros) >= 2
