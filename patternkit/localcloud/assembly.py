"""Read what `cdk synth` wrote: the stacks of a cloud assembly, their templates, their assets.

The format is the cloud assembly schema, read here as plain JSON: its manifest, one assets manifest per stack,
and nested assemblies for stages. https://docs.aws.amazon.com/cdk/v2/guide/deploy.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patternkit.localcloud.errors import LocalCloudError, Unsupported
from patternkit.localcloud.suggest import nearest

UNKNOWN_ACCOUNT, UNKNOWN_REGION = "unknown-account", "unknown-region"


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
        LocalCloudError: It is not a cloud assembly.
        Unsupported: A stack needs a container image or an asset that a command builds.
    """
    stacks = {stack.artifact_id: stack for stack in _stacks(Path(directory))}
    ordered: dict[str, AssemblyStack] = {}

    def place(stack: AssemblyStack) -> None:
        if stack.artifact_id not in ordered:
            for dependency in stack.dependencies:
                place(stacks[dependency])
            ordered[stack.artifact_id] = stack

    for stack in stacks.values():
        place(stack)
    return Assembly(Path(directory), tuple(ordered.values()))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LocalCloudError(f"{path.parent} is not a cloud assembly: it has no {path.name}") from None
    except (OSError, ValueError) as error:
        raise LocalCloudError(f"{path} cannot be read: {error}") from None


def _stacks(directory: Path) -> Iterator[AssemblyStack]:
    artifacts: dict[str, dict[str, Any]] = _read(directory / "manifest.json").get("artifacts", {})
    stack_ids = {key for key, value in artifacts.items() if value["type"] == "aws:cloudformation:stack"}
    for artifact_id, artifact in artifacts.items():
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(directory / artifact["properties"]["directoryName"])
        elif artifact_id in stack_ids:
            yield _stack(directory, artifact_id, artifact, artifacts, stack_ids)


def _stack(
    directory: Path,
    artifact_id: str,
    artifact: dict[str, Any],
    artifacts: dict[str, dict[str, Any]],
    stack_ids: set[str],
) -> AssemblyStack:
    properties = artifact["properties"]
    account, region = artifact["environment"].removeprefix("aws://").split("/")
    template_path = directory / properties["templateFile"]
    template = _read(template_path)
    asset_files = [
        artifacts[dependency]["properties"]["file"]
        for dependency in artifact.get("dependencies", [])
        if artifacts.get(dependency, {}).get("type") == "cdk:asset-manifest"
    ]
    assets = [asset for file in asset_files for asset in _assets(directory, file, artifact_id)]
    metadata = dict(artifact.get("metadata", {}))
    if "additionalMetadataFile" in artifact:
        metadata |= _read(directory / artifact["additionalMetadataFile"])
    return AssemblyStack(
        artifact_id=artifact_id,
        name=properties.get("stackName", artifact_id),
        display_name=artifact.get("displayName", artifact_id),
        account=None if account == UNKNOWN_ACCOUNT else account,
        region=None if region == UNKNOWN_REGION else region,
        template=template,
        template_path=template_path,
        template_url=properties.get("stackTemplateAssetObjectUrl"),
        assets=tuple(assets),
        nested_templates=tuple(
            _read(asset.source)
            for asset in assets
            if asset.source.name.endswith(".nested.template.json") and not asset.zipped
        ),
        parameters=properties.get("parameters", {}),
        tags=properties.get("tags", {}),
        bootstrap_parameter=properties.get("bootstrapStackVersionSsmParameter"),
        bootstrap_version=properties.get("requiresBootstrapStackVersion", 0),
        dependencies=tuple(each for each in artifact.get("dependencies", []) if each in stack_ids),
        logical_ids=_logical_ids(metadata, template),
    )


def _logical_ids(metadata: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, str]:
    found = {
        path.removeprefix("/"): entry["data"]
        for path, entries in metadata.items()
        for entry in entries
        if entry["type"] == "aws:cdk:logicalId"
    }
    # Where the app keeps metadata out of the manifest, the template may still have the paths.
    for logical_id, resource in template.get("Resources", {}).items():
        path = resource.get("Metadata", {}).get("aws:cdk:path")
        if path:
            found.setdefault(path, logical_id)
    return found


def _assets(directory: Path, file: str, artifact_id: str) -> Iterator[FileAsset]:
    manifest = _read(directory / file)
    if manifest.get("dockerImages"):
        raise Unsupported(f"{artifact_id} needs a container image, and the local cloud runs no containers")
    for name, asset in manifest.get("files", {}).items():
        source = asset["source"]
        if "path" not in source:
            raise Unsupported(f"{artifact_id} has an asset that a command builds, {name}: build it first")
        for destination in asset["destinations"].values():
            yield FileAsset(
                name=asset.get("displayName", name),
                source=directory / source["path"],
                zipped=source.get("packaging") == "zip",
                bucket=destination["bucketName"],
                key=destination["objectKey"],
            )
