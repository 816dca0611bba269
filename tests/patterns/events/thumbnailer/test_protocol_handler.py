"""The protocol of claims and records, and what surrounds it: each call, each record and each line as a whole."""

import hashlib
import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from aws_lambda_powertools.utilities.data_classes.s3_event import S3EventRecord
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.answering import Aws, Refusal, loaded

SETTINGS = {
    "DESTINATION_BUCKET": "destination",
    "TABLE_NAME": "records",
    "WIDTHS": "16,8",
    "DESTINATION_PREFIX": "small/",
    "SOURCE_PREFIX": "in/",
    "QUALITY": "70",
    "FORMAT": "PNG",
    "MAX_BYTES": "5000",
    "MAX_PIXELS": "9000",
    "POWERTOOLS_SERVICE_NAME": "thumbnailer",
    "POWERTOOLS_METRICS_NAMESPACE": "Patterns",
}
FOLDER = "events/thumbnailer/handler/thumbnailer"
NOW = 1_800_000_000.25
MODULES = ("notifications", "configuration", "records", "processing", "images")
Modules = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def modules() -> Iterator[Modules]:
    with loaded(FOLDER, *MODULES, **SETTINGS) as module:
        yield module


def created(key: Any = "in/a.png", sequencer: Any = "1A00", **about: Any) -> dict[str, Any]:
    entry = {"key": key, "sequencer": sequencer, "eTag": "e", "versionId": "v1", **about}
    return {
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-21T08:00:00.000Z",
        "s3": {"bucket": {"name": "source"}, "object": {name: one for name, one in entry.items() if one is not None}},
    }


def upload_of(modules: Modules, **about: Any) -> Any:
    given = {"bucket": "source", "key": "in/a.png", "sequencer": "1A", "version_id": "v1", "etag": "e"}
    return modules("notifications").Upload(**given | {"uploaded_at": "then"} | about)


SOURCE_ID = hashlib.sha256(b"source/in/a.png").hexdigest()[:16]


# --- notifications ---


