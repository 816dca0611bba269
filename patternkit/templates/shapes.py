"""The outer shape of a template: its sections, and what CloudFormation itself reads of a resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from patternkit.templates.documents import check_depth
from patternkit.templates.errors import TemplateError, kind_of, shortened
from patternkit.templates.functions import are_sound, check_values

Template = dict[str, Any]

_MAPPINGS = ("Metadata", "Properties", "CreationPolicy", "UpdatePolicy")
_USUAL = {"Type", "Properties", "Metadata"}
_NONE: Template = {}
_SECTIONS = ("Parameters", "Conditions", "Mappings", "Outputs", "Metadata", "Rules", "Hooks")


def as_template(value: Any, what: str) -> Template:
    """Check that a parsed value has a template's shape.

    What a resource's properties mean to its service is not checked here; see `check_properties`.

    Args:
        value: What was parsed.
        what: Where it comes from, for messages.

    Returns:
        The value.

    Raises:
        TemplateError: It has not.
    """
    if not isinstance(value, dict) or not isinstance(value.get("Resources"), dict):
        raise TemplateError(f"{what} is not a CloudFormation template: it has no Resources")
    check_depth([*(part for section, part in value.items() if section != "Resources")], what)
    for section in _SECTIONS:
        if not isinstance(value.get(section) or {}, dict):
            raise TemplateError(f"{what}: {section} is not a mapping")
    _check_resources(value["Resources"], what)
    for name, parameter in _entries(value, "Parameters", what):
        at = f"{what}: parameter {shortened(name)}"
        _must_be_mapping(parameter, at)
        if isinstance(parameter.get("Default"), (dict, list)):
            raise TemplateError(f"{at}: Default must be a text or a number, got {kind_of(parameter['Default'])}")
        if not isinstance(parameter.get("Type", ""), str):
            raise TemplateError(f"{at}: Type must be a text, got {kind_of(parameter['Type'])}")
        check_values(parameter, at)
    for name, condition in _entries(value, "Conditions", what):
        _must_be_mapping(condition, f"{what}: condition {shortened(name)}")
        check_values(condition, f"{what}: condition {shortened(name)}")
    _check_mappings(value, what)
    for name, output in _entries(value, "Outputs", what):
        _check_output(output, f"{what}: output {shortened(name)}")
    _check_transforms(value.get("Transform") or [], what)
    return value


def _entries(template: Template, section: str, what: str) -> Iterator[tuple[str, Any]]:
    for name, entry in (template.get(section) or {}).items():
        if not isinstance(name, str):
            raise TemplateError(f"{what}: {section}: the key {shortened(name)} is not a text")
        # Loops and macros make entries; what they are given is theirs.
        if not name.startswith("Fn::"):
            yield name, entry


def _check_resources(resources: Template, what: str) -> None:
    if _are_usual(resources):
        return
    usual: list[Any] = []
    metadata: list[Any] = []
    for logical_id, resource in resources.items():
        # Most resources have nothing else, and nothing wrong.
        if _is_usual(logical_id, resource):
            usual.append(resource.get("Properties", _NONE))
            metadata.append(resource.get("Metadata", _NONE))
        else:
            _check_resource(logical_id, resource, what)
    check_depth(metadata, what)
    if not are_sound(usual):
        for logical_id, resource in resources.items():
            _check_resource(logical_id, resource, what)


def _are_usual(resources: Template) -> bool:
    """Say, fast, whether `_check_resource` passes all resources; if not, it says whether it does, and why not."""
    given = list(resources.values())
    if not {*map(type, given)} <= {dict} or not {*map(type, resources)} <= {str}:
        return False
    if not set().union(*given) <= _USUAL or not "".join(resources).isalnum():
        return False
    types: list[Any] = [resource.get("Type") for resource in given]
    metadata = [resource["Metadata"] for resource in given if "Metadata" in resource]
    properties = [resource["Properties"] for resource in given if "Properties" in resource]
    return (
        {*map(type, types)} <= {str}
        and "".join(types).isascii()
        and {*map(type, metadata)} <= {dict}
        and {*map(type, properties)} <= {dict}
        # Of metadata only the depth matters.
        and {*map(type, chain.from_iterable(map(dict.values, metadata)))} <= {str}
        and are_sound(properties)
    )


def _is_usual(logical_id: Any, resource: Any) -> bool:
    return (
        type(resource) is dict
        and resource.keys() <= _USUAL
        and type(resource.get("Properties", _NONE)) is dict
        and type(resource.get("Metadata", _NONE)) is dict
        and type(resource.get("Type")) is str
        and type(logical_id) is str
        and logical_id.isalnum()
        and resource["Type"].isascii()
    )


def _check_resource(logical_id: Any, resource: Any, what: str) -> None:
    if not isinstance(logical_id, str):
        raise TemplateError(f"{what}: Resources: the key {shortened(logical_id)} is not a text")
    if logical_id.startswith("Fn::"):
        return
    check_depth(resource, what)
    at = f"{what}: resource {logical_id if logical_id.isalnum() and len(logical_id) <= 255 else shortened(logical_id)}"
    if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
        raise TemplateError(f"{at} has no Type")
    for name in _MAPPINGS:
        if name in resource and not isinstance(resource[name], dict):
            if name == "Properties":
                raise TemplateError(f"{what}: the properties of {at.partition(': resource ')[2]} are not a mapping")
            raise TemplateError(f"{at}: {name} must be a mapping, got {kind_of(resource[name])}")
    depends_on = resource.get("DependsOn", "")
    listed = depends_on if isinstance(depends_on, list) else [depends_on]
    if not all(isinstance(one, str) for one in listed):
        raise TemplateError(f"{at}: DependsOn must be a logical id or a list of them, got {kind_of(depends_on)}")
    if not isinstance(resource.get("Condition", ""), str):
        raise TemplateError(f"{at}: Condition must be the name of a condition, got {kind_of(resource['Condition'])}")
    for name in ("DeletionPolicy", "UpdateReplacePolicy"):
        # With a language extension, a function may choose it.
        if not isinstance(resource.get(name, ""), (str, dict)):
            raise TemplateError(f"{at}: {name} must be a text, got {kind_of(resource[name])}")
    if "Properties" in resource:
        check_values(resource["Properties"], at)
    for name in ("Type", "Condition", "DeletionPolicy", "UpdateReplacePolicy"):
        if name in resource:
            check_values(resource[name], at)


def _check_mappings(template: Template, what: str) -> None:
    for name, table in _entries(template, "Mappings", what):
        at = f"{what}: mapping {shortened(name)}"
        _must_be_mapping(table, at)
        for key, row in table.items():
            if not str(key).startswith("Fn::"):
                _must_be_mapping(row, f"{at}: {shortened(key)}")
        check_values(table, at)


def _check_output(output: Any, at: str) -> None:
    _must_be_mapping(output, at)
    if "Value" not in output:
        raise TemplateError(f"{at} has no Value")
    if not isinstance(output.get("Export", {}), dict):
        raise TemplateError(f"{at}: Export must be a mapping, got {kind_of(output['Export'])}")
    if not isinstance(output.get("Condition", ""), str):
        raise TemplateError(f"{at}: Condition must be the name of a condition, got {kind_of(output['Condition'])}")
    check_values(output, at)


def _check_transforms(given: Any, what: str) -> None:
    listed: Iterable[Any] = given if isinstance(given, list) else [given]
    if not all(isinstance(one, (str, dict)) for one in listed):
        raise TemplateError(f"{what}: Transform must be a name or a list of names, got {kind_of(given)}")


def _must_be_mapping(value: Any, at: str) -> None:
    if not isinstance(value, dict):
        raise TemplateError(f"{at} must be a mapping, got {kind_of(value)}")
