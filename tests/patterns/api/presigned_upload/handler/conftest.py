"""The handlers, loaded as AWS Lambda loads them, at a time that stands still."""

from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.answering import loaded
from tests.patterns.api.presigned_upload.handler.uploads import MODULES, NOW, SETTINGS


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    with loaded("api/presigned_upload/handler/uploads", *MODULES, **SETTINGS) as module:
        yield {one: module(one) for one in MODULES}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
