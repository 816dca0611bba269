from collections.abc import Callable, Iterator
from pathlib import Path

import aws_cdk as cdk
import pytest

from patternkit.localcloud import LocalCloud
from tests.patternkit.localcloud import apps

Synth = Callable[..., Path]


@pytest.fixture
def synth(tmp_path: Path) -> Synth:
    """Synthesize stacks into an assembly."""

    def synthesize(*build: Callable[[cdk.App], object]) -> Path:
        return apps.synthesize(tmp_path / "cdk.out", *build)

    return synthesize


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """A local cloud of the module's own."""
    with LocalCloud.start() as cloud:
        yield cloud


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembly of a small stack."""
    return apps.synthesize(tmp_path_factory.mktemp("small") / "cdk.out", apps.Small)
