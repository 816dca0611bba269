"""Stacks to look at, from a template file or a cloud assembly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patternkit.templates.assemblies import AssemblyStack, read_stacks
from patternkit.templates.documents import parse
from patternkit.templates.errors import TemplateError
from patternkit.templates.files import read_text
from patternkit.templates.shapes import Template, as_template


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
        found = [_source(stack) for stack in read_stacks(path)]
        if not found:
            raise TemplateError(f"{path} is a cloud assembly without stacks")
        return found
    template = read_template(path)
    if (path.parent / "manifest.json").is_file():
        # A template out of an assembly keeps its region, paths and nested stacks.
        for stack in read_stacks(path.parent, only=path.name):
            return [_source(stack)]
    return [StackSource(name=path.name.split(".")[0], template=template, folder=path.parent, file=path)]


def _source(stack: AssemblyStack) -> StackSource:
    return StackSource(
        name=stack.display_name,
        template=stack.template,
        region=stack.region or "",
        account=stack.account or "",
        parameters=stack.parameters,
        paths={logical_id: path for path, logical_id in stack.logical_ids.items()},
        folder=stack.folder,
        assets=dict(stack.files_by_hash),
        stack_name=stack.name,
        file=stack.template_path,
    )


def with_parameters(
    sources: list[StackSource],
    parameters: Mapping[str, Mapping[str, Any]] | None,
    error: type[TemplateError] = TemplateError,
) -> list[StackSource]:
    """Give stacks values of their parameters.

    Args:
        sources: The stacks.
        parameters: Values by stack and parameter. Default: none.
        error: What is raised. Default: `TemplateError`.

    Returns:
        The stacks.

    Raises:
        TemplateError: If a stack is named that is not among them.
    """
    for name, values in (parameters or {}).items():
        found = [source for source in sources if source.name == name]
        if not found:
            raise error(f"parameters are given for {name!r}, which is not a stack of the set")
        for source in found:
            source.parameters = {**source.parameters, **values}
    return sources
