"""Deploy an app's stacks one by one, so that one which cannot run takes only those along that need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patternkit.localcloud.assembly import Assembly, AssemblyStack
from patternkit.localcloud.deployment import Deployment, deploy_stack
from patternkit.localcloud.errors import LocalCloudError, Unsupported
from patternkit.localcloud.progress import OnProgress
from patternkit.localcloud.running_cloud import RunningCloud
from patternkit.localcloud.suggest import nearest
from patternkit.localcloud.support import check_supported


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one stack.

    Attributes:
        stack_name: The stack.
        deployment: The deployment, or None where there is none.
        error: Why there is none.
    """

    stack_name: str
    deployment: Deployment | None = None
    error: LocalCloudError | None = None


def deploy_each(
    cloud: RunningCloud,
    assembly: Assembly,
    names: Sequence[str],
    *,
    parameters: Sequence[str],
    on_progress: OnProgress | None,
    deadline: float,
) -> tuple[Outcome, ...]:
    """Deploy stacks and what they depend on. See `LocalCloud.deploy_each`."""
    stacks = chosen(assembly, names)
    values = _parameters(parameters, stacks)
    outcomes: dict[str, Outcome] = {}
    for stack in stacks:
        name = stack.display_name
        missing = [outcomes[each].stack_name for each in stack.dependencies if outcomes[each].deployment is None]
        try:
            if missing:
                raise Unsupported(f"{name} needs {', '.join(missing)}, which is not deployed")
            _check_parameters(stack, values[stack.artifact_id])
            check_supported([stack], cloud.client("cloudformation"))
            deployment = deploy_stack(
                cloud, stack, parameters=values[stack.artifact_id], on_progress=on_progress, deadline=deadline
            )
        except LocalCloudError as error:
            cloud.check_running()
            outcomes[stack.artifact_id] = Outcome(stack_name=name, error=error)
        else:
            outcomes[stack.artifact_id] = Outcome(stack_name=name, deployment=deployment)
    return tuple(outcomes.values())


def chosen(assembly: Assembly, names: Sequence[str]) -> list[AssemblyStack]:
    """Return the named stacks, without names all, and those that they depend on, in the order of deployment."""
    named = [assembly.stack(name) for name in names] or list(assembly.stacks)
    wanted = {each.artifact_id for stack in named for each in assembly.with_dependencies(stack)}
    return [stack for stack in assembly.stacks if stack.artifact_id in wanted]


def _parameters(given: Sequence[str], stacks: Sequence[AssemblyStack]) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {stack.artifact_id: {} for stack in stacks}
    for one in given:
        key, equals, value = one.partition("=")
        stack_name, colon, name = key.rpartition(":")
        if not equals or not name or (colon and not stack_name):
            raise LocalCloudError(f"parameter must be NAME=VALUE or STACK:NAME=VALUE, got {one}")
        known = [each for stack in stacks for each in (stack.name, stack.display_name, stack.artifact_id)]
        if stack_name and stack_name not in known:
            raise LocalCloudError(
                f"parameter {one}: no stack {stack_name} is deployed, but "
                f"{', '.join(stack.name for stack in stacks)}{nearest(stack_name, known)}"
            )
        having = [
            stack
            for stack in stacks
            if name in stack.template.get("Parameters", {})
            and (not stack_name or stack_name in (stack.name, stack.display_name, stack.artifact_id))
        ]
        if not having:
            declared = sorted({each for stack in stacks for each in _own_parameters(stack)})
            raise LocalCloudError(
                f"parameter {name} is declared by no stack{f' {stack_name}' if stack_name else ''}, "
                f"got {one}; declared: {', '.join(declared) or 'none'}{nearest(name, declared)}"
            )
        for stack in having:
            values[stack.artifact_id][name] = value
    return values


def _own_parameters(stack: AssemblyStack) -> list[str]:
    # Those of the CDK's own are filled in by deploying.
    return [name for name in stack.template.get("Parameters", {}) if name != "BootstrapVersion"]


def _check_parameters(stack: AssemblyStack, given: dict[str, str]) -> None:
    declared = stack.template.get("Parameters", {})
    open_ones = [
        name
        for name, parameter in declared.items()
        if "Default" not in parameter and name not in given and name not in stack.parameters
    ]
    if open_ones:
        needed = " ".join(f"--parameter {name}=VALUE" for name in open_ones)
        raise LocalCloudError(f"{stack.display_name} has parameters without a default: {needed}")
