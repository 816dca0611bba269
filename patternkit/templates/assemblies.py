"""What `cdk synth` wrote: the stacks of a cloud assembly, their templates, their assets.

The format is the cloud assembly schema, read here as plain JSON: its manifest, one assets manifest per stack, and
nested assemblies for stages. https://docs.aws.amazon.com/cdk/v2/guide/deploy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patternkit.templates.documents import parse, parse_json
from patternkit.templates.errors import TemplateError, kind_of, shortened
from patternkit.templates.files import LARGEST_MANIFEST, read_text
from patternkit.templates.shapes import Template, as_template

UNKNOWN_ACCOUNT, UNKNOWN_REGION = "unknown-account", "unknown-region"

# Stages are nested in stages; apps have two or three levels.
_DEEPEST = 20
_LONGEST_NAME = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAsset:
    """A file or folder that a stack needs in S3.

    Attributes:
        name: What it is called in messages.
        hash: Its key in the assets manifest.
        source: The file or folder; None where a command builds it.
        zipped: Whether the folder is uploaded as a zip archive.
        destinations: Bucket and key of each place that it is uploaded to.
    """

    name: str
    hash: str
    source: Path | None
    zipped: bool
    destinations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyStack:
    """A stack of an assembly.

    Attributes:
        artifact_id: Its key in the manifest.
        name: Its name in CloudFormation.
        display_name: Its name for people: "Stage/Stack".
        account: The account; None where the stack may go to any.
        region: The region; None where the stack may go to any.
        template: The template; without a section Resources where the app put nothing into the stack.
        template_path: Its file.
        folder: The folder of the assembly that the stack is in.
        template_url: Where the assets manifest puts the template, `s3://bucket/key`; None for a legacy synthesizer.
        assets: The files that it needs.
        images: The container images that it needs.
        files_by_hash: Of every asset of the folder, the file's name as its assets manifest has it.
        parameters: Values of parameters.
        tags: Tags of the stack.
        bootstrap_parameter: The SSM parameter with the version of the bootstrap stack.
        bootstrap_version: The version that it needs at least.
        dependencies: Artifact ids of the stacks that are deployed before this one.
        logical_ids: Logical id by construct path, those in nested stacks included.
    """

    artifact_id: str
    name: str
    display_name: str
    account: str | None
    region: str | None
    template: Template
    template_path: Path
    folder: Path
    template_url: str | None = None
    assets: tuple[FileAsset, ...] = ()
    images: tuple[str, ...] = ()
    files_by_hash: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    bootstrap_parameter: str | None = None
    bootstrap_version: int = 0
    dependencies: tuple[str, ...] = ()
    logical_ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _AssetManifest:
    files: tuple[FileAsset, ...]
    images: tuple[str, ...]
    names: Mapping[str, str]


def read_stacks(folder: Path, *, only: str | None = None) -> list[AssemblyStack]:
    """Read the stacks of a cloud assembly and of the assemblies in it.

    Args:
        folder: The folder that `cdk synth` wrote.
        only: Read the stack of this template file alone. Default: all.

    Returns:
        The stacks, in the manifest's order.

    Raises:
        TemplateError: It is not a cloud assembly, or it is damaged, names a file outside of itself, or contains
            itself.
    """
    return list(_stacks(folder, _root(folder), set(), only, 0))


def inside(root: Path, folder: Path, name: str, what: str) -> Path:
    """The path of a file that an assembly names.

    Args:
        root: The folder of the outermost assembly.
        folder: The folder that the name is relative to.
        name: The name.
        what: What names it, for messages.

    Raises:
        TemplateError: The path leaves the assembly, by itself or by a symbolic link.
    """
    path = folder / name
    try:
        within = path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError) as error:
        raise TemplateError(f"{what} names a file that cannot be read, {shortened(name)}: {error}") from None
    if not within:
        raise TemplateError(f"{what} names {shortened(name)}, which is outside of the assembly {root}")
    return path


def nested_path(folder: Path, name: str, above: Iterable[Path | None], what: str) -> Path:
    """The template file of a nested stack.

    Args:
        folder: The folder that the name is relative to.
        name: The file's name, as the template or its metadata has it.
        above: The files of the stacks that the nested stack is in.
        what: The nested stack, for messages.

    Returns:
        The path; there may be no file.

    Raises:
        TemplateError: It leaves the assembly that it is in, or is a template that it is nested in itself.
    """
    path = inside(_root(folder), folder, name, what) if (folder / "manifest.json").is_file() else folder / name
    try:
        if path.is_file() and any(one is not None and one.is_file() and one.samefile(path) for one in above):
            raise TemplateError(f"{what}: the template {path} is nested in itself")
    except (OSError, ValueError) as error:
        raise TemplateError(f"{what} names a file that cannot be read, {shortened(name)}: {error}") from None
    return path


def _root(folder: Path) -> Path:
    # A stage's assets lie in the assembly that the stage is in.
    root = folder
    for _ in range(_DEEPEST):
        above = root.resolve().parent
        if above == root or not (above / "manifest.json").is_file():
            break
        root = above
    return root


def _stacks(folder: Path, root: Path, seen: set[Path], only: str | None, depth: int) -> Iterator[AssemblyStack]:
    if folder.resolve() in seen:
        raise TemplateError(f"{folder} is a cloud assembly that contains itself, or is listed twice")
    if depth > _DEEPEST:
        raise TemplateError(f"{folder}: cloud assemblies are nested more than {_DEEPEST} deep")
    seen.add(folder.resolve())
    file = folder / "manifest.json"
    if not file.is_file():
        raise TemplateError(f"{folder} is not a cloud assembly: it has no manifest.json")
    manifest = read_json(file)
    artifacts = manifest.get("artifacts")
    if not isinstance(artifacts, dict):
        raise TemplateError(f"{file} is not a cloud assembly's manifest: it has no artifacts")
    for artifact_id, artifact in artifacts.items():
        at = f"{file}: artifact {shortened(artifact_id)}"
        _field(artifact, dict, at)
        _check_name(artifact_id, at)
        _optional(artifact, "type", str, at)
        _optional(artifact, "properties", dict, at)
        if not all(isinstance(one, str) for one in _optional(artifact, "dependencies", list, at) or ()):
            raise TemplateError(f"{at}: dependencies must be a list of artifact ids")
    reader = _Folder(folder, root, file, artifacts)
    for artifact_id, artifact in artifacts.items():
        at = f"{file}: artifact {shortened(artifact_id)}"
        kind = artifact.get("type")
        if kind == "cdk:cloud-assembly" and only is None:
            name = _required(artifact.get("properties") or {}, "directoryName", str, at)
            yield from _stacks(inside(root, folder, name, at), root, seen, only, depth + 1)
        elif kind == "aws:cloudformation:stack" and reader.is_wanted(artifact, only):
            yield reader.stack(artifact_id, artifact, at)


class _Folder:
    """One assembly's own folder."""

    def __init__(self, folder: Path, root: Path, file: Path, artifacts: Mapping[str, Any]) -> None:
        self.folder = folder
        self.root = root
        self.artifacts = artifacts
        self.assets = {
            artifact_id: self._assets(artifact, f"{file}: artifact {shortened(artifact_id)}")
            for artifact_id, artifact in artifacts.items()
            if artifact.get("type") == "cdk:asset-manifest"
        }
        self.names = {key: name for one in self.assets.values() for key, name in one.names.items()}

    def is_wanted(self, artifact: Mapping[str, Any], only: str | None) -> bool:
        return only is None or (artifact.get("properties") or {}).get("templateFile") == only

    def stack(self, artifact_id: str, artifact: Mapping[str, Any], at: str) -> AssemblyStack:
        properties = artifact.get("properties") or {}
        path = inside(self.root, self.folder, _required(properties, "templateFile", str, at), at)
        template = _template(path)
        account, region = _environment(artifact, at)
        dependencies = artifact.get("dependencies") or ()
        needed = [self.assets[one] for one in dependencies if one in self.assets]
        return AssemblyStack(
            artifact_id=artifact_id,
            name=_check_name(_optional(properties, "stackName", str, at) or artifact_id, at),
            display_name=_check_name(_optional(artifact, "displayName", str, at) or artifact_id, at),
            account=account,
            region=region,
            template=template,
            template_path=path,
            folder=self.folder,
            template_url=_template_url(properties, at),
            assets=tuple(asset for one in needed for asset in one.files),
            images=tuple(image for one in needed for image in one.images),
            files_by_hash=self.names,
            parameters=_texts(properties, "parameters", at),
            tags=_texts(properties, "tags", at),
            bootstrap_parameter=_optional(properties, "bootstrapStackVersionSsmParameter", str, at),
            bootstrap_version=_optional(properties, "requiresBootstrapStackVersion", int, at) or 0,
            dependencies=tuple(
                one for one in dependencies if (self.artifacts.get(one) or {}).get("type") == "aws:cloudformation:stack"
            ),
            logical_ids=self._logical_ids(artifact, template, at),
        )

    def _logical_ids(self, artifact: Mapping[str, Any], template: Template, at: str) -> dict[str, str]:
        entries = dict(_optional(artifact, "metadata", dict, at) or {})
        # The command line writes paths into the templates' metadata; a synth in the same process only here.
        if name := _optional(artifact, "additionalMetadataFile", str, at):
            entries |= read_json(inside(self.root, self.folder, name, at))
        found = dict(_logical_ids(entries, at))
        # Where the app keeps metadata out of the manifest, the template may still have the paths.
        for logical_id, resource in template.get("Resources", {}).items():
            path = resource.get("Metadata", {}).get("aws:cdk:path") if isinstance(resource, dict) else None
            if isinstance(path, str):
                found.setdefault(path, logical_id)
        return found

    def _assets(self, artifact: Mapping[str, Any], at: str) -> _AssetManifest:
        name = _required(artifact.get("properties") or {}, "file", str, at)
        path = inside(self.root, self.folder, name, at)
        manifest = read_json(path)
        files = []
        names = {}
        for key, asset in (_optional(manifest, "files", dict, str(path)) or {}).items():
            where = f"{path}: asset {shortened(key)}"
            file = self._file(key, _field(asset, dict, where), where)
            files.append(file)
            names[key] = str(asset["source"].get("path", ""))
        return _AssetManifest(tuple(files), tuple(_optional(manifest, "dockerImages", dict, str(path)) or ()), names)

    def _file(self, key: str, asset: Mapping[str, Any], where: str) -> FileAsset:
        source = _required(asset, "source", dict, where)
        name = _optional(source, "path", str, where)
        destinations = []
        for one in (_optional(asset, "destinations", dict, where) or {}).values():
            place = _field(one, dict, f"{where}: a destination")
            destinations.append((_required(place, "bucketName", str, where), _required(place, "objectKey", str, where)))
        return FileAsset(
            name=_check_name(_optional(asset, "displayName", str, where) or key, where),
            hash=key,
            source=None if name is None else inside(self.root, self.folder, name, where),
            zipped=source.get("packaging") == "zip",
            destinations=tuple(destinations),
        )


