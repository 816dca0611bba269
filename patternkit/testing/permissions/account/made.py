"""A resource as a template defines it, and as it was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from patternkit.testing.permissions.intrinsics import ABSENT
from patternkit.testing.permissions.statements import Statement

Key = tuple[int, str]
"""A template's place and a logical id in it."""


@dataclass(slots=True)
class Made:
    """A resource: what `Ref` and `Fn::GetAtt` give, the ARN that policies name it by, and its policies."""

    type: str
    ref: Any
    attributes: dict[str, Any]
    arn: str | None
    properties: dict[str, Any] = field(default_factory=dict)
    policies: list[Statement] = field(default_factory=list)
    parts: dict[str, Made] = field(default_factory=dict)
    """What is made along with it, by what it is."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A resource of a template, property by property: one that is not asked for is not resolved, so no cycle."""

    resolve: Callable[[Any], Any]
    index: int
    logical_id: str
    resource: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        """Get a property, resolved; the default where there is none."""
        properties = self.resource.get("Properties", {})
        if name not in properties:
            return default
        value = self.resolve(properties[name])
        return default if value is ABSENT else value

    def some(self, *names: str) -> dict[str, Any]:
        """Get those of some properties that there are."""
        found = {name: self.get(name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def named(self, name: str, longest: int = 63) -> str:
        """Get the name that a property gives; one made of the logical id where it gives none."""
        given = self.get(name)
        if isinstance(given, str):
            return given
        return f"{self.index}-{self.logical_id}"[:longest]