@pytest.mark.parametrize(
    ("record", "about"),
    [
        (created(), {}),
        (created("in/a+%C3%BC.png", "00fa0"), {"key": "in/a \u00fc.png", "sequencer": "00FA"}),
        (created(versionId=None, eTag=None), {"version_id": None, "etag": None}),
    ],
)
def test_a_notification_is_read_whole(modules: Modules, record: dict[str, Any], about: dict[str, Any]) -> None:
    found = modules("notifications").read(S3EventRecord(record))
    assert found == upload_of(modules, uploaded_at="2026-11-21T08:00:00.000Z", **about)
    assert found.source_id == hashlib.sha256(f"source/{found.key}".encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", ["ObjectRemoved:Delete", "s3:ObjectCreated:Put", "ObjectCreatedPut"])
def test_what_creates_nothing_is_no_upload(modules: Modules, name: str) -> None:
    assert modules("notifications").read(S3EventRecord({**created(), "eventName": name})) is None


@pytest.mark.parametrize(
    ("record", "refused"),
    [
        ({}, "the notification is malformed: KeyError: 'eventName'"),
        ({"eventName": 7}, "the notification is malformed: AttributeError: 'int' object has no attribute 'startswith'"),
        (created(key=None), "the notification is malformed: KeyError: 'key'"),
        (created(key="%FF"), "the notification is malformed: UnicodeDecodeError: "),
        (created(sequencer=None), "the notification is malformed: KeyError: 'sequencer'"),
        (created(sequencer=7), "the notification is malformed: TypeError: "),
        (created(key=""), "the notification names no bucket or no key"),
        (
            {**created(), "s3": {**created()["s3"], "bucket": {"name": ""}}},
            "the notification names no bucket or no key",
        ),
        (created(sequencer="1G"), "the notification's sequencer is not a hexadecimal number"),
        (created(sequencer=""), "the notification's sequencer is not a hexadecimal number"),
    ],
)
def test_what_is_no_notification_is_malformed(modules: Modules, record: dict[str, Any], refused: str) -> None:
    notifications = modules("notifications")
    with pytest.raises(notifications.MalformedNotification) as caught:
        notifications.read(S3EventRecord(record))
    text = str(caught.value)
    assert text == refused or (refused.endswith(": ") and text.startswith(refused))


# --- records ---

CLAIMING = (
    "SET claimed_sequencer = :sequencer, lease_owner = :owner, lease_until = :until, source_id = :id,"
    " #status = if_not_exists(#status, :pending)"
)
UNLESS = (
    "lease_owner = :owner OR ("
    "(attribute_not_exists(claimed_sequencer) OR claimed_sequencer <= :sequencer)"
    " AND (attribute_not_exists(sequencer) OR sequencer < :sequencer)"
    " AND (attribute_not_exists(lease_until) OR lease_until < :now))"
)


def update(expression: str, condition: str, names: dict[str, str], **values: Any) -> tuple[str, dict[str, Any]]:
    given: dict[str, Any] = {
        "TableName": "records",
        "Key": {"source_key": {"S": "in/a.png"}, "source_bucket": {"S": "source"}},
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return "UpdateItem", given | ({"ExpressionAttributeNames": names} if names else {})


def claiming(owner: str, now: int, until: int) -> tuple[str, dict[str, Any]]:
    return update(
        CLAIMING,
        UNLESS,
        {"#status": "status"},
        sequencer={"S": "1A"},
        owner={"S": owner},
        now={"N": str(now)},
        until={"N": str(until)},
        id={"S": SOURCE_ID},
        pending={"S": "PENDING"},
    )


def refused(**item: str) -> Refusal:
    return Refusal("ConditionalCheckFailedException", item={name: {"S": value} for name, value in item.items()})


def with_item(refusal: Refusal) -> Callable[[Any], Any]:
    """What botocore makes of a refusal that returns the item."""

    def raised(_: Any) -> Any:
        about: Any = {"Error": {"Code": refusal.code, "Message": "refused"}, "Item": refusal.others["item"]}
        return ClientError(about, "UpdateItem")

    return raised


def there(**item: str) -> Callable[[Any], Any]:
    return with_item(refused(**item))


@pytest.mark.parametrize(
    ("answer", "claim"),
    [
        ({}, "GRANTED"),
        (there(sequencer="1A"), "DUPLICATE"),
        (there(sequencer="1A", claimed_sequencer="1B"), "DUPLICATE"),
        (there(sequencer="1B"), "STALE"),
        (there(claimed_sequencer="1B"), "STALE"),
        (there(sequencer="19", claimed_sequencer="1B"), "STALE"),
        (there(sequencer="1B", claimed_sequencer="19"), "STALE"),
        (there(sequencer="19", claimed_sequencer="1A"), "BUSY"),
        (there(claimed_sequencer="1A"), "BUSY"),
        (there(), "BUSY"),
        (Refusal("ConditionalCheckFailedException"), "BUSY"),
    ],
)
def test_a_claim_is_one_conditional_write(modules: Modules, aws: Aws, answer: Any, claim: str) -> None:
    aws.answers["UpdateItem"] = answer
    records = table(modules)
    found = records.claim(upload_of(modules), owner="me", now=5.9, until=9.9)
    assert found is modules("records").Claim[claim]
    assert aws.calls == [claiming("me", 5, 10)]


def table(modules: Modules) -> Any:
    import boto3

    return modules("records").Records(boto3.client("dynamodb"), "records")


def test_a_claim_that_the_table_does_not_answer_is_an_error(modules: Modules, aws: Aws) -> None:
    aws.answers["UpdateItem"] = Refusal("ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        table(modules).claim(upload_of(modules), owner="me", now=5, until=9)


RELEASED = update("REMOVE lease_owner, lease_until", "lease_owner = :owner", {}, owner={"S": "me"})


def test_a_lease_is_given_back(modules: Modules, aws: Aws) -> None:
    table(modules).release(upload_of(modules), owner="me")
    assert aws.calls == [RELEASED]


@pytest.mark.parametrize(
    ("values", "changed", "written"),
    [
        (
            {"a": 1, "b": None, "c": "x", "d": None},
            "SET #a = :a, #c = :c, #sequencer = :sequencer REMOVE lease_owner, lease_until, #b, #d",
            {"a": {"N": "1"}, "c": {"S": "x"}},
        ),
        ({}, "SET #sequencer = :sequencer REMOVE lease_owner, lease_until", {}),
    ],
)
@pytest.mark.parametrize(
    ("answer", "lost"), [({}, False), (there(sequencer="1A"), False), (there(sequencer="1B"), True)]
)
def test_a_work_is_completed_by_who_holds_the_lease(
    modules: Modules, aws: Aws, values: dict[str, Any], changed: str, written: dict[str, Any], answer: Any, lost: bool
) -> None:
    aws.answers["UpdateItem"] = answer
    if lost:
        text = f"^the lease of {SOURCE_ID} ran out before the work was done$"
        with pytest.raises(modules("records").LeaseLost, match=text):
            table(modules).complete(upload_of(modules), owner="me", values=values)
    else:
        table(modules).complete(upload_of(modules), owner="me", values=values)
    names = {f"#{name}": name for name in (*values, "sequencer")}
    given = {"owner": {"S": "me"}, **written, "sequencer": {"S": "1A"}}
    assert aws.calls == [update(changed, "lease_owner = :owner", names, **given)]


# --- processing ---


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


# --- configuration ---


def test_every_setting_is_read(modules: Modules) -> None:
    configuration = modules("configuration")
    environment = {**SETTINGS, "SOURCE_SUFFIXES": ".png,,.jpg", "WIDTHS": " 4096, 1 "}
    assert configuration.Configuration.from_environment(environment) == configuration.Configuration(
        destination_bucket="destination",
        table_name="records",
        widths=(1, 4096),
        output=modules("images").FORMATS["PNG"],
        quality=70,
        source_prefix="in/",
        source_suffixes=(".png", ".jpg"),
        destination_prefix="small/",
        max_bytes=5000,
        max_pixels=9000,
    )


@pytest.mark.parametrize("quality", ["1", "100"])
@pytest.mark.parametrize("widths", ["1", "1,2,3,4,5,6,7,8", "4096"])
def test_limits_themselves_are_allowed(modules: Modules, quality: str, widths: str) -> None:
    environment = {**SETTINGS, "QUALITY": quality, "WIDTHS": widths, "MAX_BYTES": "1", "MAX_PIXELS": "1"}
    found = modules("configuration").Configuration.from_environment(environment)
    assert (found.quality, found.widths) == (int(quality), tuple(map(int, widths.split(","))))
    assert (found.max_bytes, found.max_pixels) == (1, 1)


WIDE = "WIDTHS must be 1 to 8 different whole numbers between 1 and 4096, got "


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        *(
            ({"WIDTHS": one}, f"{WIDE}{one!r}")
            for one in ("4097", "0", "1,2,3,4,5,6,7,8,9", "5, 5", ",", "\u00b2", "1,x")
        ),
        ({"QUALITY": "0"}, "QUALITY must be a whole number, 1 to 100, got '0'"),
        ({"QUALITY": "101"}, "QUALITY must be a whole number, 1 to 100, got '101'"),
        ({"QUALITY": "\u00b2"}, "QUALITY must be a whole number, 1 to 100, got '\u00b2'"),
        ({"QUALITY": "\u0661"}, "QUALITY must be a whole number, 1 to 100, got '\u0661'"),
        ({"MAX_BYTES": "0"}, "MAX_BYTES must be a whole number, 1 or more, got '0'"),
        ({"MAX_PIXELS": ""}, "MAX_PIXELS must be a whole number, 1 or more, got ''"),
        ({"FORMAT": "png"}, "FORMAT must be one of JPEG, PNG, WEBP, AVIF, got 'png'"),
        ({"TABLE_NAME": ""}, "TABLE_NAME must be set"),
    ],
)
def test_a_wrong_setting_is_named(modules: Modules, settings: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        modules("configuration").Configuration.from_environment(SETTINGS | settings)
    assert str(caught.value) == message


@pytest.mark.parametrize("missing", ["DESTINATION_BUCKET", "TABLE_NAME", "WIDTHS", "POWERTOOLS_SERVICE_NAME"])
def test_a_setting_that_is_missing_is_named(modules: Modules, missing: str) -> None:
    environment = {name: value for name, value in SETTINGS.items() if name != missing}
    with pytest.raises(ValueError, match=f"^{missing} must be set$"):
        modules("configuration").Configuration.from_environment(environment)


def test_defaults_accept_every_image_but_thumbnails(modules: Modules) -> None:
    names = ("DESTINATION_BUCKET", "TABLE_NAME", "WIDTHS", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE")
    configuration = modules("configuration").Configuration
    found = configuration.from_environment({name: SETTINGS[name] for name in names})
    assert found == configuration(
        destination_bucket="destination",
        table_name="records",
        widths=(8, 16),
        output=modules("images").FORMATS["JPEG"],
        quality=85,
        source_prefix="",
        source_suffixes=(),
        destination_prefix="",
        max_bytes=104857600,
        max_pixels=100000000,
    )
    assert [found.accepts(*one) for one in (("source", "a"), ("source", "a/"), ("destination", "a"))] == [
        True,
        False,
        False,
    ]
    prefixed = replace(found, destination_prefix="small/", source_suffixes=(".png",))
    assert prefixed.accepts("destination", "a.png")
    assert not prefixed.accepts("destination", "a.gif")


def test_formats_are_told_with_their_types(modules: Modules) -> None:
    found = {
        (name, one.name, one.extension, one.content_type, one.alpha) for name, one in modules("images").FORMATS.items()
    }
    assert found == {
        ("JPEG", "JPEG", "jpg", "image/jpeg", False),
        ("PNG", "PNG", "png", "image/png", True),
        ("WEBP", "WEBP", "webp", "image/webp", True),
        ("AVIF", "AVIF", "avif", "image/avif", True),
    }


# --- the entry ---


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], ModuleType]]:
    """Load the entry within a test, whose standard output its logger then writes to."""
    with ExitStack() as stack:

        def started() -> ModuleType:
            # A logger of that name would be another test's.
            monkeypatch.delitem(logging.Logger.manager.loggerDict, "thumbnailer", raising=False)
            return stack.enter_context(loaded(FOLDER, "index", "processing", **SETTINGS))("index")

        yield started
    logging.Logger.manager.loggerDict.pop("thumbnailer", None)


CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=128,
    invoked_function_arn="arn",
    aws_request_id="request",
    get_remaining_time_in_millis=lambda: 5_500,
)


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [one for one in lines if "_aws" not in one], [one for one in lines if "_aws" in one]


def test_each_record_is_processed_logged_and_counted(
    start: Callable[[], ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    index = start()
    outcome = index.Outcome
    answers = [
        index.Result(outcome=outcome.READY, thumbnails=2),
        RuntimeError("no luck"),
        index.Result(outcome=outcome.REFUSED, reason="EMPTY"),
        index.Result(outcome=outcome.GONE),
        index.Result(outcome=outcome.STALE),
        index.Result(outcome=outcome.READY, thumbnails=3),
    ]
    process = Mock(side_effect=answers)
    monkeypatch.setattr(index, "thumbnailer", SimpleNamespace(process=process, clock=lambda: 100.0))
    records = [created(sequencer=str(number)) for number in range(1, 7)]
    skipped = {**created(), "eventName": "ObjectRemoved:Delete"}
    with pytest.raises(index.ImagesFailed, match=r"^1 of 7 images could not be processed; the log says why$"):
        index.handler({"Records": [*records, skipped]}, CONTEXT)
    assert [one.kwargs for one in process.mock_calls] == [{"deadline": 105.5}] * 6
    assert [one.args[0].sequencer for one in process.mock_calls] == list("123456")
    logs, [metrics] = printed(capsys)
    failed = logs.pop(1)
    assert (failed["level"], failed["message"]) == ("ERROR", "an image could not be processed")
    assert (failed["sequencer"], failed["exception_name"]) == ("2", "RuntimeError")
    names = ("level", "message", "outcome", "reason", "thumbnails", "source_id", "sequencer", "version_id")
    said = "image processed"
    assert [tuple(one.get(name) for name in names) for one in logs] == [
        ("INFO", said, "ready", None, 2, SOURCE_ID, "1", "v1"),
        ("WARNING", said, "refused", "EMPTY", 0, SOURCE_ID, "3", "v1"),
        ("WARNING", said, "gone", None, 0, SOURCE_ID, "4", "v1"),
        ("INFO", said, "stale", None, 0, SOURCE_ID, "5", "v1"),
        ("INFO", said, "ready", None, 3, SOURCE_ID, "6", "v1"),
    ]
    assert {one["function_request_id"] for one in logs} == {"request"}
    counts = {
        "ImagesFailed": [1.0],
        "ImagesReady": [2.0],
        "ThumbnailsWritten": [5.0],
        "ImagesRefused": [1.0],
        "ImagesGone": [1.0],
        "ImagesSkipped": [2.0],
    }
    about = metrics.pop("_aws")["CloudWatchMetrics"]
    told = [{"Name": name, "Unit": "Count"} for name in counts]
    assert about == [{"Namespace": "Patterns", "Dimensions": [["service"]], "Metrics": told}]
    assert metrics == {"service": "thumbnailer", **counts}


def test_what_is_known_of_one_record_is_not_said_of_the_next(
    start: Callable[[], ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    index = start()
    ready = index.Result(outcome=index.Outcome.READY, thumbnails=2)
    monkeypatch.setattr(index, "thumbnailer", SimpleNamespace(process=lambda *_, **__: ready, clock=lambda: 100.0))
    with pytest.raises(index.ImagesFailed, match=r"^1 of 2 images could not be processed; the log says why$"):
        index.handler({"Records": [created(), {"eventName": "ObjectCreated:Put"}]}, CONTEXT)
    logs, _ = printed(capsys)
    assert not {"source_id", "sequencer", "version_id"} & set(logs[1])


@pytest.mark.parametrize(("event", "counted"), [({"Event": "s3:TestEvent"}, True), ({"Records": []}, True)])
def test_an_event_without_records_does_nothing(
    start: Callable[[], ModuleType], aws: Aws, capsys: pytest.CaptureFixture[str], event: dict[str, Any], counted: bool
) -> None:
    index = start()
    assert index.handler(event, CONTEXT) is None
    logs, metrics = printed(capsys)
    assert (logs, [one["ImagesFailed"] for one in metrics], aws.calls) == ([], [[0.0]] if counted else [], [])


def test_the_entry_is_made_of_the_environment(start: Callable[[], ModuleType]) -> None:
    index = start()
    assert index.thumbnailer.configuration is index.configuration
    assert index.configuration == type(index.configuration).from_environment(SETTINGS)
    assert (index.thumbnailer.s3.meta.service_model.service_name, index.thumbnailer.records._table_name) == (
        "s3",
        "records",
    )
    assert index.thumbnailer.records._dynamodb.meta.service_model.service_name == "dynamodb"