def read_json(path: Path) -> dict[str, Any]:
    """Read a manifest, or another JSON file of an assembly that holds a mapping.

    Raises:
        TemplateError: It cannot be read, or holds something else.
    """
    value: dict[str, Any] = _field(parse_json(read_text(path, LARGEST_MANIFEST), str(path)), dict, str(path))
    return value


def _template(path: Path) -> Template:
    value = parse(read_text(path), str(path))
    if isinstance(value, dict) and "Resources" not in value:
        # A stack that the app put nothing into.
        as_template({**value, "Resources": {}}, str(path))
        return {**value, "Resources": {}}
    return as_template(value, str(path))


def _check_name(name: str, at: str) -> str:
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise TemplateError(f"{at}: a name must be printable and have at most {_LONGEST_NAME} characters")
    return name


def _environment(artifact: Mapping[str, Any], at: str) -> tuple[str | None, str | None]:
    text = _optional(artifact, "environment", str, at) or f"aws://{UNKNOWN_ACCOUNT}/{UNKNOWN_REGION}"
    account, slash, region = text.removeprefix("aws://").partition("/")
    if not text.startswith("aws://") or not (account and slash and region) or "/" in region:
        raise TemplateError(f"{at}: environment must be aws://ACCOUNT/REGION, got {shortened(text)}")
    return None if account == UNKNOWN_ACCOUNT else account, None if region == UNKNOWN_REGION else region


