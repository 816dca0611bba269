"""What the thumbnailer's function does with S3's events: keys, order, repetition, crashes, refusals, logs."""

import importlib
import io
import json
import logging
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import boto3
import pytest
from aws_lambda_powertools.utilities.data_classes.s3_event import S3EventRecord
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from PIL import Image

from patterns.events.thumbnailer.handler.thumbnailer import notifications, processing
from patterns.events.thumbnailer.handler.thumbnailer.configuration import Configuration
from patterns.events.thumbnailer.handler.thumbnailer.processing import Outcome, Thumbnailer
from patterns.events.thumbnailer.handler.thumbnailer.records import Claim, LeaseLost, Records
from tests.patterns.events.thumbnailer import pictures
from tests.patterns.events.thumbnailer.pictures import BLUE, GREEN, RED, SECRET

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

SOURCE, UNVERSIONED, DESTINATION, TABLE = "source", "unversioned", "destination", "records"
ENVIRONMENT = {
    "DESTINATION_BUCKET": DESTINATION,
    "TABLE_NAME": TABLE,
    "WIDTHS": "8,16",
    "POWERTOOLS_SERVICE_NAME": "thumbnailer",
    "POWERTOOLS_METRICS_NAMESPACE": "Patterns",
}


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.while_waiting: Callable[[], object] = lambda: None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.while_waiting()


@dataclass
class Cloud:
    """Two buckets and a table, and the function that works on them."""

    s3: "S3Client"
    dynamodb: "DynamoDBClient"
    clock: Clock = field(default_factory=Clock)
    calls: list[str] = field(default_factory=list)
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    sequence: int = 0x100

    def called(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        self.before.get(model.name, lambda: None)()

    def put(self, key: str, body: bytes, *, bucket: str = SOURCE) -> dict[str, Any]:
        """Upload, and return the record of S3's event."""
        answer = self.s3.put_object(Bucket=bucket, Key=key, Body=body)
        self.sequence += 1
        entry = {
            "key": quote_plus(key, safe="/"),
            "size": len(body),
            "eTag": answer["ETag"].strip('"'),
            "sequencer": f"{self.sequence:016X}",
        }
        if "VersionId" in answer:
            entry["versionId"] = answer["VersionId"]
        return {
            "eventVersion": "2.6",
            "eventSource": "aws:s3",
            "eventTime": "2026-11-21T08:00:00.000Z",
            "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": bucket}, "object": entry},
        }

    def thumbnailer(self, **changes: str) -> Thumbnailer:
        return Thumbnailer(
            configuration=Configuration.from_environment(ENVIRONMENT | changes),
            s3=self.s3,
            records=Records(self.dynamodb, TABLE),
            clock=self.clock,
            sleep=self.clock.sleep,
        )

    def process(self, record: dict[str, Any], *, seconds: float = 60, **changes: str) -> processing.Result:
        """Process the record of an event in an invocation that has so many seconds."""
        upload = notifications.read(S3EventRecord(record))
        assert upload is not None
        return self.thumbnailer(**changes).process(upload, deadline=self.clock() + seconds)

    def record(self, key: str, bucket: str = SOURCE) -> dict[str, Any]:
        answer = self.dynamodb.get_item(
            TableName=TABLE, Key={"source_key": {"S": key}, "source_bucket": {"S": bucket}}, ConsistentRead=True
        )
        return {name: TypeDeserializer().deserialize(value) for name, value in answer.get("Item", {}).items()}

    def thumbnails(self) -> list[str]:
        """The destination's keys."""
        return [item["Key"] for item in self.s3.list_objects_v2(Bucket=DESTINATION).get("Contents", [])]

    def image(self, key: str) -> Image.Image:
        image = Image.open(io.BytesIO(self.s3.get_object(Bucket=DESTINATION, Key=key)["Body"].read()))
        image.load()
        return image

    def colour(self, key: str) -> str:
        """Which of the test's colours a thumbnail has."""
        found: Any = self.image(key).convert("RGB").getpixel((4, 4))
        return min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(found, COLOURS[name], strict=True)))


COLOURS = {"red": RED, "green": GREEN, "blue": BLUE}
RED_PNG, GREEN_PNG, BLUE_PNG = (pictures.plain("PNG", colour) for colour in (RED, GREEN, BLUE))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def clients() -> "tuple[S3Client, DynamoDBClient]":
    # Made once: a client takes a third of a second.
    session = boto3.Session("testing", "testing", region_name="eu-central-1")
    return session.client("s3"), session.client("dynamodb")


