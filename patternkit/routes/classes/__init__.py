"""What each CloudFormation type means to packets, as data: `types.json`, which `deriving` keeps to cfn-lint's schemas.

A type is in one of these classes:

- "modelled": the model reads it; properties under `unread` it does not read, and they count as "changes ways".
- "carries nothing": it may stand in a subnet, as a database does, but takes no packets on and changes none's way.
- "adds ways": packets may get through it to or from what it names, on a way that no route shows.
- "changes ways": it may change how packets go at what it names, and so take ways away, too.

A type with `group` stands for the elements that it names: what names it, names these.

Where `by` lists properties, only what these name is meant; one with a property as under `unless` carries nothing.
Of a type that adds or changes ways, `names` says as what each property names an element: "" where it tells of no place.
`Value?Name=A|B` is a property of those objects alone whose `Name` is one of these.
A type that is not listed names no network element, says its schema. One that even the schemas do not know counts as
"changes ways".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

MODELLED, NOTHING, ADDS, CHANGES = "modelled", "carries nothing", "adds ways", "changes ways"


@cache
def _listed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "types.json").read_text(encoding="utf-8"))
    found["names nothing"] = frozenset(found["names nothing"])
    return found


def class_of(kind: str) -> str:
    """The class of a type of AWS."""
    listed = _listed()
    entry = listed["types"].get(kind)
    if entry is not None:
        return str(entry["class"]) or CHANGES
    return NOTHING if kind in listed["names nothing"] else CHANGES


def unread(kind: str) -> tuple[str, ...]:
    """The properties of a modelled type that the model does not read."""
    return tuple(_listed()["types"].get(kind, {}).get("unread", ()))


def meant(kind: str, properties: Any) -> Any:
    """Those of a resource's values that its class is about."""
    by = _listed()["types"].get(kind, {}).get("by")
    return properties if by is None else [value for path in by for value in _at(properties, path.split("/"))]


def names(kind: str) -> dict[str, str]:
    """The properties by which a type that adds or changes ways names elements, and as what."""
    return dict(_listed()["types"].get(kind, {}).get("names", {}))


def is_group(kind: str) -> bool:
    """Whether what names a resource of a type means the elements that the resource names, as with groups of subnets."""
    return bool(_listed()["types"].get(kind, {}).get("group"))


def is_off(kind: str, properties: Any) -> bool:
    """Whether a resource's own settings keep it from being what its class says."""
    unless = _listed()["types"].get(kind, {}).get("unless", {})
    return isinstance(properties, dict) and any(properties.get(name) == value for name, value in unless.items())


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])
    elif not isinstance(value, dict):
        # What is not known may be anything.
        yield value
