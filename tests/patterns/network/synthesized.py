"""Networks of the tests, synthesized once each."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from patternkit.testing.synthesis import Synthesis, synthesize
from tests.conftest import context


def network(build: Callable[[cdk.App], object]) -> Synthesis:
    """Synthesize an app with the feature flags of cdk.json, and hold it to the CDK's own validation.

    Args:
        build: Adds stacks to the app.

    Returns:
        The assembly.
    """
    # As the CLI does: the prover then knows resources by their paths.
    made = synthesize(build, context={**context(), "aws:cdk:enable-path-metadata": True})
    errors = [one for one in made.findings if one.severity == "error"]
    assert not errors, errors
    return made


def memoized(build: Callable[..., Synthesis]) -> Callable[..., Synthesis]:
    """Synthesize once for the same arguments.

    Args:
        build: Synthesizes; its arguments are hashable.

    Returns:
        The same, with a memory.
    """
    return cache(build)


def warnings(stack: cdk.Stack) -> list[str]:
    """Read what constructs of a stack's app warn of, from the assembly.

    Not by `assertions.Annotations`: two packages of the CDK bring the module of its messages, and where they are
    installed side by side, as uv does, either may be the one that is there, of which jsii knows only one.
    """
    assembly = Path(stack.node.root.synth().directory)  # type: ignore[attr-defined]
    return [
        entry["data"]
        for metadata in sorted(assembly.rglob("*.metadata.json"))
        for entries in json.loads(metadata.read_text(encoding="utf-8")).values()
        for entry in entries
        if entry["type"] == "aws:cdk:warning"
    ]


def properties(synthesis: Synthesis, resource_type: str) -> list[dict[str, Any]]:
    """Find the properties of every resource of a type.

    Args:
        synthesis: The assembly.
        resource_type: As CloudFormation names it.

    Returns:
        Their properties, in the order of the templates.
    """
    return [resource.get("Properties", {}) for resource in synthesis.resources(resource_type).values()]
