"""The functions of example applications that take messages off queues."""

import importlib
import json

import pytest

from tests.examples.order_intake.orders import order
from tests.queue_batches import assert_a_group_stops_at_its_first_failure


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "TABLE_NAME": "table",
    }.items():
        monkeypatch.setenv(name, value)


def test_a_group_of_orders_stops_at_its_first_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    intake = importlib.import_module("examples.order_intake.intake_handler.intake.index")
    monkeypatch.setattr(intake, "write", lambda _order, *, sent: f"written at {sent}")
    assert_a_group_stops_at_its_first_failure(intake.handler, None, good=json.dumps(order("A-1")))


def test_a_group_of_thumbnails_stops_at_its_first_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = importlib.import_module("examples.image_service.gallery_handler.gallery.index")
    monkeypatch.setattr(gallery, "note", lambda _thumbnail: None)
    good = json.dumps({"Records": [{"s3": {"object": {"key": "128/a.jpg", "size": 1, "sequencer": "1"}}}]})
    assert_a_group_stops_at_its_first_failure(gallery.handler, None, good=good)
