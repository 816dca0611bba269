"""Networks of the tests, synthesized once each."""

from collections.abc import Callable
from functools import cache
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


def properties(synthesis: Synthesis, resource_type: str) -> list[dict[str, Any]]:
    """Find the properties of every resource of a type.

    Args:
        synthesis: The assembly.
        resource_type: As CloudFormation names it.

    Returns:
        Their properties, in the order of the templates.
    """
    return [resource.get("Properties", {}) for resource in synthesis.resources(resource_type).values()]
