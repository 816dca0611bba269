"""Read templates and cloud assemblies from files.

A template is JSON or YAML with CloudFormation's short forms; an assembly is the folder that `cdk synth`
writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from patternkit.routes.errors import TemplateError

# CloudFormation takes at most 1 MB (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html);
# indentation is not deployed, hence the margin.
LARGEST_FILE = 4 * 1024 * 1024

Template = dict[str, Any]


@dataclass(slots=True)
class StackSource:
    """A stack's template with what the assembly says about it.

    Attributes:
        name: The stack's name in questions and messages.
        template: The template as parsed.
        region: The region, or "" when the stack is made for any.
        account: The account, or "".
        parameters: Parameter values that the deployment sets.
        paths: Construct path by logical id.
        folder: Where the nested stacks' templates lie, or None.
        assets: File name by asset hash.
        stack_name: The name in CloudFormation, where it differs.
        file: The file of the template, or None where it was given as data.
    """

    name: str
    template: Template
    region: str = ""
    account: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None
    assets: dict[str, str] = field(default_factory=dict)
    stack_name: str = ""
    file: Path | None = None


class _CloudFormationLoader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """YAML with the short forms of the intrinsic functions and without YAML's own dates."""


def _short_form(loader: Any, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = _mapping(loader, node)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


def _mapping(loader: Any, node: yaml.Node) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, (str, int, float, bool)):
            raise yaml.constructor.ConstructorError(None, None, "a key is not a text", key_node.start_mark)
        if key in mapping:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is there twice", key_node.start_mark)
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


_CloudFormationLoader.add_multi_constructor("!", _short_form)
_CloudFormationLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_CloudFormationLoader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _CloudFormationLoader.yaml_implicit_resolvers.items()
}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        names = [key for key, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice")
    return mapping


def parse(text: str, what: str) -> Any:
    """Read JSON or YAML.

    Args:
        text: The file's text.
        what: The file, for messages.

    Returns:
        What the text holds.

    Raises:
        TemplateError: It is neither, a key is there twice, or it is nested too deeply.
    """
    try:
        if text.lstrip()[:1] in ("{", "["):
            return json.loads(text, object_pairs_hook=_once)
        # CloudFormation refuses aliases, and they are how a small file becomes a huge one.
        if re.search(r"(?:^|[\s\[{,:-])\*[A-Za-z0-9_]", text) and any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_CloudFormationLoader)
        ):
            raise TemplateError(f"{what} uses YAML aliases, which CloudFormation does not support")
        return yaml.load(text, Loader=_CloudFormationLoader)
    except (ValueError, yaml.YAMLError) as error:
        raise TemplateError(f"{what} is neither JSON nor YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise TemplateError(f"{what} is nested too deeply") from None


def read_text(path: Path) -> str:
    """The text of a file, within the size that a template may have.

    Raises:
        TemplateError: The file is missing, too large, or not text.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise TemplateError(
                f"{path} has {size:,} bytes; CloudFormation takes templates of at most 1 MB, "
                f"and files above {LARGEST_FILE:,} bytes are not read"
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise TemplateError(f"{path} is not a text file in UTF-8") from None
    except OSError as error:
        raise TemplateError(f"{path} cannot be read: {error.strerror or error}") from None


def as_template(value: Any, what: str) -> Template:
    """Check that a parsed value has a template's outer shape.

    Raises:
        TemplateError: It has not.
    """
    if not isinstance(value, dict) or not isinstance(value.get("Resources"), dict):
        raise TemplateError(f"{what} is not a CloudFormation template: it has no Resources")
    for section in ("Parameters", "Conditions", "Mappings", "Outputs"):
        if not isinstance(value.get(section) or {}, dict):
            raise TemplateError(f"{what}: {section} is not a mapping")
    return value


def read_template(path: Path) -> Template:
    """Read one template file.

    Raises:
        TemplateError: The file is no template.
    """
    return as_template(parse(read_text(path), str(path)), str(path))


def read(path: str | Path) -> list[StackSource]:
    """Read a template file, or every stack of a cloud assembly.

    Args:
        path: A template, or the folder that `cdk synth` writes.

    Returns:
        The stacks.

    Raises:
        TemplateError: There is nothing to read there.
    """
    path = Path(path)
    if path.is_dir():
        found = _read_assembly(path, "")
        if not found:
            raise TemplateError(f"{path} is a cloud assembly without stacks")
        return found
    template = read_template(path)
    name = path.name.split(".")[0]
    beside = path.parent / "manifest.json"
    if beside.is_file():
        # A template out of an assembly keeps its region, paths and nested stacks.
        for source in _read_assembly(path.parent, "", only=path.name):
            return [source]
    return [StackSource(name=name, template=template, folder=path.parent, file=path)]


def _read_assembly(folder: Path, prefix: str, only: str | None = None) -> list[StackSource]:
    manifest_file = folder / "manifest.json"
    if not manifest_file.is_file():
        raise TemplateError(f"{folder} is not a cloud assembly: it has no manifest.json")
    manifest = parse(read_text(manifest_file), str(manifest_file))
    artifacts = manifest.get("artifacts") if isinstance(manifest, dict) else None
    if not isinstance(artifacts, dict):
        raise TemplateError(f"{manifest_file} is not a cloud assembly's manifest: it has no artifacts")
    assets: dict[str, str] = {}
    for artifact in artifacts.values():
        if isinstance(artifact, dict) and artifact.get("type") == "cdk:asset-manifest":
            listed = _optional_json(folder, artifact.get("properties", {}).get("file"))
            for key, asset in (listed.get("files") or {}).items():
                assets[key] = str(asset.get("source", {}).get("path", ""))
    found = []
    for artifact_id, artifact in artifacts.items():
        if not isinstance(artifact, dict):
            continue
        properties = artifact.get("properties") or {}
        if artifact.get("type") == "cdk:cloud-assembly" and only is None:
            found += _read_assembly(folder / str(properties.get("directoryName", "")), f"{prefix}{artifact_id}/")
        if artifact.get("type") != "aws:cloudformation:stack":
            continue
        template_file = str(properties.get("templateFile", ""))
        if only is not None and template_file != only:
            continue
        account, region = _environment(str(artifact.get("environment", "")))
        found.append(
            StackSource(
                name=str(artifact.get("displayName") or artifact_id),
                template=read_template(folder / template_file),
                region=region,
                account=account,
                parameters=properties.get("parameters") or {},
                paths=_construct_paths(folder, artifact),
                folder=folder,
                assets=assets,
                stack_name=str(properties.get("stackName") or artifact_id),
                file=folder / template_file,
            )
        )
    return found


def _environment(text: str) -> tuple[str, str]:
    account, _, region = text.removeprefix("aws://").partition("/")
    return ("" if account == "unknown-account" else account, "" if region == "unknown-region" else region)


def _construct_paths(folder: Path, artifact: dict[str, Any]) -> dict[str, str]:
    # The command line writes paths into the templates' metadata; a synth in the same process only here.
    entries = artifact.get("metadata") or _optional_json(folder, artifact.get("additionalMetadataFile"))
    return {
        str(item.get("data")): path.lstrip("/")
        for path, items in entries.items()
        for item in items
        if isinstance(item, dict) and item.get("type") == "aws:cdk:logicalId"
    }


def _optional_json(folder: Path, name: Any) -> dict[str, Any]:
    if not isinstance(name, str) or not (folder / name).is_file():
        return {}
    value = parse(read_text(folder / name), name)
    return value if isinstance(value, dict) else {}
