"""What the function logs and counts of each record."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from tests.answering import Aws, loaded
from tests.patterns.events.thumbnailer.handler.claims import FOLDER, SETTINGS, SOURCE_ID, created


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
