"""One tree of errors for all of `patternkit`, as its docstring draws it."""

import errno
import importlib
import importlib.metadata
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

import patternkit
from patternkit import errors
from patternkit.errors import EXTRAS, MissingExtra, PatternkitError, one_line, require
from tests.conftest import ROOT

# Control flow inside of one package, as what begins with an underscore: never raised to a user.
INTERNAL = {"Failed", "NotModelled", "Retry", "Undecided"}
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def _every_module() -> None:
    for module in pkgutil.walk_packages(patternkit.__path__, "patternkit."):
        importlib.import_module(module.name)


def own_subclasses(kind: type[BaseException]) -> list[type[BaseException]]:
    return [one for one in kind.__subclasses__() if one.__module__.startswith("patternkit.")]


def real_tree(kind: type[BaseException] = PatternkitError) -> dict[str, Any]:
    return {one.__name__: real_tree(one) for one in sorted(own_subclasses(kind), key=lambda one: one.__name__)}


def drawn() -> tuple[dict[str, Any], dict[str, str]]:
    """The drawn tree, and the modules that are drawn beside names."""
    tree: dict[str, Any] = {}
    modules: dict[str, str] = {}
    above: list[dict[str, Any]] = [tree]
    for line in str(errors.__doc__).splitlines():
        if found := re.match(r"(?P<before>[│├└─ ]*[├└]── )(?P<name>\w+) +(?P<what>.+)$", line):
            depth = len(found["before"]) // 4
            above[depth:] = [above[depth - 1].setdefault(found["name"], {})]
            if place := re.match(r"patternkit[.\w]*(?=:)", found["what"]):
                modules[found["name"]] = place[0]
    return tree, modules


def test_the_drawn_tree_is_the_real_one() -> None:
    tree, modules = drawn()
    assert tree == real_tree()
    for name, module in modules.items():
        assert getattr(importlib.import_module(module), name).__module__ == module


def test_the_tree_is_drawn_in_order() -> None:
    for _, names in [("", drawn()[0]), *drawn()[0].items()]:
        assert all(one < other for one, other in pairwise(names))


def exceptions(kind: type[BaseException] = BaseException) -> Iterator[type[BaseException]]:
    for one in kind.__subclasses__():
        yield one
        yield from exceptions(one)


def test_no_exception_of_patternkit_stands_beside_the_tree() -> None:
    mine = {one for one in exceptions() if one.__module__.startswith("patternkit.") and one.__name__[0] != "_"}
    assert {one.__name__ for one in mine if not issubclass(one, PatternkitError)} == INTERNAL


def test_the_extras_are_those_of_the_package() -> None:
    modules = importlib.metadata.packages_distributions()
    for extra, needs in PYPROJECT["project"]["optional-dependencies"].items():
        if extra == "all":
            continue
        named = {re.split(r"[\[<>=,]", need)[0] for need in needs}
        assert {str(MissingExtra("", one, extra).package) for one in EXTRAS[extra]} == named
        for module in EXTRAS[extra]:
            assert any(name.lower().startswith(tuple(named)) for name in modules[module]), module
    assert {*EXTRAS, "all"} == {*PYPROJECT["project"]["optional-dependencies"]}


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXTRAS, "routes", ("yaml", "no_such_module"))
    with pytest.raises(ModuleNotFoundError) as caught:
        require("routes", "routes prove")
    assert isinstance(caught.value, MissingExtra)
    assert (caught.value.package, caught.value.extra, caught.value.name) == (
        "no_such_module",
        "routes",
        "no_such_module",
    )
    assert str(caught.value) == (
        "routes prove needs the package no_such_module: pip install 'cdk-pattern-catalog[routes]'"
    )
    require("testing", "a test")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PatternkitError("speed must be 1, got 2"), "speed must be 1, got 2"),
        (
            ModuleNotFoundError("No module named 'yaml.nodes'", name="yaml.nodes"),
            "this command needs the package pyyaml: pip install 'cdk-pattern-catalog[local]'",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/out"), "/out: Permission denied"),
        (OSError(errno.EXDEV, "Invalid cross-device link", "/a", None, "/b"), "/a and /b: Invalid cross-device link"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OSError("socket is gone"), "socket is gone"),
        (TimeoutError(), "TimeoutError"),
        (ModuleNotFoundError("No module named 'patternkit.x'", name="patternkit.x"), None),
        (KeyError("x"), None),
        (RuntimeError("x"), None),
    ],
)
def test_what_a_user_can_put_right_is_one_line(error: Exception, said: str | None) -> None:
    assert one_line(error) == said


def test_no_error_s_class_goes_without_a_docstring() -> None:
    assert not [one for one in exceptions(PatternkitError) if not one.__doc__]


def test_a_message_that_repeats_a_long_value_is_cut() -> None:
    given = "x" * 100_000
    assert one_line(PatternkitError("short")) == "short"
    assert one_line(PatternkitError(f"got {given}\nmore")) == f"got {'x' * 1993}...\nmore"
