"""What a construct's signature declares is what it takes. Nothing names a construct: they are discovered."""

import inspect
import typing
from dataclasses import fields, is_dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration, Size
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.bounds import Bounds
from patterns.building_blocks.signature import check, check_arguments, declared, is_checked
from tests.constructs import every_construct, exported_constructs
from tests.edges import edges, wrong_types

EVERY = every_construct()
CHECKED = {name: one for name, one in EVERY.items() if is_checked(inspect.getattr_static(one, "__init__"))}


def arguments(function: Any) -> dict[str, Any]:
    """Read the arguments of a constructor, or the fields of a dataclass, with their annotations."""
    hints = typing.get_type_hints(function, include_extras=True)
    if is_dataclass(function):
        return {one.name: hints[one.name] for one in fields(function)}
    taken = inspect.signature(function).parameters.values()
    return {one.name: hints[one.name] for one in taken if one.kind is one.KEYWORD_ONLY}


def values_within(hint: Any) -> set[Any]:
    """Find the dataclasses that an annotation holds."""
    kind, _ = declared(hint)
    if is_dataclass(kind):
        return {kind}
    return {found for one in typing.get_args(kind) for found in values_within(one)}


def constructor(name: str) -> Any:
    # jsii's metaclass hides a construct's own signature behind its own call.
    return inspect.getattr_static(EVERY[name], "__init__")


def test_every_exported_construct_checks_its_arguments_by_its_signature() -> None:
    checked = set(CHECKED.values())
    assert not [name for name, one in exported_constructs().items() if one not in checked]


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_it_takes_what_is_just_inside_its_bounds_and_refuses_what_is_just_outside(name: str, scope: cdk.Stack) -> None:
    taken = arguments(constructor(name))
    for argument, hint in taken.items():
        at = edges(hint)
        for one in at.inside:
            check_arguments(constructor(name), {argument: one.make(Construct(scope, f"In{argument}{id(one)}"))})
        for one in [*at.outside, *wrong_types(hint)]:
            value = one.make(Construct(scope, f"Out{argument}{id(one)}"))
            with pytest.raises(ValueError, match=rf"^{argument}\b") as refusal:
                constructor(name)(None, **{argument: value})
            assert str(refusal.value).isprintable(), f"{argument}={one}: more than one line"
    for value in {found for hint in taken.values() for found in values_within(hint)}:
        for argument, hint in arguments(value).items():
            at = edges(hint)
            for one in at.inside:
                check(argument, one.make(Construct(scope, f"In{value.__name__}{argument}{id(one)}")), hint)
            for one in [*at.outside, *wrong_types(hint)]:
                with pytest.raises(ValueError, match=rf"^{argument}\b"):
                    check(argument, one.make(Construct(scope, f"Out{value.__name__}{argument}{id(one)}")), hint)


def _is_known(hint: Any) -> bool:
    """Whether an argument takes no tokens, as what makes a network of its own and is passed whatever zones may."""
    return declared(hint)[1].known is not None or any(map(_is_known, typing.get_args(declared(hint)[0])))


ZONES = {"availability_zones": ["eu-west-1a", "us-east-1b"], "zone_ids": ["euw1-az1", "use1-az2"]}


@pytest.mark.parametrize(
    ("name", "argument"),
    [(name, one) for name in sorted(CHECKED) for one in ZONES if _is_known(arguments(constructor(name)).get(one))],
)
def test_its_zones_are_of_one_region(name: str, argument: str, scope: cdk.Stack) -> None:
    first, other = ZONES[argument]
    with pytest.raises(ValueError, match=rf"^{argument} must be in one Region, got {first} and {other}$"):
        constructor(name)(None, scope, "Zones", **{argument: [first, other]})


def _types(hint: Any) -> set[Any]:
    kind, _ = declared(hint)
    return {kind, *(found for one in typing.get_args(kind) for found in _types(one))}


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        (name, argument)
        for name in sorted(CHECKED)
        for argument, hint in arguments(constructor(name)).items()
        if "vpc" in arguments(constructor(name)) and _types(hint) & {ec2.ISubnet, ec2.SubnetSelection}
    ],
)
def test_its_subnets_are_of_its_vpc(name: str, argument: str, scope: cdk.Stack) -> None:
    zones = [ec2.SubnetConfiguration(name="Inside", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)]
    own, other = (ec2.Vpc(scope, one, max_azs=2, subnet_configuration=zones) for one in ("Own", "Other"))
    subnets: Any = other.isolated_subnets
    if ec2.SubnetSelection in _types(arguments(constructor(name))[argument]):
        subnets = ec2.SubnetSelection(subnets=subnets)
    said = f"{argument} must be subnets of Test/Own, got Test/Other/InsideSubnet1 of another VPC"
    with pytest.raises(ValueError, match=f"^{said}$"):
        constructor(name)(None, scope, "Subnets", vpc=own, **{argument: subnets})


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_its_numbers_durations_and_sizes_have_bounds(name: str) -> None:
    boundless = [argument for argument, hint in arguments(constructor(name)).items() if _is_boundless(hint)]
    assert not boundless, f"say beside the type what {', '.join(boundless)} may be"


def _is_boundless(hint: Any) -> bool:
    kind, found = declared(hint)
    if kind in (int, float, Duration, Size):
        return found == Bounds()
    return any(_is_boundless(one) for one in typing.get_args(kind) if found == Bounds())
