"""The stacks of a set as their templates are written, nested ones included."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from patternkit.resolving.given import Given
from patternkit.resolving.loops import expand, has_loop
from patternkit.resolving.nesting import Nesting
from patternkit.resolving.values import BY_PROCESSED_TEMPLATE, CLOSE, OPEN, Unknown, lifted
from patternkit.templates import StackSource, as_template, read_template
from patternkit.templates.assemblies import nested_path
from patternkit.templates.errors import TemplateError
from patternkit.templates.transforms import TRANSFORM, transforms

Node = Any

# What may rewrite a template to anything. The ones left out make no network resource.
_HARMLESS_TRANSFORMS = {
    "AWS::LanguageExtensions",
    "AWS::Serverless-2016-10-31",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
}

_MOST_NESTED = 10_000


class Stack:
    """One stack of the set, with the resources that exist whatever conditions say."""

    def __init__(
        self,
        source: StackSource,
        parent: Stack | None = None,
        parent_id: str = "",
        given: dict[str, Any] | None = None,
    ) -> None:
        self.source = source
        self.name = source.name
        template = source.template
        self.parent, self.parent_id = parent, parent_id
        # What a macro adds is not known, which is said of the whole set.
        self.resources: dict[str, Any] = {
            logical: one for logical, one in template["Resources"].items() if not logical.startswith(TRANSFORM)
        }
        self.parameters: dict[str, Any] = template.get("Parameters") or {}
        self.conditions: dict[str, Any] = template.get("Conditions") or {}
        self.mappings: dict[str, Any] = template.get("Mappings") or {}
        self.outputs: dict[str, Any] = template.get("Outputs") or {}
        self.region = source.region
        # Of a nested stack these are expressions of its parent.
        self.given: dict[str, Any] = dict(source.parameters) if given is None else given
        self.ids = {logical: f"{OPEN}{self.name}/{logical}{CLOSE}" for logical in self.resources}
        self.children: dict[str, Stack | Unknown] = {}
        # What a custom resource is called is what its code returns: it may be any other resource's id.
        self.named_by_code = {
            logical
            for logical, resource in self.resources.items()
            # Most types are AWS's own.
            if isinstance(resource, dict)
            and not (kind := str(resource.get("Type"))).startswith("AWS::EC2::")
            and is_custom(kind)
        }

    def files(self) -> list[Path | None]:
        """The files of the templates of the stack and of those that it is nested in."""
        return [self.source.file, *(self.parent.files() if self.parent is not None else ())]

    def path(self, logical: str) -> str:
        """The resource's construct path, or the stack and logical id where there is none."""
        resource = self.resources.get(logical)
        if isinstance(resource, dict):
            metadata = resource.get("Metadata")
            if isinstance(metadata, dict) and isinstance(metadata.get("aws:cdk:path"), str):
                return str(metadata["aws:cdk:path"])
        return self.source.paths.get(logical) or f"{self.name}/{logical}"


