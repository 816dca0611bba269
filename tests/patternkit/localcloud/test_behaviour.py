"""What patterns lean on in the local cloud: each way in which an event travels, and where its failure ends."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from patternkit.localcloud import Deployment, LocalCloud
from tests.patternkit.localcloud import apps


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("behaviour")


@pytest.fixture(scope="module")
def asynchronous(cloud: LocalCloud, folder: Path) -> Deployment:
    return cloud.deploy(apps.synthesize(folder / "asynchronous", apps.Asynchronous))


@pytest.fixture(scope="module")
def messages(cloud: LocalCloud, folder: Path) -> Deployment:
    return cloud.deploy(apps.synthesize(folder / "messages", apps.Messages))


def received(cloud: LocalCloud, queue: str) -> list[str]:
    answer = cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    for message in answer.get("Messages", []):
        cloud.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in answer.get("Messages", [])]


def test_an_object_reaches_a_function(cloud: LocalCloud, asynchronous: Deployment) -> None:
    bucket = asynchronous.physical_id("Bucket")
    cloud.client("s3").put_object(Bucket=bucket, Key="out/ignored", Body=b"1")
    cloud.client("s3").put_object(Bucket=bucket, Key="in/a b.txt", Body=b"1")
    name = asynchronous.physical_id("Destined")
    logged = cloud.wait_for(lambda: "in/a+b.txt" in cloud.logs(name) and cloud.logs(name), what="the notification")
    assert "out/ignored" not in str(logged)


def test_a_failure_ends_in_the_functions_destination(cloud: LocalCloud, asynchronous: Deployment) -> None:
    bucket = asynchronous.physical_id("Bucket")
    cloud.client("s3").put_object(Bucket=bucket, Key="in/fail", Body=b"1")
    [record] = cloud.wait_for(lambda: received(cloud, asynchronous.physical_id("Failures")), what="the failure")
    assert json.loads(record)["requestPayload"]["Records"][0]["s3"]["object"]["key"] == "in/fail"


def test_a_rule_invokes_asynchronously(cloud: LocalCloud, asynchronous: Deployment) -> None:
    entry = {"Source": "test", "DetailType": "t", "Detail": json.dumps({"fail": "by rule"})}
    cloud.client("events").put_events(Entries=[{**entry, "Source": "other"}])  # type: ignore[typeddict-item]
    cloud.client("events").put_events(Entries=[entry])  # type: ignore[list-item]
    [record] = cloud.wait_for(lambda: received(cloud, asynchronous.physical_id("Failures")), what="the failure")
    assert json.loads(record)["requestPayload"]["detail"] == {"fail": "by rule"}
    # The other function's failure is retried once, and then ends in its dead-letter queue, which a repair has set.
    [letter] = cloud.wait_for(lambda: received(cloud, asynchronous.physical_id("Letters")), what="the dead letter")
    assert "by rule" in letter
    assert cloud.logs(asynchronous.physical_id("Lettered")).count("START RequestId") == 2


@pytest.mark.parametrize("payload", ["fine", "fail"])
def test_a_schedule_fires_once_at_its_time(cloud: LocalCloud, asynchronous: Deployment, payload: str) -> None:
    at = datetime.now(UTC) + timedelta(seconds=1)
    cloud.client("scheduler").create_schedule(
        Name=f"once-{payload}",
        GroupName=asynchronous.outputs["GroupName"],
        ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": asynchronous.outputs["TargetArn"],
            "RoleArn": asynchronous.outputs["RoleArn"],
            "Input": json.dumps({"scheduled": payload}),
        },
    )
    if payload == "fail":
        [record] = cloud.wait_for(lambda: received(cloud, asynchronous.physical_id("Failures")), what="the failure")
        assert json.loads(record)["requestPayload"] == {"scheduled": "fail"}
    else:
        name = asynchronous.physical_id("Destined")
        cloud.wait_for(lambda: '{"scheduled": "fine"}' in cloud.logs(name), what="the scheduled run")


def test_a_subscription_filters(cloud: LocalCloud, messages: Deployment) -> None:
    for kind in ("unwanted", "wanted"):
        cloud.client("sns").publish(
            TopicArn=messages.physical_id("Topic"),
            Message=kind,
            MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}},
        )
    assert cloud.wait_for(lambda: received(cloud, messages.physical_id("Queue")), what="the message") == ["wanted"]


def test_a_message_that_is_not_deleted_becomes_a_dead_letter(cloud: LocalCloud, messages: Deployment) -> None:
    sqs, queue = cloud.client("sqs"), messages.physical_id("Queue")
    sqs.send_message(QueueUrl=queue, MessageBody="poison")
    letters = messages.physical_id("Letters")

    def dead() -> list[str]:
        sqs.receive_message(QueueUrl=queue)
        return received(cloud, letters)

    assert cloud.wait_for(dead, what="the dead letter") == ["poison"]


def post(cloud: LocalCloud, api: str, body: object) -> int:
    request = urllib.request.Request(
        f"{cloud.endpoint_url}/restapis/{api}/prod/_user_request_/",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_rest_api_reaches_a_queue_and_its_repaired_validator_refuses(cloud: LocalCloud, messages: Deployment) -> None:
    api, queue = messages.outputs["ApiId"], messages.physical_id("Accepted")
    assert post(cloud, api, {"name": "no id"}) == 400
    body: dict[str, Any] = {"id": "1 & 2", "text": "größer"}
    assert post(cloud, api, body) == 202
    [message] = cloud.wait_for(lambda: received(cloud, queue), what="the message")
    assert json.loads(message) == body
    repaired = {(finding.type, finding.property) for finding in messages.report.repaired}
    assert ("AWS::ApiGateway::Method", "RequestValidatorId") in repaired
