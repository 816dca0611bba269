"""Expand `Fn::ForEach` with cfn-lint's own transform."""

from __future__ import annotations

import json
from typing import Any

from patternkit.templates import Template
from patternkit.templates.errors import TemplateError

MOST = 2_000_000
"""How many characters loops may make, about: CloudFormation takes templates of one million, and none that it makes."""


def has_loop(node: Any) -> bool:
    """Whether a part of a template has an `Fn::ForEach`."""
    if isinstance(node, dict):
        return any(str(key).startswith("Fn::ForEach::") or has_loop(item) for key, item in node.items())
    return isinstance(node, list) and any(has_loop(item) for item in node)


def expand(template: Template, parameters: dict[str, Any], what: str) -> Template:
    """Expand the loops of a template.

    Args:
        template: A template with the transform `AWS::LanguageExtensions`.
        parameters: Values that the deployment sets; loops over parameters use them before the defaults.
        what: The stack, for messages.

    Returns:
        The template without loops.

    Raises:
        TemplateError: A loop cannot be expanded from what is known, or makes more than any template has.
    """
    # cfn-lint takes about a second to import, and most templates have no loop.
    from cfnlint.decode import cfn_json
    from cfnlint.template import Template as LintTemplate
    from cfnlint.template.transforms._language_extensions import language_extension

    given = json.loads(json.dumps(template))
    for name, value in parameters.items():
        if isinstance(value, (str, int, float)) and name in (given.get("Parameters") or {}):
            given["Parameters"][name]["Default"] = value
    declared, mappings = given.get("Parameters") or {}, given.get("Mappings") or {}
    _require_known_collections(given, declared, mappings, what)
    if _made(given, declared, _longest_list(mappings)) > MOST:
        raise TemplateError(f"{what}: Fn::ForEach makes more than {MOST:,} characters, which is no template of AWS")
    try:
        decoded = cfn_json.loads(json.dumps(given))
        lint = LintTemplate(what, decoded, ["us-east-1"])
        matches, expanded = language_extension(lint)
    except Exception as error:
        raise TemplateError(f"{what}: Fn::ForEach cannot be expanded: {' '.join(str(error).split())}") from None
    if matches or not expanded:
        reason = "; ".join(match.message for match in matches)
        raise TemplateError(f"{what}: Fn::ForEach cannot be expanded: {reason}")
    plain: Template = json.loads(json.dumps(expanded))
    for section in ("Resources", "Outputs", "Conditions"):
        for key in plain.get(section) or {}:
            if key.startswith("Fn::ForEach"):
                raise TemplateError(f"{what}: {key} cannot be expanded: its collection is not known")
    return plain


def _require_known_collections(node: Any, parameters: dict[str, Any], mappings: dict[str, Any], what: str) -> None:
    # cfn-lint makes names up where a collection is not known, which is right for a linter and wrong for a
    # proof.
    if isinstance(node, list):
        for item in node:
            _require_known_collections(item, parameters, mappings, what)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if isinstance(key, str) and key.startswith("Fn::ForEach::"):
            if not isinstance(value, list) or len(value) != 3:
                raise TemplateError(f"{what}: {key} takes an identifier, a collection and a body")
            for item in value[1] if isinstance(value[1], list) else [value[1]]:
                if _known(item, parameters, mappings) is None:
                    raise TemplateError(f"{what}: {key} cannot be expanded: its collection is not known")
        _require_known_collections(value, parameters, mappings, what)


def _known(item: Any, parameters: dict[str, Any], mappings: dict[str, Any]) -> Any:
    """The value of an item of a collection, or of all of one, or None where it is not known."""
    if isinstance(item, dict) and len(item) == 1:
        ((function, argument),) = item.items()
        if function == "Ref" and isinstance(argument, str):
            return (parameters.get(argument) or {}).get("Default")
        if function == "Fn::FindInMap" and isinstance(argument, list) and len(argument) == 3:
            found: Any = mappings
            for part in argument:
                key = _known(part, parameters, mappings)
                found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
            return found
    return item if isinstance(item, (str, int, float)) else None


def _made(node: Any, parameters: dict[str, Any], mapped: list[str], longest: int = 0) -> int:
    """About how many characters a part of a template has once its loops are expanded: never fewer.

    Args:
        node: The part.
        parameters: The template's parameters.
        mapped: The longest list of its mappings.
        longest: The characters of the longest items of the loops around it, which stand in place of their names.
    """
    if isinstance(node, dict):
        made = 2
        for key, value in node.items():
            if key.startswith("Fn::ForEach::"):
                items = _items(value[1], parameters, mapped)
                inner = _made(value[2], parameters, mapped, longest + max(map(len, items), default=0))
                # Beyond the bound nothing needs to be exact.
                made += len(items) * min(inner, MOST + 1)
            else:
                made += _made(key, parameters, mapped, longest) + _made(value, parameters, mapped, longest)
        return made
    if isinstance(node, list):
        return sum(_made(item, parameters, mapped, longest) for item in node) + 2
    if isinstance(node, str):
        return len(node) + (node.count("${") + node.count("&{")) * longest + 3
    return 8


def _items(collection: Any, parameters: dict[str, Any], mapped: list[str]) -> list[str]:
    """The items of a collection, or at least as many."""
    if isinstance(collection, list):
        return [text for item in collection for text in _items(item, parameters, mapped)]
    if not isinstance(collection, dict):
        return [str(collection)]
    if "Ref" in collection:
        return str(parameters.get(collection["Ref"], {}).get("Default", "")).split(",")
    return mapped


def _longest_list(mappings: dict[str, Any]) -> list[str]:
    rows = [row for table in mappings.values() for row in table.values() if isinstance(row, dict)]
    lists = [value for row in rows for value in row.values() if isinstance(value, list)]
    return [str(item) for item in max(lists, key=len, default=[""])]
