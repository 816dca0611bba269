"""Settings of a resource by their names, wherever in its properties they stand, and which of them are lowered."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from patternkit.testing.permissions.intrinsics import described

Path = tuple[str, ...]
"""Names of properties from the outside in; "*" for any item of a list."""

Level = Callable[[Path, Any], float | None]
"""How much of something a setting gives; None where the setting is about something else."""

UNKNOWN = 0.5
"""The level of what is not known before deployment, between off and on."""

ON, OFF = (True, "true", "True"), (False, "false", "False")


class Absent:
    """A property that is not there."""

    def __str__(self) -> str:
        return "not set"


ABSENT = Absent()


def words(name: str) -> tuple[str, ...]:
    """The words of a property's name: `SSEEnabled` has "sse" and "enabled"."""
    found = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name.replace("HTTPS", "Https"))
    return tuple(one.lower() for one in found)


def possible(value: Any) -> Iterator[Any]:
    """What a value may turn out to be: both branches of a condition, and nothing for `AWS::NoValue`.

    Args:
        value: The value as the template has it.

    Yields:
        Values that are no condition.
    """
    match value:
        case {"Fn::If": [_, yes, no]}:
            yield from possible(yes)
            yield from possible(no)
        case {"Ref": "AWS::NoValue"}:
            yield ABSENT
        case _:
            yield value


def items(value: Any) -> list[Any]:
    """The items that a list may turn out to have; what is no list is one item."""
    found: list[Any] = []
    for one in possible(value):
        for item in one if isinstance(one, list) else [] if one is None else [one]:
            found += [inner for inner in possible(item) if inner is not ABSENT]
    return found


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Those items that are mappings."""
    return [one for one in items(value) if isinstance(one, Mapping)]


def is_function(value: Any) -> bool:
    """Whether a value is only known at deployment."""
    return isinstance(value, Mapping) and len(value) == 1 and str(next(iter(value))).startswith(("Ref", "Fn::"))


def flag(value: Any) -> float:
    """The level of something that is on or off."""
    if is_function(value):
        return UNKNOWN
    return 1 if value in ON else 0


def shown(value: Any) -> str:
    """A value as part of a line."""
    text = str(value) if value is ABSENT else described(value)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= 80 else f"{text[:77]}..."


def lowered(before: Any, after: Any, level: Level) -> Iterator[tuple[Path, Any, Any]]:
    """Find settings that give less than they did.

    Args:
        before: Properties that are deployed.
        after: Properties that are about to be.
        level: What settings give.

    Yields:
        Where it is, what it was and what it is; of what is in something that is itself reported, nothing.
    """
    reported: list[Path] = []
    # What is only in the new ones may turn something off that is on unless it is said.
    for path in dict.fromkeys((*_paths(before, (), level), *_paths(after, (), level))):
        if any(path[: len(one)] == one for one in reported):
            continue
        was, now = _levels(before, path, level), _levels(after, path, level)
        if not was:
            continue
        most = max(one for one, _ in was)
        if most > 0 and _count_below(now, most) > _count_below(was, most):
            reported.append(path)
            yield path, max(was, key=lambda one: one[0])[1], min(now, key=lambda one: one[0])[1]


def _count_below(found: list[tuple[float, Any]], most: float) -> int:
    return sum(one < most for one, _ in found)


def _paths(value: Any, path: Path, level: Level) -> Iterator[Path]:
    for one in possible(value):
        if isinstance(one, Mapping) and not is_function(one):
            for name, inner in one.items():
                if level((*path, name), inner) is not None:
                    yield (*path, name)
                yield from _paths(inner, (*path, name), level)
        elif isinstance(one, list):
            for inner in one:
                yield from _paths(inner, (*path, "*"), level)


def _levels(properties: Any, path: Path, level: Level) -> list[tuple[float, Any]]:
    """The level of a setting in each place where it stands or could stand."""
    found = []
    for holder in _holders(properties, path[:-1]):
        given = list(possible(holder.get(path[-1], ABSENT)))
        levels = [(level(path, one) or 0, one) for one in given]
        found.append(min(levels, key=lambda one: one[0]))
    if not found and "*" not in path:
        found.append((level(path, ABSENT) or 0, ABSENT))
    return found


def _holders(value: Any, path: Path) -> Iterator[Mapping[str, Any]]:
    for one in possible(value):
        if not path:
            if isinstance(one, Mapping):
                yield one
        elif path[0] == "*":
            for item in one if isinstance(one, list) else []:
                yield from _holders(item, path[1:])
        elif isinstance(one, Mapping) and path[0] in one:
            yield from _holders(one[path[0]], path[1:])


def named(path: Path) -> str:
    """A path as people write it."""
    return ".".join(path).replace(".*", "[]")
