"""What the public methods of every pattern's construct are given is checked by their signatures. Nothing names one."""

import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from constructs import Construct

from patterns.building_blocks.alarms import MetricPeriod
from patterns.building_blocks.signature import is_checked
from tests.constructs import exported_constructs
from tests.edges import edges, wrong_types

CONSTRUCTS = exported_constructs()


def methods(construct: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The methods of a construct with arguments that the catalog defines, inherited ones among them."""
    for name in dir(construct):
        owner = next(one for one in construct.__mro__ if name in vars(one))
        made = vars(owner)[name]
        function = made.__func__ if isinstance(made, classmethod | staticmethod) else made
        if name.startswith("_") or not owner.__module__.startswith("patterns.") or not inspect.isfunction(function):
            continue
        if len(inspect.signature(function).parameters) > 1:
            yield name, function


EVERY = [
    pytest.param(function, id=f"{construct}.{name}")
    for construct in sorted(CONSTRUCTS)
    for name, function in methods(CONSTRUCTS[construct])
]
every_method = pytest.mark.parametrize("method", EVERY)


def hints(method: Callable[..., Any]) -> dict[str, Any]:
    taken = inspect.signature(method).parameters.values()
    named = {one.name for one in taken if one.kind is not one.VAR_POSITIONAL}
    return {name: one for name, one in typing.get_type_hints(method, include_extras=True).items() if name in named}


def test_methods_are_found() -> None:
    assert {"metric", "grant"} <= {str(one.id).partition(".")[2].partition("_")[0] for one in EVERY}


@every_method
def test_it_is_checked(method: Callable[..., Any]) -> None:
    assert is_checked(method), "decorate it with @checked of patterns.building_blocks.signature"


@every_method
def test_another_type_is_refused_in_one_line(method: Callable[..., Any], scope: cdk.Stack) -> None:
    for argument, hint in hints(method).items():
        wrong = [*wrong_types(hint), *edges(hint).outside]
        for number, one in enumerate(wrong):
            value = one.make(Construct(scope, f"{argument}{number}"))
            with pytest.raises(ValueError, match=rf"^{argument}\b") as refusal:
                method(None, **{argument: value})
            assert str(refusal.value).isprintable(), f"{argument}={one}: more than one line"


@every_method
def test_each_period_is_one_that_cloudwatch_takes(method: Callable[..., Any]) -> None:
    if "period" not in inspect.signature(method).parameters:
        pytest.skip("it has no period")
    assert typing.get_type_hints(method, include_extras=True)["period"] == MetricPeriod | None
    with pytest.raises(
        ValueError, match=r"^period must be 1, 5, 10, 20 or 30 seconds, or whole minutes, got 7 seconds$"
    ):
        method(None, period=Duration.seconds(7))
