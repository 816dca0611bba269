"""Syntheses that several tests share."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aws_cdk as cdk
from constructs import Construct

from patternkit.testing.constructed_apps import MadeApps
from patternkit.testing.fixture_arguments import is_made
from patternkit.testing.session_folder import session_folder
from patternkit.testing.synthesis import Synthesis, SynthesisError, names, synthesize, where


class SharedSyntheses:
    """Synthesizes each app once, and removes the assemblies at the end.

    Use it as a context manager.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[object, str], Synthesis] = {}
        self._apps = MadeApps()
        self._folder = Path(tempfile.mkdtemp(prefix="syntheses-", dir=session_folder()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def get(self, build: Any, **arguments: Any) -> Synthesis:
        """Synthesize an app, unless that was done before.

        Args:
            build: Adds stacks to an app; or the class of a stack or construct; or an app, a stack or a construct that
                is made already, whose app is synthesized as it is.
            arguments: Those of `synthesize`, of which an app that is made takes `packs` and `rules`.

        Returns:
            The synthesis.

        Raises:
            FixtureError: If an argument is wrong.
            SynthesisError: If the app cannot be built or synthesized; the message says where and why, in one line.
            RulesError: If a file of rules cannot be used.
        """
        if is_made(build):
            # Anew each time: more may have been added to it.
            return self._told(build, lambda: self._apps.synthesize(build, **arguments))
        key = (build, json.dumps(_plain(arguments), sort_keys=True, default=str))
        if key not in self._made:
            directory = Path(arguments.pop("directory", None) or self._folder / str(len(self._made)))
            synthesis = self._told(build, lambda: synthesize(_builder(build), directory=directory, **arguments))
            self._made[key] = synthesis
        return self._made[key]

    @staticmethod
    def _told(build: Any, make: Callable[[], Synthesis]) -> Synthesis:
        try:
            return make()
        except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
            text = " ".join(str(error).split())
            raise SynthesisError(f"{where(error, build)}: {type(error).__name__}: {text}") from error


def _builder(build: Callable[..., object]) -> Callable[[cdk.App], object]:
    if isinstance(build, type) and issubclass(build, cdk.Stack):
        return lambda app: build(app, build.__name__)
    if isinstance(build, type) and issubclass(build, Construct):
        return lambda app: build(cdk.Stack(app, "Test"), build.__name__)
    return build


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: names(one) if name in ("packs", "rules") else one for name, one in arguments.items()}
