"""Mutants of a network's templates: one fault each, which must break the promises that it names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Resource = dict[str, Any]


class Templates:
    """The templates of a network, to be changed.

    Args:
        templates: By stack name. They are changed in place.
    """

    def __init__(self, templates: dict[str, dict[str, Any]]) -> None:
        self.templates = templates

    def of(self, kind: str, name: str = "", **properties: Any) -> list[Resource]:
        """Find resources.

        Args:
            kind: The type, without its `AWS::`.
            name: What is in the logical id.
            properties: Properties that the resource has, with these values.

        Returns:
            The resources; at least one, or the mutant would change nothing.
        """
        found = [
            one
            for template in self.templates.values()
            for logical_id, one in template["Resources"].items()
            if one["Type"] == f"AWS::{kind}"
            and name in logical_id
            and all(one.get("Properties", {}).get(key) == value for key, value in properties.items())
        ]
        assert found, f"no {kind} {name} {properties}"
        return found

    def change(self, kind: str, name: str = "", /, **properties: Any) -> None:
        """Give properties to every resource of a type; None takes one away."""
        for one in self.of(kind, name):
            for key, value in properties.items():
                if value is None:
                    one["Properties"].pop(key, None)
                else:
                    one["Properties"][key] = value

    def remove(self, kind: str, name: str = "", **properties: Any) -> None:
        """Take resources away."""
        for one in self.of(kind, name, **properties):
            for template in self.templates.values():
                for logical_id, other in list(template["Resources"].items()):
                    if other is one:
                        del template["Resources"][logical_id]

    def add(self, logical_id: str, kind: str, /, **properties: Any) -> None:
        """Add a resource to the first template."""
        template = next(iter(self.templates.values()))
        template["Resources"][logical_id] = {"Type": f"AWS::{kind}", "Properties": properties}

    def id_of(self, kind: str, name: str = "") -> str:
        """The logical id of the first resource of a type."""
        first = self.of(kind, name)[0]
        found: dict[int, str] = {
            id(one): logical_id
            for template in self.templates.values()
            for logical_id, one in template["Resources"].items()
        }
        return found[id(first)]


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        name: What is wrong.
        change: Makes it so.
        breaks: The promises of the pattern's `promises.yaml`, by name, that must no longer hold: those fail, and only
            those that are in `refused` may be unknown instead.
        refused: Whether AWS refuses the template, which then has no verdict.
    """

    name: str
    change: Callable[[Templates], None]
    breaks: tuple[str, ...]
    refused: bool = False
