"""What one of several makes is known by that one, not by its place among them: another one can be taken out.

CloudFormation makes before it deletes. Where the second takes the id of the first, it makes what is there already, such
as the association of a VPC, and the deployment fails; or it changes for a while whom a name leads to.
"""

import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk.assertions import Template
from constructs import Construct

from patterns.building_blocks.signature import declared
from tests.fuzz.resources import RESOURCES
from tests.siblings import Place, many_of, places, said_of

Values = Callable[[Construct], Sequence[Any]]


def several(place: Place) -> Values | None:
    """Three values of a list's or mapping's own type."""
    origin, inner = typing.get_origin(place.kind), typing.get_args(place.kind)
    if not (isinstance(origin, type) and issubclass(origin, Sequence | Mapping)) or issubclass(origin, str):
        return None
    if issubclass(origin, Sequence) and (plain := many_of(place)):
        return lambda scope: list(plain(scope))[:3]
    kind, _ = declared(inner[-1])
    if not (isinstance(kind, typing.Hashable) and kind in RESOURCES):
        return None
    make = RESOURCES[kind].get("new") or next(iter(RESOURCES[kind].values()))
    return lambda scope: [make(Construct(scope, f"Value{number}")) for number in range(3)]


NAMES = {"Description", "Name", "Tags"}
KEYS = {"graphql-api": ("Document.author", "Document.status", "Document.text")}


def template(place: Place, values: Values, *, from_: int) -> tuple[str, dict[str, Any]]:
    mapping = issubclass(typing.cast(type, typing.get_origin(place.kind)), Mapping)
    keys = KEYS.get(place.pattern.name, ("one", "two", "three"))

    def make(scope: Construct) -> Any:
        made = list(values(scope))
        return dict(list(zip(keys, made, strict=False))[from_:]) if mapping else made[from_:]

    said, made = said_of(place, make)
    if made is None:
        return said, {}
    return "", Template.from_stack(Stack.of(made)).to_json()["Resources"]


def moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What has in the new template the properties that something else of its type had in the old one."""
    return [
        name
        for name, one in new.items()
        if name in old and one != old[name]
        for other, before in old.items()
        if other != name and before["Type"] == one["Type"] and _told(before) == _told(one)
    ]


def _told(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What a resource says, but for how it is called."""
    return {name: value for name, value in resource.get("Properties", {}).items() if name not in NAMES}


TRIED = [
    pytest.param(place, values, id=str(place))
    for place in places()
    if not place.field and (values := several(place)) is not None
]


@pytest.mark.parametrize(("place", "values"), TRIED)
def test_what_one_makes_does_not_move_when_another_is_taken_out(place: Place, values: Values) -> None:
    said, old = template(place, values, from_=0)
    if said:
        pytest.skip(said)
    said, new = template(place, values, from_=1)
    if said:
        pytest.skip(said)
    assert moved(old, new) == []
