"""What the diagrams make of each type of resource; the types themselves are data, in kinds.toml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tomli


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """What is shown, what is part of something shown, and what is folded away.

    Attributes:
        shown: Service and icon of each type that is drawn.
        plain: Shown types that need no name of their own.
        part_of: The property that leads from a part to its whole: an alias to its function.
        used_by: Types that belong to whatever refers to them: a role to its function.
        flows: Properties that something flows along, by type: whence, where and what. No property means the resource
            itself.
        folded: Plumbing; a type that ends in * stands for all that start so.
    """

    shown: dict[str, tuple[str, str]]
    plain: frozenset[str]
    part_of: dict[str, str]
    used_by: frozenset[str]
    flows: dict[str, tuple[tuple[str, str, str], ...]]
    folded: tuple[str, ...]

    def knows(self, kind: str) -> bool:
        """Whether a type is in the data."""
        if kind in self.shown or kind in self.part_of or kind in self.used_by or kind in self.flows:
            return True
        return any(kind == one or (one.endswith("*") and kind.startswith(one[:-1])) for one in self.folded)


DATA = Path(__file__).parent / "kinds.toml"
"""Where the types are."""


@cache
def kinds() -> Kinds:
    """Read the types."""
    data = tomli.loads(DATA.read_text(encoding="utf-8"))
    return Kinds(
        shown={kind: (service, icon) for kind, (service, icon) in data["shown"].items()},
        plain=frozenset(data["plain"]["types"]),
        part_of=data["part_of"],
        used_by=frozenset(data["used_by"]["types"]),
        flows={kind: tuple((a, b, what) for a, b, what in ways) for kind, ways in data["flows"].items()},
        folded=tuple(data["folded"]["types"]),
    )
