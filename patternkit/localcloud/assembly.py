"""The stacks of a cloud assembly as the local cloud deploys them: in order, without what it cannot publish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patternkit import templates
from patternkit.localcloud.errors import LocalCloudError
from patternkit.localcloud.suggest import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAsset:
    """A file or folder that the stack needs in S3."""

    name: str
    source: Path
    zipped: bool
    """Whether the folder is uploaded as a zip archive."""
    bucket: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyStack:
    """A stack of the assembly, as it would be deployed."""

    artifact_id: str
    name: str
    display_name: str
    account: str | None
    """None where the stack may go to any account."""
    region: str | None
    template: Mapping[str, Any]
    template_path: Path
    template_url: str | None
    """Where the assets manifest puts the template, `s3://bucket/key`; None for a legacy synthesizer."""
    assets: tuple[FileAsset, ...]
    nested_templates: tuple[Mapping[str, Any], ...]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    bootstrap_parameter: str | None
    bootstrap_version: int
    dependencies: tuple[str, ...]
    """Artifact ids of the stacks that are deployed before this one."""
    logical_ids: Mapping[str, str] = field(default_factory=dict)
    """Construct path to logical id."""
    unsupported: str | None = None
    """Why it cannot be published, such as a container image."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """The stacks of a cloud assembly, in an order in which each follows those that it depends on."""

    directory: Path
    stacks: tuple[AssemblyStack, ...]

    def stack(self, name: str | None) -> AssemblyStack:
        """Return a stack by its name, its display name or its artifact id; without a name, the only one.

        Raises:
            LocalCloudError: There is none of that name, or several and no name.
        """
        names = [stack.name for stack in self.stacks]
        if name is None:
            if len(self.stacks) == 1:
                return self.stacks[0]
            raise LocalCloudError(
                f"stack must be named, {self.directory} holds {len(names)}: {', '.join(names) or 'none'}"
            )
        for stack in self.stacks:
            if name in (stack.name, stack.display_name, stack.artifact_id):
                return stack
        raise LocalCloudError(f"stack must be one of {', '.join(names)}, got {name}{nearest(name, names)}")

    def with_dependencies(self, stack: AssemblyStack) -> tuple[AssemblyStack, ...]:
        """Return the stack after all that it depends on, in order."""
        by_id = {each.artifact_id: each for each in self.stacks}
        wanted: set[str] = set()
        open_ids = [stack.artifact_id]
        while open_ids:
            artifact_id = open_ids.pop()
            if artifact_id not in wanted:
                wanted.add(artifact_id)
                open_ids.extend(by_id[artifact_id].dependencies)
        return tuple(each for each in self.stacks if each.artifact_id in wanted)


def read_assembly(directory: Path) -> Assembly:
    """Read a cloud assembly.

    Args:
        directory: The folder that `cdk synth` wrote, `cdk.out` unless told otherwise.

    Raises:
        LocalCloudError: It is not a cloud assembly, or a damaged one.
    """
    try:
        stacks = {each.artifact_id: _stack(each) for each in templates.read_stacks(Path(directory))}
    except templates.TemplateError as error:
        raise LocalCloudError(str(error)) from None
    return Assembly(Path(directory), tuple(_ordered(stacks, Path(directory))))


def _ordered(stacks: Mapping[str, AssemblyStack], directory: Path) -> Iterator[AssemblyStack]:
    done: set[str] = set()
    for first in stacks:
        # Each with the dependencies of it that are still to be placed.
        way = {first: iter(stacks[first].dependencies)} if first not in done else {}
        while way:
            artifact_id, dependencies = next(reversed(way.items()))
            dependency = next((one for one in dependencies if one not in done), None)
            if dependency is None:
                del way[artifact_id]
                done.add(artifact_id)
                yield stacks[artifact_id]
            elif dependency in way:
                circle = [*list(way)[list(way).index(dependency) :], dependency]
                raise LocalCloudError(f"{directory}: stacks depend on each other in a circle: {' -> '.join(circle)}")
            else:
                way[dependency] = iter(stacks[dependency].dependencies)


def _stack(stack: templates.AssemblyStack) -> AssemblyStack:
    unsupported = None
    if stack.images:
        unsupported = f"{stack.artifact_id} needs a container image, and the local cloud runs no containers"
    elif built := next((one.name for one in stack.assets if one.source is None), None):
        unsupported = f"{stack.artifact_id} has an asset that a command builds, {built}: build it first"
    assets = tuple(asset for one in stack.assets for asset in _assets(one, stack.artifact_id))
    nested = [one.source for one in assets if one.source.name.endswith(".nested.template.json") and not one.zipped]
    return AssemblyStack(
        artifact_id=stack.artifact_id,
        name=stack.name,
        display_name=stack.display_name,
        account=stack.account,
        region=stack.region,
        template=stack.template,
        template_path=stack.template_path,
        template_url=stack.template_url,
        assets=assets,
        nested_templates=tuple(templates.read_template(path) for path in dict.fromkeys(nested)),
        parameters=stack.parameters,
        tags=stack.tags,
        bootstrap_parameter=stack.bootstrap_parameter,
        bootstrap_version=stack.bootstrap_version,
        dependencies=stack.dependencies,
        logical_ids=stack.logical_ids,
        unsupported=unsupported,
    )


def _assets(asset: templates.FileAsset, artifact_id: str) -> Iterator[FileAsset]:
    if asset.source is None:
        return
    if asset.source.is_dir() and not asset.zipped:
        raise LocalCloudError(f"{artifact_id}: the asset {asset.name} must be a file, {asset.source} is a folder")
    for bucket, key in asset.destinations:
        yield FileAsset(name=asset.name, source=asset.source, zipped=asset.zipped, bucket=bucket, key=key)
