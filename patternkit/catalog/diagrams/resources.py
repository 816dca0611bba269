"""The resources of an app's templates, and what each of them refers to."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from patternkit.templates.assemblies import read_json

_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a template.

    Attributes:
        id: Its logical id, preceded by its template's name.
        type: As CloudFormation names it.
        properties: Its properties.
        path: Its construct path, without the stack's part.
        leads: Each resource that its properties refer to, and by which property: `(("Target", "Arn"), id)`.
    """

    id: str
    type: str
    properties: Mapping[str, Any]
    path: tuple[str, ...]
    leads: tuple[tuple[tuple[str, ...], str], ...]

    def to(self, *properties: str) -> list[str]:
        """Find what some of its properties refer to."""
        return list(dict.fromkeys(end for way, end in self.leads if way and way[0] in properties))


class Resources:
    """All resources of the templates of an app, over its stacks."""

    def __init__(self, templates: Mapping[str, Mapping[str, Any]], paths: Mapping[str, str]) -> None:
        """Read templates.

        Args:
            templates: The templates by name.
            paths: Construct paths by logical id.
        """
        self._exports = {_key(name): end for name, _, end in _outputs(templates) if name is not None}
        self._outputs = {place: end for _, place, end in _outputs(templates)}
        self._all: dict[str, Resource] = {}
        for name, template in templates.items():
            for logical_id, resource in template.get("Resources", {}).items():
                properties = {**resource.get("Properties", {}), **_release(resource)}
                path = tuple(paths.get(logical_id, logical_id).split("/"))
                self._all[f"{name}.{logical_id}"] = Resource(
                    id=f"{name}.{logical_id}",
                    type=resource["Type"],
                    properties=properties,
                    path=path[1:] or path,
                    leads=tuple(self._leads(properties, name, ())),
                )
        # Parameters and pseudo parameters are referred to as resources are.
        for one in self._all.values():
            known = tuple((way, end) for way, end in one.leads if end in self._all)
            self._all[one.id] = Resource(
                id=one.id, type=one.type, properties=one.properties, path=one.path, leads=known
            )

    def __iter__(self) -> Iterator[Resource]:
        """Go through the resources, in the order of their templates."""
        return iter(self._all.values())

    def __getitem__(self, name: str) -> Resource:
        """Find a resource by its id."""
        return self._all[name]

    def of(self, *types: str) -> list[Resource]:
        """Find the resources of some types."""
        return [one for one in self if one.type in types]

    @cached_property
    def users(self) -> dict[str, list[Resource]]:
        """The resources that refer to each."""
        found: dict[str, list[Resource]] = {}
        for one in self:
            for end in dict.fromkeys(end for _, end in one.leads):
                found.setdefault(end, []).append(one)
        return found

    def referred(self, value: Any, template: str) -> list[str]:
        """Find the resources that a part of a resource refers to."""
        return [end for _, end in self._leads(value, template, ()) if end in self._all]

    def _leads(self, value: Any, template: str, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        match value:
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
                yield way, f"{template}.{name}"
            case {"Fn::ImportValue": imported} if (key := _key(imported)) in self._exports:
                yield way, self._exports[key]
            case {"Fn::GetStackOutput": {"StackName": str(stack), "OutputName": str(output)}}:
                if (stack, output) in self._outputs:
                    yield way, self._outputs[stack, output]
            case {"Fn::Sub": text}:
                words = text if isinstance(text, str) else text[0]
                yield from ((way, f"{template}.{name}") for name in _SUBSTITUTED.findall(words))
                if not isinstance(text, str):
                    yield from self._leads(text[1], template, way)
            case dict():
                for key, one in value.items():
                    yield from self._leads(one, template, (*way, key))
            case list():
                for one in value:
                    yield from self._leads(one, template, way)


def _release(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What shifts the traffic of an alias, which stands beside its properties."""
    release = resource.get("UpdatePolicy", {}).get("CodeDeployLambdaAliasUpdate", {})
    return {"Release": release["DeploymentGroupName"]} if "DeploymentGroupName" in release else {}


def _outputs(templates: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Any, tuple[str, str], str]]:
    """The resources that outputs give to other stacks: by the export's name, if any, and by stack and output."""
    for stack, template in templates.items():
        for name, output in template.get("Outputs", {}).items():
            match output.get("Value"):
                case {"Ref": str(end)} | {"Fn::GetAtt": [str(end), *_]}:
                    yield output.get("Export", {}).get("Name"), (stack, name), f"{stack}.{end}"


def _key(name: Any) -> str:
    return json.dumps(name, sort_keys=True)


def construct_paths(assembly: Path) -> dict[str, str]:
    """Read construct paths by logical id from a cloud assembly.

    Args:
        assembly: Its folder.

    Returns:
        Paths as `Stack/Pattern/Part/Resource`, by logical id.
    """
    paths = {}
    for metadata in sorted(assembly.rglob("*.metadata.json")):
        for path, entries in read_json(metadata).items():
            for entry in entries:
                if entry["type"] == "aws:cdk:logicalId":
                    paths[entry["data"]] = path.lstrip("/")
    return paths
