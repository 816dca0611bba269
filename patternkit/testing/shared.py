"""Syntheses that many tests look at."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aws_cdk as cdk
from constructs import Construct

from patternkit.testing.synthesis import Synthesis, SynthesisError, synthesize, where


class SharedSyntheses:
    """Synthesizes each app once, and removes the assemblies at the end.

    Use it as a context manager.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[object, str], Synthesis] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="syntheses-"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def get(self, build: Callable[..., object], **arguments: Any) -> Synthesis:
        """Synthesize an app, unless that was done before.

        Args:
            build: Adds stacks to an app, or the class of a stack or construct.
            arguments: Those of `synthesize`.

        Returns:
            The synthesis.

        Raises:
            SynthesisError: If the app cannot be built or synthesized; the message says where and why, in one line.
            RulesError: If a file of rules cannot be used.
        """
        key = (build, json.dumps(_plain(arguments), sort_keys=True, default=str))
        if key not in self._made:
            directory = arguments.pop("directory", None) or self._folder / str(len(self._made))
            try:
                self._made[key] = synthesize(_builder(build), directory=directory, **arguments)
            except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
                text = " ".join(str(error).split())
                raise SynthesisError(f"{where(error, build)}: {type(error).__name__}: {text}") from error
        return self._made[key]


def _builder(build: Callable[..., object]) -> Callable[[cdk.App], object]:
    if isinstance(build, type) and issubclass(build, cdk.Stack):
        return lambda app: build(app, build.__name__)
    if isinstance(build, type) and issubclass(build, Construct):
        return lambda app: build(cdk.Stack(app, "Test"), build.__name__)
    return build


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(one) if name in ("packs", "rules") else one for name, one in arguments.items()}
