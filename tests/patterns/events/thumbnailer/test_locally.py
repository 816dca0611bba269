"""The thumbnailer's template, deployed to the local cloud and exercised end to end."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer
from PIL import Image

from patternkit.catalog.application import add_example
from patternkit.catalog.discovery import find
from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.snapshots import normalized
from patternkit.testing.synthesis import Synthesis, synthesize
from tests.conftest import context

PHOTOGRAPH = Path(__file__).parents[4] / "examples" / "photographs" / "grace_hopper.jpg"
OPTIONS = {"widths": "64,128", "source_prefix": "in/", "max_bytes": "1MiB", "max_pixels": "4000000"}
LOCAL = {"patterns:handler-platform": "local"}


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment

    @property
    def source(self) -> str:
        return self.deployment.outputs["SourceBucket"]

    @property
    def destination(self) -> str:
        return self.deployment.outputs["DestinationBucket"]

    def upload(self, key: str, body: bytes) -> None:
        self.cloud.client("s3").put_object(Bucket=self.source, Key=key, Body=body)

    def record(self, key: str, until: Callable[[Mapping[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            answer = self.cloud.client("dynamodb").get_item(
                TableName=self.deployment.outputs["Table"],
                Key={"source_key": {"S": key}, "source_bucket": {"S": self.source}},
                ConsistentRead=True,
            )
            item = {name: TypeDeserializer().deserialize(one) for name, one in answer.get("Item", {}).items()}
            return item if item.get("status") not in {None, "PENDING"} and until(item) else None

        found = self.cloud.wait_for(look, what=f"the record of {key}")
        assert found is not None
        return found

    def thumbnail(self, key: str) -> Image.Image:
        body = self.cloud.client("s3").get_object(Bucket=self.destination, Key=key)["Body"].read()
        return Image.open(io.BytesIO(body))


@pytest.fixture(scope="module")
def synthesis() -> Synthesis:
    return synthesize(
        lambda app: add_example(app, find("thumbnailer"), OPTIONS), context={**context(), **LOCAL}, build_assets=True
    )


@pytest.fixture(scope="module")
def deployed(synthesis: Synthesis) -> Iterator[Deployed]:
    with LocalCloud.start() as cloud:
        yield Deployed(cloud, cloud.deploy(synthesis.directory))


def encoded(size: tuple[int, int], format_: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.effect_noise(size, 50).save(stream, format_)
    return stream.getvalue()


def test_the_template_is_the_one_for_aws_but_for_the_handlers_asset(synthesis: Synthesis) -> None:
    for_aws = synthesize(lambda app: add_example(app, find("thumbnailer"), OPTIONS), context=context())
    assert synthesis.template != for_aws.template, "the handler's asset must not be taken for Lambda's"
    assert normalized(synthesis.template) == normalized(for_aws.template)


def test_a_photograph_becomes_thumbnails_and_a_record(deployed: Deployed) -> None:
    deployed.upload("in/Grace Hopper & co+ü.jpg", PHOTOGRAPH.read_bytes())
    record = deployed.record("in/Grace Hopper & co+ü.jpg")
    assert record["status"] == "READY"
    assert (record["source_width"], record["source_height"], record["source_format"]) == (512, 600, "JPEG")
    assert [one["key"] for one in record["thumbnails"]] == [
        f"{width}/Grace Hopper & co+ü.jpg.jpg" for width in (64, 128)
    ]
    for one in record["thumbnails"]:
        image = deployed.thumbnail(one["key"])
        assert image.size == (int(one["width"]), int(one["height"]))
        assert not image.getexif()


def test_a_newer_image_replaces_an_older_one(deployed: Deployed) -> None:
    deployed.upload("in/replaced.png", encoded((300, 100)))
    deployed.record("in/replaced.png", lambda one: one["source_width"] == 300)
    deployed.upload("in/replaced.png", encoded((100, 300)))
    record = deployed.record("in/replaced.png", lambda one: one["source_width"] == 100)
    assert deployed.thumbnail(record["thumbnails"][0]["key"]).size == (64, 192)


def test_nothing_is_done_outside_the_prefix(deployed: Deployed) -> None:
    deployed.upload("out/of/bounds.png", encoded((200, 200)))
    deployed.upload("in/after.png", encoded((200, 200)))
    deployed.record("in/after.png")
    listed = deployed.cloud.client("s3").list_objects_v2(Bucket=deployed.destination)
    assert not [one["Key"] for one in listed["Contents"] if "bounds" in one["Key"]]


@pytest.mark.parametrize(
    ("key", "body", "reason"),
    [
        ("in/empty.jpg", b"", "EMPTY"),
        ("in/truncated.jpg", PHOTOGRAPH.read_bytes()[:20_000], "DAMAGED"),
        ("in/text.jpg", b"this is no image at all, whatever its name says", "NOT_AN_IMAGE"),
        ("in/bomb.png", encoded((2001, 2000)), "TOO_MANY_PIXELS"),
        ("in/large.png", encoded((1900, 1900)), "TOO_MANY_BYTES"),
    ],
)
def test_an_image_that_cannot_be_used_is_refused_recorded_and_not_retried(
    deployed: Deployed, key: str, body: bytes, reason: str
) -> None:
    if reason == "TOO_MANY_PIXELS":
        # Flat, so that it is few bytes for its many pixels.
        stream = io.BytesIO()
        Image.new("L", (2001, 2000)).save(stream, "PNG")
        body = stream.getvalue()
    deployed.upload(key, body)
    record = deployed.record(key)
    assert (record["status"], record["reason"]) == ("REFUSED", reason)
    assert record["message"]
    assert record["thumbnails"] == []


def test_an_event_that_fails_for_good_ends_in_the_queue_with_its_error(deployed: Deployed) -> None:
    function = deployed.deployment.physical_id("ThumbnailerStack/Thumbnailer/Thumbnails/Function/Resource")
    functions, queues = deployed.cloud.client("lambda"), deployed.cloud.client("sqs")
    event = {"Records": [{"s3": {"bucket": {"name": "no-such-bucket-here"}, "object": {"key": "in/x.png"}}}]}
    configured = functions.get_function_event_invoke_config(FunctionName=function, Qualifier="$LATEST")
    # Two retries, as deployed, take three minutes.
    functions.put_function_event_invoke_config(
        FunctionName=function, MaximumRetryAttempts=0, DestinationConfig=configured["DestinationConfig"]
    )
    functions.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event).encode())
    url = deployed.deployment.physical_id("ThumbnailerStack/Thumbnailer/DeadLetters/Queue/Resource")
    message = deployed.cloud.wait_for(
        lambda: queues.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"), what="the failed event"
    )
    body = json.loads(message[0]["Body"])
    assert body["requestPayload"] == event
    assert body["requestContext"]["condition"] == "RetriesExhausted"
