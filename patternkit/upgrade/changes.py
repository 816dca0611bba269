"""One thing that an upgrade does."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Template = Mapping[str, Any]


class Kind(enum.StrEnum):
    """What sort of change it is."""

    REPLACEMENT = "replacement"
    DELETION = "deletion"
    RETENTION = "retention"
    PERMISSIONS = "permissions"
    EXPOSURE = "exposure"
    ENCRYPTION = "encryption"
    ALARMS = "alarms"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """Something that an upgrade replaces, deletes, stops retaining, permits, exposes, decrypts or leaves unnoticed.

    Attributes:
        kind: What sort of change it is.
        logical_id: The resource.
        reason: What changes, and what that means, in one line.
        dangerous: Whether somebody must look at it before it is deployed; if not, it is only worth knowing.
        template: The template's name, where several are compared.
    """

    kind: Kind
    logical_id: str
    reason: str
    dangerous: bool = True
    template: str = ""

    def __str__(self) -> str:
        where = f"{self.template}/{self.logical_id}" if self.template else self.logical_id
        return f"{'danger' if self.dangerous else 'note'}: {self.kind}: {where}: {self.reason}"


def resources(template: Template) -> Mapping[str, Mapping[str, Any]]:
    """Give the resources of a template.

    Args:
        template: The template.

    Returns:
        Definitions by logical id.
    """
    found: Mapping[str, Mapping[str, Any]] = template.get("Resources", {})
    return found


def properties_of(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the properties of a resource.

    Args:
        resource: Its definition.

    Returns:
        The properties; none where it has no Properties.
    """
    found: Mapping[str, Any] = resource.get("Properties", {})
    return found


def pairs(old: Template, new: Template) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Give the resources that are in both templates and of one type.

    Args:
        old: A template.
        new: Another one.

    Yields:
        The logical id and both definitions.
    """
    before = resources(old)
    for logical_id, resource in resources(new).items():
        if logical_id in before and before[logical_id]["Type"] == resource["Type"]:
            yield logical_id, before[logical_id], resource
