"""Bring a template's property into the shape in which the service's API takes it.

CloudFormation names every member in upper camel case and may give a number or a flag as text. The API's own names
and types are in botocore's model of the service, and are taken from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def conform(client: Any, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an operation, renamed and converted as its model says.

    A member that the model does not have keeps its name, for the service or botocore to refuse.

    Args:
        client: The client of the service.
        operation: The operation's name in the model, such as `UpdateSchedule`.
        arguments: What CloudFormation calls them.
    """
    found: dict[str, Any] = _conformed(client.meta.service_model.operation_model(operation).input_shape, arguments)
    return found


def _conformed(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        members = {name.lower(): (name, member) for name, member in shape.members.items()}
        renamed: dict[str, Any] = {}
        for name, item in value.items():
            known = members.get(str(name).lower())
            renamed[known[0] if known else name] = _conformed(known[1], item) if known else item
        return renamed
    if kind == "list" and isinstance(value, list):
        return [_conformed(shape.member, item) for item in value]
    if kind == "map" and isinstance(value, Mapping):
        return {str(name): _conformed(shape.value, item) for name, item in value.items()}
    if (
        kind == "map"
        and isinstance(value, list)
        and all(isinstance(i, Mapping) and {"Key", "Value"} <= {*i} for i in value)
    ):
        return {str(item["Key"]): _conformed(shape.value, item["Value"]) for item in value}
    return _scalar(kind, value)


def _scalar(kind: str, value: Any) -> Any:
    if kind == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if kind in ("integer", "long") and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if kind in ("float", "double") and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    if kind == "string" and isinstance(value, (int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value
