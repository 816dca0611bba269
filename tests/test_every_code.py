"""Code, handler and runtime of every pattern that makes a function of them. Nothing names one: they are discovered."""

import importlib
import inspect
import re
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_lambda as lambda_

from patternkit.catalog.discovery import Pattern, patterns
from patterns.building_blocks.signature import declared
from tests.constructs import app_for_its_template, exported_constructs

INLINE = lambda_.Code.from_inline("def handler(event, context): pass")


def _parts(hint: Any) -> Iterator[type]:
    kind, _ = declared(hint)
    if is_dataclass(kind):
        yield typing.cast(type, kind)
    for one in typing.get_args(kind):
        yield from _parts(one)


def _takers() -> Iterator[tuple[Pattern, str, type | None]]:
    """Each pattern with `code` among its arguments, or among the fields of what an argument lists."""
    for pattern in patterns().values():
        construct = exported_constructs()[pattern.construct]
        hints = typing.get_type_hints(vars(construct)["__init__"], include_extras=True)
        if "code" in hints and "runtime" in hints:
            yield pattern, "", None
        for argument, hint in hints.items():
            for part in _parts(hint):
                if {"code", "runtime"} <= {one.name for one in fields(part)}:
                    yield pattern, argument, part


TAKERS = [pytest.param(*one, id=f"{one[0].name}-{one[1]}".strip("-")) for one in _takers()]
every_taker = pytest.mark.parametrize(("pattern", "argument", "part"), TAKERS)


def refuse(pattern: Pattern, argument: str, part: type | None, said: str, **given: Any) -> None:
    stack = getattr(importlib.import_module(f"{pattern.module}.example"), pattern.stack)
    options = given if part is None else {argument: [part(name="One", **given)]}
    of = "" if part is None else f"{argument}[One]: "
    with pytest.raises(ValueError, match=f"^{re.escape(of + said)}$"):
        stack(app_for_its_template(), "Stack", **options)


def test_patterns_with_code_are_found() -> None:
    assert len(TAKERS) >= 10


@every_taker
def test_the_example_has_a_runtime_that_it_runs_on(pattern: Pattern, argument: str, part: type | None) -> None:
    taken = inspect.signature(vars(exported_constructs()[pattern.construct])["__init__"]).parameters
    if part is None and taken["code"].default is inspect.Parameter.empty:
        pytest.skip("it needs code")
    for runtime in (lambda_.Runtime.NODEJS_22_X, lambda_.Runtime.PYTHON_3_10, lambda_.Runtime.PROVIDED_AL2023):
        said = (
            f"runtime must be python3.11 or newer without code, which is then the pattern's example, got {runtime.name}"
        )
        refuse(pattern, argument, part, said, runtime=runtime)


@every_taker
def test_code_is_no_image(pattern: Pattern, argument: str, part: type | None) -> None:
    repository = ecr.Repository.from_repository_name(cdk.Stack(), "Own", "own")
    said = "code must be a folder, an archive or inline, got an image, which has its own handler and runtime"
    for code in (lambda_.Code.from_ecr_image(repository), lambda_.Code.from_asset_image(str(pattern.folder))):
        refuse(pattern, argument, part, said, code=code, handler="index.handler")


@every_taker
def test_a_handler_of_inline_code_is_in_the_file_that_it_becomes(
    pattern: Pattern, argument: str, part: type | None
) -> None:
    said = "handler must begin with index. with inline code, which CloudFormation puts into a file of that name, got "
    refuse(pattern, argument, part, f"{said}app.handler", code=INLINE, handler="app.handler")
