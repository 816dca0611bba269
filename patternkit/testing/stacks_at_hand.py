"""Stacks to prove, from whatever a test has at hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patternkit.templates import StackSource, TemplateError, as_template, read


def stacks_at_hand(*sources: Any, what: str, region: str = "") -> list[StackSource]:
    """The stacks of some sources.

    Args:
        *sources: Any of these: the path of a template or of a cloud assembly; a `cdk.App`, a stack of one, or what came
            of its synthesis; an `assertions.Template`; a parsed template, which is then named `Template`; parsed
            templates by the names of their stacks.
        what: What is read from them, for messages: "a network".
        region: The Region of parsed templates. Default: any.

    Raises:
        TemplateError: If a source is no template.
    """
    if not sources:
        raise TemplateError("give at least one template, cloud assembly or app")
    return [stack for source in sources for stack in _stacks(source, what, region)]


def _stacks(source: Any, what: str, region: str) -> list[StackSource]:
    if isinstance(source, (str, Path)):
        return read(source)
    if not isinstance(source, Mapping) and hasattr(source, "to_json"):
        source = source.to_json()
    if isinstance(source, Mapping):
        # Named templates are the only mapping without a section of that name.
        templates = {"Template": source} if "Resources" in source else source
        return [StackSource(name, as_template(template, name), region) for name, template in templates.items()]
    if isinstance(source, type) and hasattr(source, "node"):
        raise TemplateError(f"{what} is read from what {source.__name__} makes: give synthesized({source.__name__})")
    if hasattr(source, "node"):
        source = source.node.root.synth()
    if hasattr(source, "directory"):
        return read(str(source.directory))
    raise TemplateError(f"{what} is read from a path, a template, an app or its synthesis, got {type(source).__name__}")
