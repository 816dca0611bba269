"""Which template of the set a nested stack is made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from patternkit.templates import StackSource
from patternkit.templates.errors import TemplateError, nearest

NESTED = "AWS::CloudFormation::Stack"

_FILE = re.compile(r"([A-Za-z0-9_.-]+)\.(?:ya?ml|json|template)\b")


class Nesting:
    """Finds the templates of nested stacks among those of the set, which then are no stacks of their own.

    A nested stack is found by a contract, by the file that its `TemplateURL` names, by the end of the URL, by its
    logical id, or where just one template has its parameters and outputs.

    Args:
        sources: The set.
        declared: By nested stack, as `Root/Child`, the name of the template's stack in the set.

    Raises:
        TemplateError: A contract names a template that is not there.
    """

    def __init__(self, sources: list[StackSource], declared: Mapping[str, str]) -> None:
        self.declared = declared
        self.notes: list[str] = []
        self._by_name = {source.name: source for source in sources}
        self._found: dict[tuple[str, str], StackSource] = {}
        for name, template in declared.items():
            if template not in self._by_name:
                known = nearest(template, self._by_name)
                raise TemplateError(f"contracts: nested of {name!r}: no template of the set is {template!r}{known}")
        nested = [(source, *one) for source in sources for one in _nested(source)]
        for certain in (True, False):
            for source, logical, resource in nested:
                if (source.name, logical) not in self._found:
                    self._look(source, logical, resource, certain=certain)

    def template(self, parent: StackSource, logical: str) -> StackSource | None:
        """The template of a nested stack, or None where none of the set is known to be."""
        return self._found.get((parent.name, logical))

    @property
    def nested(self) -> set[str]:
        """The names of the templates that are nested stacks'."""
        return {source.name for source in self._found.values()}

    def _look(self, parent: StackSource, logical: str, resource: dict[str, Any], *, certain: bool) -> None:
        others = [source for source in self._by_name.values() if source is not parent]
        path = f"{parent.name}/{logical}"
        found = None
        if path in self.declared:
            found = self._by_name[self.declared[path]]
        elif certain:
            found = _by_file(parent, resource, others) or _by_url(resource, others) or _by_logical_id(logical, others)
        else:
            free = [source for source in others if source.name not in self.nested]
            found = _by_shape(parent, logical, resource, free)
            if found is not None:
                self.notes.append(f"the nested stack {path} is taken to be {found.name}, by its parameters and outputs")
        if found is not None:
            self._found[parent.name, logical] = found


def _nested(source: StackSource) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical, resource in source.template["Resources"].items():
        if isinstance(resource, dict) and resource.get("Type") == NESTED:
            yield logical, resource


def _properties(resource: dict[str, Any]) -> dict[str, Any]:
    properties = resource.get("Properties")
    return properties if isinstance(properties, dict) else {}


def _by_file(parent: StackSource, resource: dict[str, Any], others: list[StackSource]) -> StackSource | None:
    url = _properties(resource).get("TemplateURL")
    if not isinstance(url, str) or "://" in url or parent.folder is None:
        return None
    path = Path(parent.folder, url).resolve()
    return next((other for other in others if other.file is not None and other.file.resolve() == path), None)


def _by_url(resource: dict[str, Any], others: list[StackSource]) -> StackSource | None:
    names = _FILE.findall(json.dumps(_properties(resource).get("TemplateURL"), default=str))
    found = [other for other in others if names and _stem(other) == names[-1].removesuffix(".template")]
    return found[0] if len(found) == 1 else None


def _by_logical_id(logical: str, others: list[StackSource]) -> StackSource | None:
    found = [other for other in others if logical.casefold() in (other.name.casefold(), _stem(other).casefold())]
    return found[0] if len(found) == 1 else None


def _stem(source: StackSource) -> str:
    return source.name if source.file is None else re.sub(r"(?:\.template)?\.[a-z]+$", "", source.file.name)


def _by_shape(
    parent: StackSource, logical: str, resource: dict[str, Any], others: list[StackSource]
) -> StackSource | None:
    given = _properties(resource).get("Parameters") or {}
    if not isinstance(given, dict):
        return None
    asked = set(_outputs_of(parent.template, logical))
    if not given and not asked:
        # Anything would fit.
        return None
    found = []
    for other in others:
        parameters = other.template.get("Parameters") or {}
        needed = {name for name, one in parameters.items() if not (isinstance(one, dict) and "Default" in one)}
        if needed <= set(given) <= set(parameters) and asked <= set(other.template.get("Outputs") or {}):
            found.append(other)
    return found[0] if len(found) == 1 else None


def _outputs_of(node: Any, logical: str) -> Iterator[str]:
    """Which outputs of a nested stack its parent asks for."""
    if isinstance(node, dict):
        target = node.get("Fn::GetAtt")
        parts = target.split(".", 1) if isinstance(target, str) else target
        if isinstance(parts, list) and len(parts) == 2 and parts[0] == logical and isinstance(parts[1], str):
            yield parts[1].removeprefix("Outputs.")
        for item in node.values():
            yield from _outputs_of(item, logical)
    elif isinstance(node, list):
        for item in node:
            yield from _outputs_of(item, logical)
