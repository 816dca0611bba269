"""Deploy an app's stacks one by one, so that one which cannot run takes only those along that need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from botocore.exceptions import ClientError

from patternkit.localcloud.assembly import Assembly, AssemblyStack
from patternkit.localcloud.deployment import Deployment, deploy_stack
from patternkit.localcloud.errors import LocalCloudError, Unsupported
from patternkit.localcloud.parameters import Given, assigned, check_complete, given, stored
from patternkit.localcloud.progress import OnProgress
from patternkit.localcloud.running_cloud import RunningCloud
from patternkit.localcloud.support import check_supported

LISTS = ("AWS::SSM::Parameter::Value<List<", "AWS::SSM::Parameter::Value<CommaDelimitedList")
"""How the types of parameters begin whose value is a list in the Parameter Store."""


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
    ssm: Sequence[str] = (),
    on_progress: OnProgress | None,
    deadline: float,
) -> tuple[Outcome, ...]:
    """Deploy stacks and what they depend on. See `LocalCloud.deploy_each`."""
    stacks, values = planned(assembly, names, given(parameters))
    _store(cloud, stacks, values, stored(ssm))
    outcomes: dict[str, Outcome] = {}
    for stack in stacks:
        name = stack.display_name
        missing = [outcomes[each].stack_name for each in stack.dependencies if outcomes[each].deployment is None]
        try:
            if missing:
                raise Unsupported(f"{name} needs {', '.join(missing)}, which is not deployed")
            check_complete(stack, values[stack.artifact_id])
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


def _store(
    cloud: RunningCloud,
    stacks: Sequence[AssemblyStack],
    values: Mapping[str, Mapping[str, str]],
    kept: Mapping[str, str],
) -> None:
    """Put values into the Parameter Store of each account and Region that a stack goes to."""
    lists = {
        values[stack.artifact_id].get(name, declared.get("Default"))
        for stack in stacks
        for name, declared in stack.template.get("Parameters", {}).items()
        if str(declared.get("Type")).startswith(LISTS)
    }
    for account, region in sorted({(each.account or "", each.region or "") for each in stacks}):
        client = cloud.client("ssm", account=account or cloud.account, region=region or cloud.region)
        for name, value in kept.items():
            kind = "StringList" if name in lists else "String"
            try:
                client.put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)
            except ClientError as error:
                raise LocalCloudError(f"ssm {name}: {error.response['Error']['Message']}") from None


def planned(
    assembly: Assembly, names: Sequence[str], values: Sequence[Given]
) -> tuple[list[AssemblyStack], dict[str, dict[str, str]]]:
    """Return the stacks that are to be deployed, in order, and the values of their parameters by their ids.

    Raises:
        LocalCloudError: There is no such stack or parameter, or a value is not allowed.
    """
    stacks = chosen(assembly, names)
    return stacks, assigned(values, stacks)


def chosen(assembly: Assembly, names: Sequence[str]) -> list[AssemblyStack]:
    """Return the named stacks, without names all, and those that they depend on, in the order of deployment."""
    named = [assembly.stack(name) for name in names] or list(assembly.stacks)
    wanted = {each.artifact_id for stack in named for each in assembly.with_dependencies(stack)}
    return [stack for stack in assembly.stacks if stack.artifact_id in wanted]
