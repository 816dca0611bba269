"""The shape of properties, as CloudFormation's resource schemas have it: where a list, a mapping or a single value is.

The schemas are those that cfn-lint packages. Only the shape is checked, not the values: CloudFormation itself refuses
what has the wrong one. Types outside the schemas, and properties that a newer schema has, pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from patternkit.templates.errors import TemplateError, kind_of
from patternkit.templates.shapes import Template


@dataclass(slots=True)
class Shape:
    """What a value must be.

    Attributes:
        kind: "list", "mapping", "single", or "" where the schema allows several or does not say.
        fields: Shapes of the properties of a mapping.
        items: Shape of the items of a list.
    """

    kind: str = ""
    fields: dict[str, Shape] = field(default_factory=dict)
    items: Shape | None = None


_KINDS = {
    "array": "list",
    "object": "mapping",
    "string": "single",
    "number": "single",
    "integer": "single",
    "boolean": "single",
}
_NAMES = {"list": "a list", "mapping": "a mapping", "single": "a single value"}


def check_properties(template: Template, what: str) -> None:
    """Check the shape of the properties of every resource whose type has a schema.

    Args:
        template: A template that `as_template` has passed.
        what: Where it comes from, for messages.

    Raises:
        TemplateError: CloudFormation would refuse one.
    """
    for logical_id, resource in template["Resources"].items():
        if logical_id.startswith("Fn::") or not resource.get("Properties"):
            continue
        shape = shape_of(resource["Type"])
        if shape is not None and (wrong := _wrong(resource["Properties"], shape, "Properties")):
            raise TemplateError(f"{what}: resource {logical_id}: {wrong}")


def _wrong(value: Any, shape: Shape, at: str) -> str:
    if isinstance(value, dict):
        if (len(value) == 1 and next(iter(value)) in _FUNCTIONS) or "Fn::Transform" in value:
            return ""
        given = "mapping"
        inner = [(key, part, shape.fields[key]) for key, part in value.items() if key in shape.fields]
    elif isinstance(value, list):
        given = "list"
        inner = [(str(number), part, shape.items) for number, part in enumerate(value) if shape.items is not None]
    else:
        given, inner = "single", []
    if shape.kind and given != shape.kind:
        return f"{at} must be {_NAMES[shape.kind]}, got {kind_of(value)}"
    return next((wrong for key, part, one in inner if (wrong := _wrong(part, one, f"{at}.{key}"))), "")


_FUNCTIONS = frozenset(
    {
        "Ref",
        *(f"Fn::{name}" for name in ("Base64", "Cidr", "FindInMap", "GetAZs", "GetAtt", "GetStackOutput", "If")),
        *(f"Fn::{name}" for name in ("ImportValue", "Join", "Length", "Select", "Split", "Sub", "ToJsonString")),
    }
)


@cache
def shape_of(resource_type: str) -> Shape | None:
    """The shape of the properties of a resource type.

    Args:
        resource_type: As CloudFormation names it.

    Returns:
        The shape; None for a type without a schema.
    """
    schema = schema_of(resource_type)
    if schema is None:
        return None
    return Shape("mapping", _Reader(schema).fields(schema, 0))


@cache
def schema_of(resource_type: str) -> dict[str, Any] | None:
    """CloudFormation's schema of a resource type, as cfn-lint packages it.

    Args:
        resource_type: As CloudFormation names it.

    Returns:
        The schema; None for a type that has none.
    """
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    try:
        found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
    except (ResourceNotFoundError, ValueError, OSError):
        return None
    return found


class _Reader:
    """Reads one schema; definitions may refer to themselves."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.known: dict[str, Shape] = {}

    def fields(self, schema: dict[str, Any], depth: int) -> dict[str, Shape]:
        return {name: self.shape(part, depth + 1) for name, part in (schema.get("properties") or {}).items()}

    def shape(self, schema: Any, depth: int) -> Shape:
        if not isinstance(schema, dict) or depth > 30:
            return Shape()
        reference = schema.get("$ref")
        if isinstance(reference, str):
            if reference not in self.known:
                self.known[reference] = found = Shape()
                read = self.shape(self._defined(reference), depth + 1)
                found.kind, found.fields, found.items = read.kind, read.fields, read.items
            return self.known[reference]
        types = schema.get("type")
        kinds = {_KINDS.get(str(one), "") for one in (types if isinstance(types, list) else [types])}
        items = self.shape(schema["items"], depth + 1) if isinstance(schema.get("items"), dict) else None
        return Shape(kinds.pop() if len(kinds) == 1 else "", self.fields(schema, depth), items)

    def _defined(self, reference: str) -> Any:
        found: Any = self.schema
        for part in reference.removeprefix("#/").split("/"):
            found = found.get(part) if isinstance(found, dict) else None
        return found
