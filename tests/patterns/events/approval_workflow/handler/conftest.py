"""The handlers, loaded as AWS Lambda loads them, at a time that stands still."""

import logging
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.answering import loaded
from tests.patterns.events.approval_workflow.handler.approvals import MODULES, NOW, SETTINGS


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    with loaded("events/approval_workflow/handler/approvals", *MODULES, **SETTINGS) as module:
        yield {one: module(one) for one in MODULES}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    caplog.set_level(logging.INFO)
