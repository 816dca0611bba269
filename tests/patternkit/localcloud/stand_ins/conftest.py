from collections.abc import Iterator

import boto3
import pytest

from patternkit.localcloud import LocalCloud


@pytest.fixture(scope="module")
def running() -> Iterator[LocalCloud]:
    with LocalCloud.start() as cloud:
        yield cloud


@pytest.fixture
def cloud(running: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> LocalCloud:
    """A local cloud that this process's SDK talks to, as a function's would."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the variables of the cloud before
    for name, value in running.environment().items():
        monkeypatch.setenv(name, value)
    return running
