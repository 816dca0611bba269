"""The arguments of fixtures: apps, stacks, syntheses, templates and paths."""

from collections.abc import Callable, Collection, Mapping
from os import PathLike
from pathlib import Path
from types import UnionType
from typing import Any

from patternkit.templates import as_template as check_shape
from patternkit.templates import read_template
from patternkit.testing.errors import FixtureError
from patternkit.testing.findings import read_findings
from patternkit.testing.synthesis import Synthesis, SynthesisError

Build = Callable[..., Synthesis]
_FORMS = "a stack, a construct or an app, or its class; what came of its synthesis; or the path of a cloud assembly"


def is_made(given: object) -> bool:
    """Whether something stands in a tree of constructs already: an app, a stack, a construct.

    Args:
        given: What a test gives.
    """
    return not isinstance(given, type) and hasattr(given, "node")


def as_synthesis(given: Any, build: Build, fixture: str, **arguments: Any) -> Synthesis:
    """Read or make a synthesis.

    Args:
        given: What a test gives.
        build: Synthesizes what is not synthesized yet.
        fixture: Who asks.
        arguments: For `build`.

    Returns:
        The synthesis.

    Raises:
        FixtureError: If it is nothing that can be synthesized.
    """
    __tracebackhide__ = True
    if isinstance(given, str | PathLike) or hasattr(given, "directory"):
        if arguments:
            raise FixtureError(
                f"{fixture} takes {next(iter(arguments))} only where it synthesizes: this was done before"
            )
        return given if isinstance(given, Synthesis) else _read(Path(getattr(given, "directory", given)))
    if is_made(given) or callable(given):
        return build(given, **arguments)
    raise FixtureError(f"{fixture} takes {_FORMS}, got {_shown(given)}")


def as_template(given: Any, build: Build, fixture: str) -> Mapping[str, Any]:
    """Read or make a template.

    Args:
        given: A template as data, the path of one, an `assertions.Template`, or what has just one template.
        build: Synthesizes what is not synthesized yet.
        fixture: Who asks.

    Returns:
        The template.

    Raises:
        FixtureError: If it is none, or there are several.
        TemplateError: If a file or a mapping is no template.
    """
    __tracebackhide__ = True
    if isinstance(given, Mapping):
        if isinstance(given, dict) and "Resources" in given:
            check_shape(given, f"the template that {fixture} is given")
        return given
    if hasattr(given, "to_json") and not isinstance(given, type):
        template: Mapping[str, Any] = given.to_json()
        return template
    if isinstance(given, str | PathLike) and Path(given).is_file():
        return read_template(Path(given))
    if not (isinstance(given, str | PathLike) or callable(given) or is_made(given) or hasattr(given, "directory")):
        raise FixtureError(f"{fixture} takes a template, its path, or {_FORMS}, got {_shown(given)}")
    made = as_synthesis(given, build, fixture)
    if is_made(given) and (name := getattr(given, "artifact_id", None)) in made.templates:
        return made.templates[name]
    try:
        return made.template
    except SynthesisError:
        known = ", ".join(made.templates) or "none"
        raise FixtureError(f"{fixture} takes one template, and there are {known}: give .templates[NAME]") from None


def as_names(argument: str, given: Any, kind: type | UnionType = str) -> list[Any]:
    """Take one for a list of one.

    Args:
        argument: What the argument is called.
        given: What a test gives.
        kind: What each of them is. Default: text.

    Returns:
        The list.

    Raises:
        FixtureError: If it is neither one nor several of them.
    """
    __tracebackhide__ = True
    several = [given] if isinstance(given, kind) else given
    if not isinstance(several, Collection) or not all(isinstance(one, kind) for one in several):
        one = "a text" if kind is str else "a path"
        raise FixtureError(f"{argument} must be {one} or a list of them, got {_shown(given)}")
    return list(several)


def _read(directory: Path) -> Synthesis:
    if not directory.exists():
        raise FixtureError(f"{directory}: there is no such file or folder")
    if directory.is_file():
        raise FixtureError(f"{directory} is a file: findings are written into a cloud assembly, give its folder")
    if not (directory / "manifest.json").is_file():
        raise FixtureError(f"{directory} is not a cloud assembly: there is no manifest.json in it")
    return Synthesis(directory, read_findings(directory))


def _shown(given: object) -> str:
    text = repr(given)
    kind = type(given).__name__
    return f"{kind} {text}" if len(text) <= 40 and "\n" not in text and " at 0x" not in text else kind
