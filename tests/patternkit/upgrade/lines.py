"""The lines that a comparison prints, for tests that hold them whole."""

from typing import Any

from patternkit.upgrade import Change, compare

Properties = dict[str, Any]


def resource(kind: str, /, **properties: Any) -> dict[str, Any]:
    """A resource that is retained, so that replacing it is not what is told; without the properties that are None."""
    return {
        "Type": f"AWS::{kind}",
        "Properties": {name: one for name, one in properties.items() if one is not None},
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
    }


def lines(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Compare resources, and give each change as it is printed, replacements that only change an id aside."""
    return [str(one) for one in changes(old, new)]


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Compare resources, replacements that only change an id aside."""
    return [one for one in compare({"Resources": old}, {"Resources": new}) if "; its id changes: " not in one.reason]


def lines_of(kind: str, old: Properties, new: Properties) -> list[str]:
    """Compare one resource, "It", and give each change as it is printed, replacements aside."""
    found = lines({"It": resource(kind, **old)}, {"It": resource(kind, **new)})
    return [one for one in found if ": replacement: " not in one]
