"""Check synthesized templates against a project's own rules."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import cloudformation_include as include

from patternkit.templates import StackSource, read
from patternkit.testing.findings import Finding
from patternkit.testing.rules import RulesError
from patternkit.testing.synthesis import SynthesisError, synthesize

FLAGS = {"@aws-cdk/core:validateAgainstDefaultRules": True}
"""Without it the CDK advises to set it, which has nothing to do with who gives templates. It finds the same."""


def findings_in(templates: tuple[Path, ...], rules: tuple[Path, ...]) -> tuple[Finding, ...]:
    """Evaluate rules on templates.

    Args:
        templates: Templates in JSON or YAML, or folders of cloud assemblies.
        rules: Files of rules, in Guard or Rego.

    Returns:
        What is found, by construct path where the assembly says it, or else by stack and logical id.

    Raises:
        TemplateError: If a file is no template.
        RulesError: If a file of rules checks nothing, or the CDK cannot read a template.
    """
    return tuple(sorted(one for given in templates for stack in read(given) for one in _findings(stack, rules)))


def _findings(stack: StackSource, rules: tuple[Path, ...]) -> list[Finding]:
    with tempfile.TemporaryDirectory(prefix="rules-") as folder:
        source = Path(folder) / "template.json"
        source.write_text(json.dumps(stack.template), encoding="utf-8")

        def build(app: cdk.App) -> None:
            include.CfnInclude(cdk.Stack(app, "Template"), "Given", template_file=str(source))

        try:
            made = synthesize(build, context=FLAGS, rules=rules, directory=Path(folder) / "assembly")
        except SynthesisError as error:
            said = str(error).partition(": ")[2]
            raise RulesError(f"{stack.file or stack.name}: the CDK cannot read it: {said}") from None
    return [replace(one, construct=_place(stack, one.construct)) for one in made.findings]


def _place(stack: StackSource, construct: str) -> str:
    logical_id = construct.removeprefix("Template/Given/")
    return stack.paths.get(logical_id, f"{stack.name}/{logical_id}")