@pytest.fixture
def cloud(clients: "tuple[S3Client, DynamoDBClient]", environment: None) -> Iterator[Cloud]:  # noqa: ARG001
    s3, dynamodb = clients
    with mock_aws():
        for name in (SOURCE, UNVERSIONED, DESTINATION):
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": "source_key", "KeyType": "HASH"},
                {"AttributeName": "source_bucket", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "source_key", "AttributeType": "S"},
                {"AttributeName": "source_bucket", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        cloud = Cloud(s3, dynamodb)
        for client in clients:
            client.meta.events.register("before-call", cloud.called)
        yield cloud
        for client in clients:
            client.meta.events.unregister("before-call", cloud.called)


def versioned(cloud: Cloud) -> Cloud:
    cloud.s3.put_bucket_versioning(Bucket=SOURCE, VersioningConfiguration={"Status": "Enabled"})
    return cloud


class TestThumbnailsAndRecords:
    def test_an_upload_becomes_its_thumbnails_and_its_record(self, cloud: Cloud) -> None:
        body = pictures.plain("JPEG", size=(640, 480))
        event = versioned(cloud).put("photos/a.jpg", body)
        assert cloud.process(event).outcome is Outcome.READY
        assert cloud.thumbnails() == ["16/photos/a.jpg.jpg", "8/photos/a.jpg.jpg"]
        assert cloud.image("8/photos/a.jpg.jpg").size == (8, 6)
        made = cloud.s3.get_object(Bucket=DESTINATION, Key="16/photos/a.jpg.jpg")
        assert made["ContentType"] == "image/jpeg"
        record = cloud.record("photos/a.jpg")
        sizes = {key: cloud.s3.head_object(Bucket=DESTINATION, Key=key)["ContentLength"] for key in cloud.thumbnails()}
        assert record.pop("thumbnails") == [
            {"key": key, "width": width, "height": height, "bytes": sizes[key]}
            for key, width, height in [("8/photos/a.jpg.jpg", 8, 6), ("16/photos/a.jpg.jpg", 16, 12)]
        ]
        assert record.pop("processed_at") == "2027-01-15T08:00:00+00:00"
        assert record.pop("claimed_sequencer") == record["sequencer"]
        assert record == {
            "source_key": "photos/a.jpg",
            "source_bucket": SOURCE,
            "source_id": notifications.read(S3EventRecord(event)).source_id,  # type: ignore[union-attr]
            "status": "READY",
            "sequencer": event["s3"]["object"]["sequencer"].rstrip("0"),
            "version_id": event["s3"]["object"]["versionId"],
            "etag": event["s3"]["object"]["eTag"],
            "uploaded_at": "2026-11-21T08:00:00.000Z",
            "source_bytes": len(body),
            "source_format": "JPEG",
            "source_width": 640,
            "source_height": 480,
        }

    @pytest.mark.parametrize(
        ("format", "extension", "kind"),
        [("PNG", "png", "image/png"), ("WEBP", "webp", "image/webp"), ("AVIF", "avif", "image/avif")],
    )
    def test_every_format(self, cloud: Cloud, format: str, extension: str, kind: str) -> None:  # noqa: A002
        cloud.process(cloud.put("a", RED_PNG), FORMAT=format, DESTINATION_PREFIX="small/")
        made = cloud.s3.get_object(Bucket=DESTINATION, Key=f"small/8/a.{extension}")
        assert made["ContentType"] == kind
        assert Image.open(io.BytesIO(made["Body"].read())).format == format

    def test_names_that_differ_in_their_extension_do_not_meet(self, cloud: Cloud) -> None:
        cloud.process(cloud.put("a.png", RED_PNG))
        cloud.process(cloud.put("a.jpg", GREEN_PNG))
        assert cloud.colour("8/a.png.jpg") == "red"
        assert cloud.colour("8/a.jpg.jpg") == "green"

    def test_the_function_calls_nothing_that_its_role_does_not_allow(self, cloud: Cloud) -> None:
        event = versioned(cloud).put("a.png", RED_PNG)
        lost = cloud.put("b.png", RED_PNG)
        cloud.s3.delete_object(Bucket=SOURCE, Key="b.png", VersionId=lost["s3"]["object"]["versionId"])
        cloud.calls.clear()
        for again in (event, event, lost, cloud.put("c.png", b"")):
            cloud.process(again)
        assert set(cloud.calls) - {"PutObject"} == {"GetObject", "UpdateItem"}
        assert cloud.calls.count("PutObject") == 3  # two widths, and the test's own

    def test_an_archived_object_is_refused(self, cloud: Cloud) -> None:
        event = cloud.put("a.png", RED_PNG)

        def archived() -> None:
            raise ClientError({"Error": {"Code": "InvalidObjectState"}}, "GetObject")

        cloud.before["GetObject"] = archived
        assert cloud.process(event).reason == "ARCHIVED"
        assert cloud.record("a.png")["message"] == "the object is archived and cannot be read"


class TestKeys:
    @pytest.mark.parametrize(
        "key",
        [
            "a b.png",
            "a+b.png",
            "a%20b.png",
            "%2B+ %.png",
            "ü/日本/é.png",
            "a&b=c?.png",
            "a//b.png",
            "'\"<>.png",
            "🐈.png",
        ],
    )
    def test_any_key_is_found_and_keeps_its_name(self, cloud: Cloud, key: str) -> None:
        assert cloud.process(cloud.put(key, RED_PNG)).outcome is Outcome.READY
        assert f"8/{key}.jpg" in cloud.thumbnails()
        assert cloud.record(key)["status"] == "READY"

    @given(key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
    def test_a_notification_gives_the_key_that_was_put(self, key: str) -> None:
        upload = notifications.read(S3EventRecord(created(key=quote_plus(key, safe="/"))))
        assert upload is not None
        assert upload.key == key

    @given(
        keys=st.lists(st.text("ab/.1", min_size=1, max_size=6).map("in/".__add__), min_size=2, max_size=2, unique=True),
        prefixes=st.sampled_from([("", ""), ("in/", "out/")]),
    )
    def test_two_keys_never_share_a_thumbnail(self, keys: list[str], prefixes: tuple[str, str]) -> None:
        configuration = Configuration.from_environment(
            ENVIRONMENT | {"SOURCE_PREFIX": prefixes[0], "DESTINATION_PREFIX": prefixes[1]}
        )
        made = [configuration.destination_key(key, width) for key in keys for width in configuration.widths]
        assert len(set(made)) == 4

    @pytest.mark.parametrize(
        ("key", "expected"),
        [
            ("in/a.png", Outcome.READY),
            ("in/a.PNG", Outcome.OUTSIDE_FILTER),
            ("in/a.gif", Outcome.OUTSIDE_FILTER),
            ("a.png", Outcome.OUTSIDE_FILTER),
            ("in/", Outcome.OUTSIDE_FILTER),
            ("in/a.jpg", Outcome.READY),
        ],
    )
    def test_the_filter_is_checked_again(self, cloud: Cloud, key: str, expected: Outcome) -> None:
        result = cloud.process(cloud.put(key, RED_PNG), SOURCE_PREFIX="in/", SOURCE_SUFFIXES=".png,.jpg")
        assert result.outcome is expected
        made = [f"{width}/{key.removeprefix('in/')}.jpg" for width in (16, 8)] if expected is Outcome.READY else []
        assert cloud.thumbnails() == made
        assert bool(cloud.record(key)) == bool(made)

    def test_the_marker_of_a_folder_is_no_image(self, cloud: Cloud) -> None:
        assert cloud.process(cloud.put("photos/", b"")).outcome is Outcome.OUTSIDE_FILTER

    def test_a_thumbnail_of_a_thumbnail_is_never_made(self, cloud: Cloud) -> None:
        event = cloud.put("small/8/a.png.jpg", RED_PNG, bucket=DESTINATION)
        assert cloud.process(event, DESTINATION_PREFIX="small/").outcome is Outcome.OUTSIDE_FILTER

    def test_a_key_that_leaves_no_room_is_refused(self, cloud: Cloud) -> None:
        key = "a" * 1020
        assert cloud.process(cloud.put(key, RED_PNG)).reason == "KEY_TOO_LONG"
        assert cloud.record(key)["message"] == "a thumbnail's key would have 1027 bytes; S3 allows 1024"


def created(**entry: str) -> dict[str, Any]:
    return {
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-21T08:00:00.000Z",
        "s3": {"bucket": {"name": SOURCE}, "object": {"sequencer": "1A", "eTag": "e"} | entry},
    }


class TestOrder:
    @given(
        a=st.text("0123456789ABCDEF", min_size=1, max_size=20), b=st.text("0123456789ABCDEF", min_size=1, max_size=20)
    )
    def test_sequencers_compare_as_s3_defines(self, a: str, b: str) -> None:
        longest = max(len(a), len(b))
        padded = a.ljust(longest, "0"), b.ljust(longest, "0")
        ordered = notifications.ordered(a), notifications.ordered(b)
        assert (ordered[0] < ordered[1]) == (padded[0] < padded[1])
        assert (ordered[0] == ordered[1]) == (padded[0] == padded[1])

    def test_sequencers_of_different_lengths_and_cases(self) -> None:
        assert notifications.ordered("0055aed6") == notifications.ordered("0055AED600")
        assert notifications.ordered("0055AED6DC") < notifications.ordered("0055AED6E")
        with pytest.raises(notifications.MalformedNotification, match="not a hexadecimal number"):
            notifications.ordered("twelve")

    def test_the_same_event_twice_writes_once(self, cloud: Cloud) -> None:
        event = cloud.put("a.png", RED_PNG)
        cloud.calls.clear()
        assert cloud.process(event).outcome is Outcome.READY
        before = cloud.record("a.png")
        assert cloud.process(event).outcome is Outcome.DUPLICATE
        assert cloud.calls.count("PutObject") == 2
        assert cloud.record("a.png") == before

    @pytest.mark.parametrize("keeps_versions", [True, False])
    def test_an_older_event_that_arrives_late_changes_nothing(self, cloud: Cloud, keeps_versions: bool) -> None:
        if keeps_versions:
            versioned(cloud)
        older, newer = cloud.put("a.png", RED_PNG), cloud.put("a.png", GREEN_PNG)
        assert cloud.process(newer).outcome is Outcome.READY
        before = cloud.record("a.png")
        assert cloud.process(older).outcome is Outcome.STALE
        assert cloud.colour("8/a.png.jpg") == "green"
        assert cloud.record("a.png") == before

    def test_an_older_event_with_a_longer_sequencer(self, cloud: Cloud) -> None:
        older, newer = versioned(cloud).put("a.png", RED_PNG), cloud.put("a.png", GREEN_PNG)
        older["s3"]["object"]["sequencer"], newer["s3"]["object"]["sequencer"] = "0A11", "0B"
        assert cloud.process(newer).outcome is Outcome.READY
        assert cloud.process(older).outcome is Outcome.STALE

    def test_each_version_is_read_as_it_was(self, cloud: Cloud) -> None:
        older, newer = versioned(cloud).put("a.png", RED_PNG), cloud.put("a.png", GREEN_PNG)
        cloud.process(older)
        assert cloud.colour("8/a.png.jpg") == "red"
        cloud.process(newer)
        assert cloud.colour("8/a.png.jpg") == "green"

    def test_without_versions_a_replaced_object_is_left_to_its_own_event(self, cloud: Cloud) -> None:
        older, newer = cloud.put("a.png", RED_PNG), cloud.put("a.png", GREEN_PNG)
        assert cloud.process(older).outcome is Outcome.SUPERSEDED
        assert cloud.thumbnails() == []
        assert cloud.process(newer).outcome is Outcome.READY

    def test_a_refused_image_replaces_the_record_of_the_one_before(self, cloud: Cloud) -> None:
        cloud.process(cloud.put("a.png", RED_PNG))
        cloud.process(cloud.put("a.png", b"text"))
        record = cloud.record("a.png")
        assert (record["status"], record["reason"], record["thumbnails"]) == ("REFUSED", "NOT_AN_IMAGE", [])
        assert "source_width" not in record
        cloud.process(cloud.put("a.png", GREEN_PNG))
        record = cloud.record("a.png")
        assert record["status"] == "READY"
        assert not {"reason", "message"} & set(record)


class Killed(BaseException):
    """The execution environment is gone: nothing runs after it, not even what cleans up."""


def killed() -> None:
    raise Killed


class TestConcurrencyAndCrashes:
    def test_while_one_works_another_waits_and_then_finds_it_done(self, cloud: Cloud) -> None:
        event = cloud.put("a.png", RED_PNG)
        upload = notifications.read(S3EventRecord(event))
        assert upload is not None
        records = Records(cloud.dynamodb, TABLE)
        assert records.claim(upload, owner="other", now=cloud.clock(), until=cloud.clock() + 60) is Claim.GRANTED
        cloud.clock.while_waiting = lambda: records.complete(upload, owner="other", values={"status": "READY"})
        cloud.calls.clear()
        assert cloud.process(event).outcome is Outcome.DUPLICATE
        assert "PutObject" not in cloud.calls

    def test_while_one_works_too_long_another_raises(self, cloud: Cloud) -> None:
        event, newer = versioned(cloud).put("a.png", RED_PNG), cloud.put("a.png", GREEN_PNG)
        raised = []

        def meanwhile() -> None:
            cloud.before.clear()
            for other in (event, newer):
                with pytest.raises(processing.Busy):
                    cloud.process(other)
                raised.append(other)
            assert cloud.clock() < start + 62

        start = cloud.clock()
        cloud.before["PutObject"] = meanwhile
        assert cloud.process(event).outcome is Outcome.READY
        assert raised == [event, newer]
        assert cloud.colour("8/a.png.jpg") == "red"
        assert cloud.process(newer).outcome is Outcome.READY
        assert cloud.colour("8/a.png.jpg") == "green"

    def test_a_failure_gives_the_key_back_at_once(self, cloud: Cloud) -> None:
        event = cloud.put("a.png", RED_PNG)

        def slow_down() -> None:
            raise ClientError({"Error": {"Code": "SlowDown"}}, "PutObject")

        cloud.before["PutObject"] = slow_down
        with pytest.raises(ClientError, match="SlowDown"):
            cloud.process(event)
        record = cloud.record("a.png")
        assert record["status"] == "PENDING"
        assert not {"lease_owner", "lease_until", "sequencer"} & set(record)
        cloud.before.clear()
        now = cloud.clock()
        assert cloud.process(event).outcome is Outcome.READY
        assert cloud.clock() == now

    def test_a_failure_stays_the_error_when_giving_back_fails_too(self, cloud: Cloud) -> None:
        event = cloud.put("a.png", RED_PNG)

        def no_memory() -> None:
            cloud.before["UpdateItem"] = unavailable
            raise MemoryError

        def unavailable() -> None:
            raise ClientError({"Error": {"Code": "InternalServerError"}}, "UpdateItem")

        cloud.before["PutObject"] = no_memory
        with pytest.raises(MemoryError):
            cloud.process(event)

    def test_after_a_crash_the_lease_runs_out_with_the_invocation(self, cloud: Cloud) -> None:
        event = cloud.put("a.png", RED_PNG)
        die(cloud, event, call="PutObject", count=2)
        assert cloud.thumbnails() == ["8/a.png.jpg"]
        with pytest.raises(processing.Busy):  # the same invocation's deadline is not over
            cloud.process(event)
        cloud.clock.now += 45
        assert cloud.process(event).outcome is Outcome.READY
        assert len(cloud.thumbnails()) == 2

    def test_a_crash_of_the_newer_is_not_undone_by_the_older(self, cloud: Cloud) -> None:
        older, newer = versioned(cloud).put("a.png", RED_PNG), cloud.put("a.png", GREEN_PNG)
        die(cloud, newer, call="PutObject", count=2)
        cloud.clock.now += 75
        assert cloud.process(older).outcome is Outcome.STALE
        assert cloud.colour("8/a.png.jpg") == "green"
        assert cloud.process(newer).outcome is Outcome.READY

    def test_an_answer_that_was_lost_is_no_conflict(self, cloud: Cloud) -> None:
        upload = notifications.read(S3EventRecord(created(key="a")))
        assert upload is not None
        records = Records(cloud.dynamodb, TABLE)
        for _ in range(2):
            assert records.claim(upload, owner="me", now=1, until=9) is Claim.GRANTED
        for _ in range(2):
            records.complete(upload, owner="me", values={"status": "READY"})
        assert cloud.record("a")["status"] == "READY"

    def test_whoever_lost_the_lease_completes_nothing(self, cloud: Cloud) -> None:
        older = notifications.read(S3EventRecord(created(key="a")))
        assert older is not None
        newer = replace(older, sequencer="1B")
        records = Records(cloud.dynamodb, TABLE)
        assert records.claim(older, owner="slow", now=1, until=9) is Claim.GRANTED
        assert records.claim(newer, owner="next", now=20, until=29) is Claim.GRANTED
        with pytest.raises(LeaseLost):
            records.complete(older, owner="slow", values={"status": "READY"})
        records.release(older, owner="slow")
        assert cloud.record("a")["lease_owner"] == "next"
        assert "sequencer" not in cloud.record("a")

    @given(
        deliveries=st.lists(
            st.tuples(
                st.integers(0, 2),
                st.sampled_from([None, None, ("GetObject", 1), ("PutObject", 1), ("PutObject", 2), ("UpdateItem", 2)]),
                st.sampled_from([0, 1, 20]),
            ),
            max_size=6,
        ),
        keeps_versions=st.booleans(),
        order=st.permutations([0, 1, 2]),
    )
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_happens_the_newest_image_wins(
        self,
        cloud: Cloud,
        deliveries: list[tuple[int, tuple[str, int] | None, int]],
        keeps_versions: bool,
        order: list[int],
    ) -> None:
        """Deliveries in any order, any number of times, with crashes; then each event is retried until it is done."""
        key = f"{uuid.uuid4()}.png"
        bucket = SOURCE if keeps_versions else UNVERSIONED
        events = [versioned(cloud).put(key, body, bucket=bucket) for body in (RED_PNG, GREEN_PNG, BLUE_PNG)]
        done = ""
        for number, crash, later in deliveries:
            try:
                if crash is None:
                    cloud.process(events[number], seconds=4)
                else:
                    die(cloud, events[number], call=crash[0], count=crash[1], seconds=4)
            except processing.Busy:
                pass
            cloud.clock.now += later
            # What is done is never older than what was done before.
            before, done = done, cloud.record(key, bucket).get("sequencer", "")
            assert before <= done
        for number in order:
            cloud.clock.now += 20
            cloud.process(events[number])
        record = cloud.record(key, bucket)
        assert record["status"] == "READY"
        assert record["sequencer"] == notifications.ordered(events[2]["s3"]["object"]["sequencer"])
        assert [cloud.colour(f"{width}/{key}.jpg") for width in (8, 16)] == ["blue", "blue"]


def die(cloud: Cloud, event: dict[str, Any], *, call: str, count: int, seconds: float = 60) -> None:
    """Process an event, and let the execution environment end right before a call."""
    seen = 0

    def dead() -> None:
        raise ClientError({"Error": {"Code": "Dead"}}, call)

    def maybe() -> None:
        nonlocal seen
        seen += 1
        if seen >= count:
            # What cleans up runs in this test all the same, but reaches nothing.
            cloud.before["UpdateItem"] = dead
            killed()

    cloud.before[call] = maybe
    try:
        cloud.process(event, seconds=seconds)
    except Killed:
        pass
    finally:
        cloud.before.clear()


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "reason", "message"),
        [
            (b"", "EMPTY", "the object has no bytes"),
            (
                b"Dear Sir",
                "NOT_AN_IMAGE",
                "the bytes are no image of an accepted format (BMP, GIF, JPEG, PNG, TIFF, WEBP)",
            ),
            (pictures.plain("JPEG")[:400], "DAMAGED", "the image is truncated or damaged (OSError)"),
            (
                pictures.bombs(1001, 1000)["PNG"],
                "TOO_MANY_PIXELS",
                "the image has too many pixels; at most 1000000 are accepted",
            ),
            (b"\0" * 5001, "TOO_MANY_BYTES", "the object has 5001 bytes; at most 5000 are accepted"),
        ],
    )
    def test_a_bad_image_is_recorded_and_not_raised(self, cloud: Cloud, body: bytes, reason: str, message: str) -> None:
        result = cloud.process(cloud.put("a.jpg", body), MAX_PIXELS="1000000", MAX_BYTES="5000")
        assert (result.outcome, result.reason, result.thumbnails) == (Outcome.REFUSED, reason, 0)
        record = cloud.record("a.jpg")
        assert (record["status"], record["reason"], record["message"]) == ("REFUSED", reason, message)
        assert record["source_bytes"] == len(body)
        assert record["thumbnails"] == []
        assert "lease_owner" not in record
        assert cloud.thumbnails() == []

    def test_too_many_bytes_are_not_downloaded(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        def read(*_: Any) -> bytes:
            pytest.fail("it was read")

        event = cloud.put("a.jpg", b"\0" * 5001)
        monkeypatch.setattr(StreamingBody, "read", read)
        assert cloud.process(event, MAX_BYTES="5000").reason == "TOO_MANY_BYTES"
        assert cloud.record("a.jpg")["message"] == "the object has 5001 bytes; at most 5000 are accepted"

    def test_a_wrong_name_does_not_matter_when_the_bytes_are_an_image(self, cloud: Cloud) -> None:
        assert cloud.process(cloud.put("a.jpg", RED_PNG)).outcome is Outcome.READY
        assert cloud.record("a.jpg")["source_format"] == "PNG"

    @pytest.mark.parametrize("keeps_versions", [True, False])
    def test_an_object_that_is_gone_is_recorded_as_such(self, cloud: Cloud, keeps_versions: bool) -> None:
        if keeps_versions:
            versioned(cloud)
        event = cloud.put("a.png", RED_PNG)
        which = {"VersionId": event["s3"]["object"]["versionId"]} if keeps_versions else {}
        cloud.s3.delete_object(Bucket=SOURCE, Key="a.png", **which)
        assert cloud.process(event).outcome is Outcome.GONE
        assert cloud.record("a.png")["status"] == "GONE"
        assert cloud.process(event).outcome is Outcome.DUPLICATE


@dataclass
class Context:
    function_name: str = "thumbnailer"
    memory_limit_in_mb: int = 1769
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:thumbnailer"
    aws_request_id: str = "8b1a1e1e-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def cold_start() -> ModuleType:
    """The function's entry, imported anew."""
    # A logger of that name would be another test's, and keep that test's standard output.
    logging.Logger.manager.loggerDict.pop("thumbnailer", None)
    name = "patterns.events.thumbnailer.handler.thumbnailer.index"
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """The log's lines, and the metrics."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    logs = [line for line in lines if "_aws" not in line]
    metrics: dict[str, float] = {}
    for line in lines:
        for group in line.get("_aws", {}).get("CloudWatchMetrics", []):
            assert group["Namespace"] == "Patterns"
            assert group["Dimensions"] == [["service"]]
            metrics |= {metric["Name"]: sum(line[metric["Name"]]) for metric in group["Metrics"]}
    return logs, metrics


class TestEntry:
    def test_the_photograph_of_the_demo(self, cloud: Cloud) -> None:
        index = cold_start()
        photograph = Path(__file__).parents[4] / "examples" / "photographs" / "grace_hopper.jpg"
        index.handler({"Records": [cloud.put("grace hopper.jpg", photograph.read_bytes())]}, Context())
        assert cloud.image("16/grace hopper.jpg.jpg").size == (16, 19)
        assert cloud.record("grace hopper.jpg")["status"] == "READY"

    def test_one_that_fails_does_not_lose_the_others(self, cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
        index = cold_start()
        no_bucket = cloud.put("x.png", RED_PNG)
        no_bucket["s3"]["bucket"]["name"] = "elsewhere"
        events = [
            cloud.put("a.png", RED_PNG),
            {"eventName": "ObjectCreated:Put"},
            no_bucket,
            cloud.put("b.png", b"no image"),
            created(key="a.png", sequencer="00"),
            {"eventName": "ObjectRemoved:Delete"},
            cloud.put("c.png", GREEN_PNG),
        ]
        with pytest.raises(index.ImagesFailed, match="2 of 7 images could not be processed"):
            index.handler({"Records": events}, Context())
        assert cloud.record("a.png")["status"] == "READY"
        assert cloud.record("b.png")["status"] == "REFUSED"
        assert cloud.colour("8/c.png.jpg") == "green"
        logs, metrics = printed(capsys)
        assert metrics == {
            "ImagesFailed": 2,
            "ImagesReady": 2,
            "ImagesRefused": 1,
            "ImagesSkipped": 2,
            "ThumbnailsWritten": 4,
        }
        errors = [line for line in logs if line["level"] == "ERROR"]
        assert ["malformed" in errors[0]["exception"], "NoSuchBucket" in errors[1]["exception"]] == [True, True]
        assert "source_id" not in errors[0]
        # Tried again, only what failed is done again.
        cloud.calls.clear()
        with pytest.raises(index.ImagesFailed):
            index.handler({"Records": events}, Context())
        assert "PutObject" not in cloud.calls

    def test_refusals_and_losses_are_counted_and_not_raised(
        self, cloud: Cloud, capsys: pytest.CaptureFixture[str]
    ) -> None:
        index = cold_start()
        lost = cloud.put("lost.png", RED_PNG)
        cloud.s3.delete_object(Bucket=SOURCE, Key="lost.png")
        index.handler({"Records": [cloud.put("a.png", b""), lost]}, Context())
        logs, metrics = printed(capsys)
        assert metrics == {"ImagesFailed": 0, "ImagesRefused": 1, "ImagesGone": 1, "ThumbnailsWritten": 0}
        told = [(line["level"], line["outcome"], line.get("reason")) for line in logs]
        assert told == [("WARNING", "refused", "EMPTY"), ("WARNING", "gone", None)]

    @pytest.mark.usefixtures("cloud")
    def test_s3s_own_test_of_a_notification_does_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        index = cold_start()
        index.handler({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": SOURCE}, Context())
        assert printed(capsys) == ([], {"ImagesFailed": 0})

    def test_the_log_names_no_key_and_tells_nothing_of_the_image(
        self,
        cloud: Cloud,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        index = cold_start()
        exif = Image.Exif()
        exif[0x010E] = SECRET
        body = pictures.encoded(Image.new("RGB", (64, 48), RED), "JPEG", exif=exif)
        events = [cloud.put(f"jane.doe/{name}.jpg", body) for name in ("ready", "failed", "gone")]
        cloud.s3.delete_object(Bucket=SOURCE, Key="jane.doe/gone.jpg")
        events.append(cloud.put("jane.doe/refused.jpg", body[:-200]))
        upload = notifications.read(S3EventRecord(events[1]))
        assert upload is not None
        records = Records(cloud.dynamodb, TABLE)
        records.claim(upload, owner="other", now=cloud.clock(), until=cloud.clock() + 1000)
        fake = replace(index.thumbnailer, clock=cloud.clock, sleep=cloud.clock.sleep)
        monkeypatch.setattr(index, "thumbnailer", fake)
        with pytest.raises(index.ImagesFailed) as caught:
            index.handler({"Records": events}, Context())
        out = capsys.readouterr().out
        assert upload.source_id in out
        assert cloud.record("jane.doe/failed.jpg")["source_id"] == upload.source_id
        for secret in ("jane", SECRET):
            assert secret not in out
            assert secret not in str(caught.value)
        assert SECRET not in str([cloud.record(f"jane.doe/{name}.jpg") for name in ("ready", "refused")])

    @pytest.mark.usefixtures("environment")
    def test_a_wrong_setting_stops_the_cold_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WIDTHS", "none")
        with pytest.raises(ValueError, match="WIDTHS must be"):
            cold_start()


class TestConfiguration:
    @pytest.mark.parametrize(
        ("variable", "value", "message"),
        [
            ("DESTINATION_BUCKET", "", "DESTINATION_BUCKET must be set"),
            ("TABLE_NAME", "", "TABLE_NAME must be set"),
            ("WIDTHS", "", "WIDTHS must be set"),
            ("POWERTOOLS_SERVICE_NAME", "", "POWERTOOLS_SERVICE_NAME must be set"),
            ("POWERTOOLS_METRICS_NAMESPACE", "", "POWERTOOLS_METRICS_NAMESPACE must be set"),
            *(
                (
                    "WIDTHS",
                    value,
                    f"WIDTHS must be 1 to 8 different whole numbers between 1 and 4096, got {value!r}",
                )
                for value in ("0", "4097", "1.5", "-1", "a", "1,", "5,5", "1,2,3,4,5,6,7,8,9", "²")
            ),
            ("FORMAT", "GIF", "FORMAT must be one of JPEG, PNG, WEBP, AVIF, got 'GIF'"),
            ("QUALITY", "101", "QUALITY must be a whole number, 1 to 100, got '101'"),
            ("QUALITY", "high", "QUALITY must be a whole number, 1 to 100, got 'high'"),
            ("MAX_BYTES", "0", "MAX_BYTES must be a whole number, 1 or more, got '0'"),
            ("MAX_PIXELS", "1e8", "MAX_PIXELS must be a whole number, 1 or more, got '1e8'"),
        ],
    )
    def test_a_wrong_setting_is_named(self, variable: str, value: str, message: str) -> None:
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
            Configuration.from_environment(ENVIRONMENT | {variable: value})
        assert str(caught.value) == message

    def test_defaults(self) -> None:
        made = Configuration.from_environment(ENVIRONMENT | {"WIDTHS": "512, 128"})
        assert made.widths == (128, 512)
        assert (made.output.name, made.quality) == ("JPEG", 85)
        assert (made.source_prefix, made.source_suffixes, made.destination_prefix) == ("", (), "")
        assert (made.max_bytes, made.max_pixels) == (100 * 2**20, 100_000_000)


def test_every_dependency_is_pinned_with_hashes_and_no_index_is_named() -> None:
    import patterns.events.thumbnailer.handler.thumbnailer as package

    text = (Path(package.__path__[0]).parent / "requirements.txt").read_text()
    requirements = text.replace("\\\n", "").splitlines()
    pinned = [line for line in requirements if line and not line.startswith("#")]
    assert {line.split("==")[0] for line in pinned} >= {"pillow", "aws-lambda-powertools"}
    assert all("==" in line and "--hash=sha256:" in line for line in pinned)
    assert "://" not in text
