"""What a template's expression can be worth before AWS has deployed it.

A value is *known* (a plain Python value), *unknown* (with the reason), or left to AWS among *choices*: the
order in which a firewall lists its endpoints, which names two availability zones get, whether a condition
holds that no one has decided. A `World` is one way in which AWS may decide all of these; a promise must hold
in every world.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

# What only AWS will know but is surely itself: a resource's id, an account number. Text that holds one of
# these marks is never compared with literal text.
OPEN, CLOSE = "\u27e8", "\u27e9"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the templates, parameters and contracts do not give."""

    reason: str

    def __str__(self) -> str:
        return f"unknown: {self.reason}"


@dataclass(frozen=True, slots=True)
class Outside(Unknown):
    """What is surely nothing of the set, because a contract says so."""


class _NoValue:
    """`AWS::NoValue`: the property is as if it were not written."""

    def __repr__(self) -> str:
        return "AWS::NoValue"


NO_VALUE = _NoValue()


def opaque(name: str) -> str:
    """Text that stands for what only AWS will know."""
    return f"{OPEN}{name}{CLOSE}"


def outside(name: str) -> str:
    """Text that stands for the id of what is none of the set."""
    return f"{OPEN}outside: {name}{CLOSE}"


def is_outside(text: Any) -> bool:
    """Whether a value is the id of what a contract says to be none of the set."""
    return isinstance(text, str) and text.startswith(f"{OPEN}outside: ")


def lifted(section: str) -> str:
    """The end of a reason: which section of the contracts says what is not known."""
    return f" (contract: {section})"


def not_lifted(hint: str = "") -> str:
    """The end of a reason that no contract lifts, with what else does."""
    return f" (contract: none{f'; {hint}' if hint else ''})"


BY_PROCESSED_TEMPLATE = not_lifted("give the template as CloudFormation has processed it")


def is_opaque(text: str) -> bool:
    """Whether the text holds what only AWS will know."""
    return OPEN in text


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that AWS, or whoever deploys, decides among options."""

    key: str
    options: tuple[Any, ...]
    text: str


class Undecided(Exception):  # noqa: N818 - control flow within the resolver, never an error that a user sees
    """Raised where a value depends on a choice that is not made yet."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice.key)
        self.choice = choice


@dataclass(slots=True)
class World:
    """One way in which every choice may be made; `Worlds` walks all of them."""

    decided: dict[str, int] = field(default_factory=dict)
    met: dict[str, Choice] = field(default_factory=dict)
    zones: dict[Hashable, str] = field(default_factory=dict)

    def option(self, choice: Choice) -> Any:
        """The option that this world takes, the first one if it is met for the first time."""
        self.met.setdefault(choice.key, choice)
        return choice.options[self.decided.setdefault(choice.key, 0)]

    def describe(self) -> str:
        """What this world decided, for a witness."""
        parts = [choice.text.format(option=choice.options[self.decided[key]]) for key, choice in self.met.items()]
        merged: dict[str, list[str]] = {}
        for term, name in self.zones.items():
            merged.setdefault(name, []).append(str(term))
        parts += [
            " and ".join(sorted(terms)) + " are the same availability zone"
            for terms in merged.values()
            if len(terms) > 1
        ]
        return "; ".join(parts)


def following(world: World) -> World | None:
    """The next world after one that has been walked through, with the same zones; None after the last."""
    keys = list(world.met)
    while keys:
        key = keys.pop()
        index = world.decided[key] + 1
        if index < len(world.met[key].options):
            decided = {earlier: world.decided[earlier] for earlier in keys}
            return World(decided={**decided, key: index}, zones=world.zones)
    return None


@dataclass(frozen=True, slots=True)
class Zone:
    """An availability zone as a template writes it: a name, an id, a place in a list, or a parameter.

    Two zones written in the same way are the same only when they are equal; zones written in different ways
    may or may not be the same one, unless their regions differ.
    """

    kind: str  # "name", "id", "index" (of Fn::GetAZs) or "parameter"
    text: str
    region: str  # "" when it is not known

    def __str__(self) -> str:
        return self.text


def partitions(zones: Sequence[Zone]) -> Iterator[dict[Hashable, str]]:
    """Every way in which zones written differently may coincide.

    Zones of one kind are distinct, as the elements of one list and names are, except parameters: any two may
    be equal.

    Args:
        zones: The zones that the templates mention.

    Yields:
        For each way, the name that each zone gets.
    """

    def may_coincide(one: Zone, other: Zone) -> bool:
        if one.region and other.region and one.region != other.region:
            return False
        return one.kind != other.kind or one.kind == "parameter"

    def place(index: int, blocks: list[list[Zone]]) -> Iterator[list[list[Zone]]]:
        if index == len(zones):
            yield blocks
            return
        zone = zones[index]
        for block in blocks:
            if all(may_coincide(zone, member) for member in block):
                block.append(zone)
                yield from place(index + 1, blocks)
                block.pop()
        blocks.append([zone])
        yield from place(index + 1, blocks)
        blocks.pop()

    order = {"name": 0, "id": 1, "index": 2, "parameter": 3}
    for blocks in place(0, []):
        names: dict[Hashable, str] = {}
        for block in blocks:
            name = min(block, key=lambda zone: (order[zone.kind], zone.text)).text
            for member in block:
                names[member] = name
        yield names
