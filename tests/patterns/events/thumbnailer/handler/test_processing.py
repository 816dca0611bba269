"""One image from its claim to its record: each call, and what becomes of it."""

import io
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.answering import Aws, Refusal
from tests.patterns.events.thumbnailer.handler.claims import (
    RELEASED,
    SETTINGS,
    SOURCE_ID,
    Modules,
    claiming,
    table,
    there,
    update,
    upload_of,
)

NOW = 1_800_000_000.25


@dataclass
class Scene:
    """A thumbnailer whose pictures are made of nothing, in time that passes only while somebody sleeps."""

    modules: Modules
    aws: Aws
    now: float = NOW
    slept: list[float] = field(default_factory=list)
    read: Mock = field(default_factory=Mock)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def process(self, upload: Any = None, seconds: float = 10, **settings: Any) -> Any:
        import boto3

        configuration = self.modules("configuration").Configuration.from_environment(SETTINGS | settings)
        one = self.modules("processing").Thumbnailer(
            configuration=configuration,
            s3=boto3.client("s3"),
            records=table(self.modules),
            clock=lambda: self.now,
            sleep=self.sleep,
        )
        return one.process(upload or upload_of(self.modules), deadline=self.now + seconds)

    def result(self, outcome: str, thumbnails: int = 0, reason: str | None = None) -> Any:
        processing = self.modules("processing")
        return processing.Result(outcome=processing.Outcome[outcome], thumbnails=thumbnails, reason=reason)


class Body(io.BytesIO):
    """An object's content, which says whether it was read."""

    was_read = False

    def read(self, *given: Any) -> bytes:
        self.was_read = True
        return super().read(*given)


class _Uncopied(dict[str, Any]):
    def __deepcopy__(self, _: Any) -> "_Uncopied":
        return self


