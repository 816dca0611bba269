"""The permissions of a container's role, proved by a function that has the role and runs the container's program."""

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from patternkit.testing.permissions import Account, PermissionProof, prove


def prove_container(
    templates: Mapping[str, Mapping[str, Any]],
    stack: str,
    *,
    run: Callable[[dict[str, str], Any], None],
    events: Callable[[Account], Iterable[dict[str, str]]],
    missing: str = "",
) -> PermissionProof:
    """Prove the role of the one task definition of a stack.

    Args:
        templates: The templates, by stack.
        stack: The stack of the task.
        run: Runs the container's program with what the task is started with.
        events: What tasks are started with.
        missing: An action that is taken out of every policy of the stack.

    Returns:
        The proof.
    """
    found = copy.deepcopy({name: dict(one) for name, one in templates.items()})
    resources = found[stack]["Resources"]
    [task] = [one for one in resources.values() if one["Type"] == "AWS::ECS::TaskDefinition"]
    told = {one["Name"]: one["Value"] for one in task["Properties"]["ContainerDefinitions"][0]["Environment"]}
    properties = {
        "Role": task["Properties"]["TaskRoleArn"],
        "Handler": "program.handler",
        "Runtime": "python3.13",
        "Environment": {"Variables": told},
    }
    resources["Container"] = {"Type": "AWS::Lambda::Function", "Properties": properties}
    for one in resources.values():
        if missing and one["Type"] == "AWS::IAM::Policy":
            document = one["Properties"]["PolicyDocument"]
            document["Statement"] = [each for each in document["Statement"] if missing not in each["Action"]]
    given = found if len(found) > 1 else found[stack]
    return prove(given, function="Container", handler=run, events=events, raises=(ClientError,))
