"""The handler, loaded as AWS Lambda loads it."""

from collections.abc import Iterator

import pytest

from tests.answering import loaded
from tests.patterns.events.thumbnailer.handler.claims import FOLDER, MODULES, SETTINGS, Modules


@pytest.fixture(scope="module")
def modules() -> Iterator[Modules]:
    with loaded(FOLDER, *MODULES, **SETTINGS) as module:
        yield module