class Picture:
    """A picture of 40 x 20 pixels, whose thumbnails say how they were made."""

    format, width, height = "GIF", 40, 20

    def __init__(self) -> None:
        self.made: list[tuple[int, str, int]] = []

    def thumbnail(self, width: int, *, output: Any, quality: int) -> Any:
        self.made.append((width, output.name, quality))
        return SimpleNamespace(width=width, height=width // 2, body=b"x" * width)


@pytest.fixture
def scene(modules: Modules, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Scene:
    one = Scene(modules, aws)
    monkeypatch.setattr(modules("images"), "read", one.read)
    monkeypatch.setattr(modules("processing").uuid, "uuid4", lambda: SimpleNamespace(hex="me"))
    monkeypatch.setattr(modules("processing").random, "uniform", lambda least, most: {(0.5, 1): 1.0}[least, most])
    aws.answers["GetObject"] = lambda _: {"ContentLength": 7, "Body": io.BytesIO(b"content")}
    one.read.return_value = Picture()
    return one


CLAIMED = claiming("me", int(NOW), int(NOW) + 10 + 10 + 1)

GOT = ("GetObject", {"Bucket": "source", "Key": "in/a.png", "VersionId": "v1", "IfMatch": '"e"'})

THUMBNAILS = [{"M": {"key": {"S": f"small/{width}/a.png.png"}, "width": {"N": str(width)},
                     "height": {"N": str(width // 2)}, "bytes": {"N": str(width)}}} for width in (8, 16)]  # fmt: skip


def put(width: int) -> tuple[str, dict[str, Any]]:
    given = {"Bucket": "destination", "Key": f"small/{width}/a.png.png", "Body": b"x" * width}
    return "PutObject", {**given, "ContentType": "image/png"}


def completed(status: str, **values: Any) -> tuple[str, dict[str, Any]]:
    known = {
        "version_id": {"S": "v1"},
        "etag": {"S": "e"},
        "uploaded_at": {"S": "then"},
        "source_bytes": None,
        "source_format": None,
        "source_width": None,
        "source_height": None,
        "reason": None,
        "message": None,
        "thumbnails": {"L": []},
        "status": {"S": status},
        "processed_at": {"S": "2027-01-15T08:00:00.250000+00:00"},
        "sequencer": {"S": "1A"},
    } | values
    kept = {name: value for name, value in known.items() if value is not None}
    changed = ", ".join(f"#{name} = :{name}" for name in kept)
    removed = ", ".join(["lease_owner", "lease_until", *(f"#{name}" for name in known if name not in kept)])
    names = {f"#{name}": name for name in known}
    return update(f"SET {changed} REMOVE {removed}", "lease_owner = :owner", names, owner={"S": "me"}, **kept)


def test_thumbnails_are_written_and_then_the_record(scene: Scene) -> None:
    assert scene.process() == scene.result("READY", 2)
    found = {"source_format": {"S": "GIF"}, "source_width": {"N": "40"}, "source_height": {"N": "20"}}
    record = completed("READY", source_bytes={"N": "7"}, **found, thumbnails={"L": THUMBNAILS})
    assert scene.aws.calls == [CLAIMED, GOT, put(8), put(16), record]
    scene.read.assert_called_once_with(b"content", width=16, max_pixels=9000)
    assert scene.read.return_value.made == [(8, "PNG", 70), (16, "PNG", 70)]


@pytest.mark.parametrize(
    ("about", "asked"),
    [
        ({"version_id": None}, {"IfMatch": '"e"'}),
        ({"etag": None}, {"VersionId": "v1"}),
        ({"version_id": "", "etag": ""}, {}),
    ],
)
def test_what_a_notification_does_not_say_is_not_asked_for(
    scene: Scene, about: dict[str, Any], asked: dict[str, str]
) -> None:
    scene.process(upload_of(scene.modules, **about))
    assert scene.aws.named("GetObject") == [{"Bucket": "source", "Key": "in/a.png", **asked}]


@pytest.mark.parametrize("code", ["NoSuchKey", "NoSuchVersion"])
def test_an_object_that_is_gone_is_recorded(scene: Scene, code: str) -> None:
    scene.aws.answers["GetObject"] = Refusal(code)
    assert scene.process() == scene.result("GONE")
    assert scene.aws.calls == [CLAIMED, GOT, completed("GONE")]


def test_an_object_that_was_replaced_is_left_to_its_own_event(scene: Scene) -> None:
    scene.aws.answers["GetObject"] = Refusal("PreconditionFailed")
    assert scene.process() == scene.result("SUPERSEDED")
    assert scene.aws.calls == [CLAIMED, GOT, RELEASED]


@pytest.mark.parametrize("release", [{}, Refusal("ThrottlingException"), ReadTimeoutError(endpoint_url="a")])
def test_what_fails_gives_the_lease_back_and_is_raised(scene: Scene, release: Any) -> None:
    scene.aws.answers |= {"GetObject": Refusal("SlowDown"), "UpdateItem": [{}, release]}
    with pytest.raises(ClientError, match="SlowDown"):
        scene.process()
    assert scene.aws.calls == [CLAIMED, GOT, RELEASED]


def refused_with(reason: str, message: str, **others: Any) -> tuple[str, dict[str, Any]]:
    return completed("REFUSED", reason={"S": reason}, message={"S": message}, **others)


def test_an_archived_object_is_refused(scene: Scene) -> None:
    scene.aws.answers["GetObject"] = Refusal("InvalidObjectState")
    assert scene.process() == scene.result("REFUSED", reason="ARCHIVED")
    refusal = refused_with("ARCHIVED", "the object is archived and cannot be read")
    assert scene.aws.calls == [CLAIMED, GOT, refusal]


@pytest.mark.parametrize("length", [5000, 5001])
def test_an_object_that_is_too_large_is_not_read(scene: Scene, length: int) -> None:
    body = Body(b"content")
    # The content is closed whether or not it is read.
    scene.aws.answers["GetObject"] = _Uncopied(ContentLength=length, Body=body)
    result = scene.process()
    assert body.closed
    assert body.was_read is (length == 5000)
    if length == 5001:
        assert result == scene.result("REFUSED", reason="TOO_MANY_BYTES")
        told = "the object has 5001 bytes; at most 5000 are accepted"
        assert scene.aws.calls[-1] == refused_with("TOO_MANY_BYTES", told, source_bytes={"N": "5001"})
    else:
        assert result == scene.result("READY", 2)


def test_an_image_that_is_refused_is_recorded(scene: Scene) -> None:
    scene.read.side_effect = scene.modules("images").Refused("EMPTY", "the object has no bytes")
    assert scene.process() == scene.result("REFUSED", reason="EMPTY")
    refusal = refused_with("EMPTY", "the object has no bytes", source_bytes={"N": "7"})
    assert scene.aws.calls == [CLAIMED, GOT, refusal]


@pytest.mark.parametrize("longest", [1024, 1025])
def test_a_key_that_leaves_no_room_is_refused(scene: Scene, longest: int) -> None:
    # The longest is that of the wider thumbnail, counted in bytes.
    name = "\u00fc" + "a" * (longest - len("small/16/.png") - 2)
    result = scene.process(upload_of(scene.modules, key=f"in/{name}"))
    if longest == 1024:
        assert result == scene.result("READY", 2)
        return
    assert result == scene.result("REFUSED", reason="KEY_TOO_LONG")
    told = scene.aws.calls[-1][1]["ExpressionAttributeValues"]
    assert told[":message"] == {"S": "a thumbnail's key would have 1025 bytes; S3 allows 1024"}
    assert not scene.aws.named("GetObject")


@pytest.mark.parametrize(
    ("answer", "outcome"), [(there(sequencer="1A"), "DUPLICATE"), (there(sequencer="1B"), "STALE")]
)
def test_what_was_done_is_not_done_again(scene: Scene, answer: Any, outcome: str) -> None:
    scene.aws.answers["UpdateItem"] = answer
    assert scene.process() == scene.result(outcome)
    assert scene.aws.calls == [CLAIMED]


def test_a_lease_that_is_taken_is_asked_for_again_for_half_the_time(scene: Scene) -> None:
    scene.aws.answers["UpdateItem"] = there(claimed_sequencer="1A")
    with pytest.raises(scene.modules("processing").Busy, match=f"^another invocation holds the lease of {SOURCE_ID}$"):
        scene.process(seconds=9.1)
    assert scene.slept == [0.1, 0.2, 0.4, 0.8, 1, 1, 1]
    times = [one["ExpressionAttributeValues"] for one in scene.aws.named("UpdateItem")]
    assert [one[":until"] for one in times] == [{"N": str(int(NOW) + 9 + 10 + 1)}] * 8
    assert [int(one[":now"]["N"]) - int(NOW) for one in times] == [0, 0, 0, 0, 1, 2, 3, 4]


def test_a_lease_that_is_given_back_is_taken(scene: Scene) -> None:
    scene.aws.answers["UpdateItem"] = [there(), there(), {}, {}]
    assert scene.process() == scene.result("READY", 2)
    assert scene.slept == [0.1, 0.2]


@pytest.mark.parametrize(
    ("bucket", "key"),
    [("destination", "small/8/a.png"), ("source", "a.png"), ("source", "in/"), ("source", "in/a.gif")],
)
def test_what_is_outside_the_filter_asks_nothing(scene: Scene, bucket: str, key: str) -> None:
    settings: dict[str, Any] = {"SOURCE_PREFIX": ""} if bucket == "destination" else {"SOURCE_SUFFIXES": ".png,.jpg"}
    assert scene.process(upload_of(scene.modules, bucket=bucket, key=key), **settings) == scene.result("OUTSIDE_FILTER")
    assert scene.aws.calls == []