def _template_url(properties: Mapping[str, Any], at: str) -> str | None:
    url: str | None = _optional(properties, "stackTemplateAssetObjectUrl", str, at)
    if url is not None and not re.fullmatch(r"s3://[^/]+/.+", url):
        raise TemplateError(f"{at}: stackTemplateAssetObjectUrl must be s3://BUCKET/KEY, got {shortened(url)}")
    return url


def _logical_ids(entries: Mapping[str, Any], at: str) -> Iterator[tuple[str, str]]:
    for path, listed in entries.items():
        for entry in _field(listed, list, f"{at}: metadata of {shortened(path)}"):
            item = _field(entry, dict, f"{at}: metadata of {shortened(path)}: an entry")
            if item.get("type") == "aws:cdk:logicalId":
                yield path.lstrip("/"), _required(item, "data", str, f"{at}: metadata of {shortened(path)}")


def _texts(holder: Mapping[str, Any], name: str, at: str) -> dict[str, str]:
    found = _optional(holder, name, dict, at) or {}
    for key, value in found.items():
        if not isinstance(value, str):
            raise TemplateError(f"{at}: {name}: {shortened(key)} must be a text, got {kind_of(value)}")
    return found


_NAMES = {dict: "a mapping", list: "a list", str: "a text", int: "a number"}


def _field(value: Any, kind: type, at: str) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TemplateError(f"{at} must be {_NAMES[kind]}, got {kind_of(value)}")
    return value


def _required(holder: Mapping[str, Any], name: str, kind: type, at: str) -> Any:
    if name not in holder:
        raise TemplateError(f"{at} has no {name}")
    return _field(holder[name], kind, f"{at}: {name}")


def _optional(holder: Mapping[str, Any], name: str, kind: type, at: str) -> Any:
    # Written by a program: what is not there may be null.
    return None if holder.get(name) is None else _field(holder[name], kind, f"{at}: {name}")
