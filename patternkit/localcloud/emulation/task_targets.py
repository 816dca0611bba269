"""A rule or a schedule with a task as its target runs that task.

ministack's RunTask works as far as it does without containers; its EventBridge only writes a warning.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-ecs-events-rule.html
"""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any


def run_tasks(events: ModuleType) -> None:
    """Have targets that are clusters run their task.

    Args:
        events: ministack's module of EventBridge, whose dispatch the Scheduler uses too.
    """
    module = vars(events)
    invoke = module["_invoke_target"]

    def invoking(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> Any:
        if str(target.get("Arn", "")).split(":")[2:3] != ["ecs"]:
            return invoke(target, event, rule, view)
        import ministack.services.ecs as tasks

        answer = vars(tasks)["_run_task"](run_task_request(target, str(rule.get("Name", "rule"))))
        if answer[0] >= 400:
            module["logger"].warning("EventBridge: %s ran no task: %s", target["Arn"], answer[2])
        return None

    module["_invoke_target"] = invoking


def run_task_request(target: dict[str, Any], started_by: str) -> dict[str, Any]:
    """Return the RunTask request of a target.

    Args:
        target: The target, with `EcsParameters`.
        started_by: The rule's or schedule's name.
    """
    given = target.get("EcsParameters") or {}
    request: dict[str, Any] = {
        "cluster": target["Arn"],
        "taskDefinition": given.get("TaskDefinitionArn", ""),
        "count": int(given.get("TaskCount", 1)),
        "startedBy": f"events-rule/{started_by}"[:36],
    }
    for name in ("LaunchType", "PlatformVersion", "Group", "EnableExecuteCommand"):
        if name in given:
            request[name[0].lower() + name[1:]] = given[name]
    network = given.get("NetworkConfiguration") or {}
    inner = network.get("awsvpcConfiguration") or network.get("AwsvpcConfiguration")
    if inner:
        request["networkConfiguration"] = {"awsvpcConfiguration": {k[0].lower() + k[1:]: v for k, v in inner.items()}}
    try:
        # A target's input is the task's overrides.
        overrides = json.loads(target.get("Input") or "{}")
    except ValueError:
        overrides = {}
    if isinstance(overrides, dict) and "containerOverrides" in overrides:
        request["overrides"] = overrides
    return request