class StackSet:
    """All stacks of a network, nested ones included, before any choice is made."""

    def __init__(self, sources: list[StackSource], contracts: Given | None = None) -> None:
        self.stacks: list[Stack] = []
        self.nested = 0
        self.contracts = contracts or Given()
        self.leans: frozenset[str] = frozenset()
        self.unknown_everywhere: list[str] = []
        names: set[str] = set()
        for source in sources:
            if source.name in names:
                raise TemplateError(f"two stacks are named {source.name!r}")
            names.add(source.name)
        self.nesting = Nesting(sources, self.contracts.nested)
        for source in sources:
            if source.name not in self.nesting.nested:
                self._add(Stack(self._transformed(source)))
        if sources and not self.stacks:
            raise TemplateError(f"{sources[0].name} is nested in itself")
        self.by_id: dict[str, tuple[Stack, str]] = {}
        for stack in self.stacks:
            for logical, identity in stack.ids.items():
                self.by_id[identity] = (stack, logical)

    def _transformed(self, source: StackSource) -> StackSource:
        names = transforms(source.template)
        for text in names:
            if text not in _HARMLESS_TRANSFORMS:
                self.unknown_everywhere.append(
                    f"the transform {text} may rewrite the template of {source.name}" + BY_PROCESSED_TEMPLATE
                )
        if any(key.startswith(TRANSFORM) for key in source.template["Resources"]):
            self.unknown_everywhere.append(
                f"an Fn::Transform may add resources to {source.name}" + BY_PROCESSED_TEMPLATE
            )
        if "AWS::LanguageExtensions" in names and has_loop(source.template):
            declared = self.contracts.parameters.get(source.name, {})
            self.leans |= {f"parameter {name} of {source.name}" for name in declared if name not in source.parameters}
            template = expand(source.template, {**declared, **source.parameters}, source.name)
            return StackSource(
                source.name,
                as_template(template, source.name),
                source.region,
                source.account,
                source.parameters,
                source.paths,
                source.folder,
                source.assets,
                source.stack_name,
                source.file,
            )
        for key in source.template["Resources"]:
            if key.startswith("Fn::ForEach::"):
                raise TemplateError(f"{source.name} uses Fn::ForEach without the transform AWS::LanguageExtensions")
        return source

    def _add(self, stack: Stack, depth: int = 0) -> None:
        if depth > 8:
            raise TemplateError(f"{stack.name}: stacks are nested more than eight levels deep")
        self.stacks.append(stack)
        for logical, resource in stack.resources.items():
            if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
                raise TemplateError(f"{stack.name}: resource {logical} has no Type")
            properties = resource.get("Properties")
            if TRANSFORM in resource or (isinstance(properties, dict) and TRANSFORM in properties):
                self.unknown_everywhere.append(
                    f"an Fn::Transform may change {stack.path(logical)}" + BY_PROCESSED_TEMPLATE
                )
            if properties is not None and not isinstance(properties, dict):
                raise TemplateError(f"{stack.name}: the properties of {logical} are not a mapping")
            if resource["Type"] == "AWS::CloudFormation::Stack":
                self._add_nested(stack, logical, resource, depth)

    def _add_nested(self, stack: Stack, logical: str, resource: dict[str, Any], depth: int) -> None:
        name = f"{stack.name}/{logical}"
        self.nested += 1
        if self.nested > _MOST_NESTED:
            raise TemplateError(f"{name}: there are more than {_MOST_NESTED:,} nested stacks")
        file_name = self._nested_file(stack, resource)
        path = None
        if file_name is not None and stack.source.folder is not None:
            path = nested_path(stack.source.folder, file_name, stack.files(), name)
        given_template = self.nesting.template(stack.source, logical)
        if given_template is not None:
            # What nests in it is found by the name that it has in the set.
            source = replace(given_template, region=stack.region, account=stack.source.account)
            if name in self.contracts.nested:
                self.leans |= {f"nested {name}"}
        elif path is None or not path.is_file():
            reason = f"the template of the nested stack {stack.path(logical)} is not in the set{lifted('nested')}"
            stack.children[logical] = Unknown(reason)
            self.unknown_everywhere.append(reason)
            return
        else:
            template = read_template(path)
            source = StackSource(
                name,
                template,
                stack.region,
                stack.source.account,
                folder=stack.source.folder,
                assets=stack.source.assets,
                paths={key: path for key, path in stack.source.paths.items() if key not in stack.resources},
                file=path,
            )
        given = (resource.get("Properties") or {}).get("Parameters") or {}
        child = Stack(self._transformed(source), stack, logical, given)
        child.name = name
        if given_template is not None:
            child.given = {**given_template.parameters, **child.given}
        child.ids = {key: f"{OPEN}{name}/{key}{CLOSE}" for key in child.resources}
        stack.children[logical] = child
        self._add(child, depth + 1)

    @staticmethod
    def _nested_file(stack: Stack, resource: dict[str, Any]) -> str | None:
        metadata = resource.get("Metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("aws:asset:path"), str):
            return str(metadata["aws:asset:path"])
        url = (resource.get("Properties") or {}).get("TemplateURL")
        for asset, file_name in stack.source.assets.items():
            if asset in json.dumps(url):
                return file_name
        # `aws cloudformation package` has not run yet: the URL is still a path.
        return url if isinstance(url, str) and "://" not in url else None


def is_custom(kind: str) -> bool:
    """Whether a resource is made by code of the user's own."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"
