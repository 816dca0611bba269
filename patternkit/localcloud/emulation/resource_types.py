"""Resource types that ministack's CloudFormation does not have, and what it checks too little of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from patternkit.localcloud.emulation.left_out import LEFT_OUT, PREFIX, placeholder
from patternkit.localcloud.emulation.workflow_definition import faults

Handlers = dict[str, dict[str, Callable[..., Any]]]


def add(provisioners: ModuleType) -> None:
    """Add the types.

    Args:
        provisioners: ministack's module of CloudFormation's resource handlers.
    """
    handlers: Handlers = vars(provisioners)["_RESOURCE_HANDLERS"]
    for type_ in LEFT_OUT:
        handlers.setdefault(type_, placeholder(type_))
    handlers.setdefault("AWS::SecretsManager::RotationSchedule", _rotation_schedule())
    _check_workflows(handlers["AWS::StepFunctions::StateMachine"])
    _leave_out_metric_math(handlers["AWS::CloudWatch::Alarm"])


def _rotation_schedule() -> dict[str, Callable[..., Any]]:
    def rotate(properties: Mapping[str, Any]) -> str:
        import ministack.services.secretsmanager as secrets

        rules = properties.get("RotationRules")
        answer = vars(secrets)["_rotate_secret"](
            {
                "SecretId": properties.get("SecretId"),
                "RotationLambdaARN": properties.get("RotationLambdaARN"),
                "RotateImmediately": str(properties.get("RotateImmediatelyOnUpdate", True)).lower() == "true",
                **({"RotationRules": dict(rules)} if rules else {}),
            }
        )
        if answer[0] >= 400:
            raise ValueError(f"AWS::SecretsManager::RotationSchedule: {json.loads(answer[2]).get('message')}")
        return str(json.loads(answer[2])["ARN"])

    def create(_logical_id: str, properties: Mapping[str, Any], _stack_name: str) -> tuple[str, dict[str, str]]:
        arn = rotate(properties)
        return arn, {"Id": arn}

    def update(
        _physical_id: str, _old: Mapping[str, Any], new: Mapping[str, Any], *_rest: Any
    ) -> tuple[str, dict[str, str]]:
        return create("", new, "")

    def delete(physical_id: str, _properties: Mapping[str, Any]) -> None:
        import ministack.services.secretsmanager as secrets

        _, secret = vars(secrets)["_resolve"](physical_id)
        if secret:
            secret["RotationEnabled"] = False

    return {"create": create, "update": update, "delete": delete}


def _leave_out_metric_math(functions: dict[str, Any]) -> None:
    """Pass over alarms on several metrics, which ministack refuses, and the stack with them."""
    create, update, delete, nothing = (
        functions["create"],
        functions["update"],
        functions["delete"],
        placeholder("AWS::CloudWatch::Alarm"),
    )

    def creating(logical_id: str, properties: Mapping[str, Any], stack_name: str) -> Any:
        return (nothing["create"] if properties.get("Metrics") else create)(logical_id, properties, stack_name)

    def updating(
        physical_id: str, old: Mapping[str, Any], new: Mapping[str, Any], stack_name: str, logical_id: str | None = None
    ) -> Any:
        if bool(new.get("Metrics")) == physical_id.startswith(PREFIX):
            return (nothing["update"] if new.get("Metrics") else update)(physical_id, old, new, stack_name, logical_id)
        made = creating(logical_id or physical_id, new, stack_name)
        deleting(physical_id, old)
        return made

    def deleting(physical_id: str, properties: Mapping[str, Any]) -> None:
        if not physical_id.startswith(PREFIX):
            delete(physical_id, properties)

    functions.update(create=creating, update=updating, delete=deleting)


def _check_workflows(functions: dict[str, Callable[..., Any]]) -> None:
    def checked(function: Callable[..., Any], position: int) -> Callable[..., Any]:
        def check(*arguments: Any) -> Any:
            definition = arguments[position].get("DefinitionString") or arguments[position].get("Definition")
            if isinstance(definition, str):
                try:
                    definition = json.loads(definition)
                except ValueError:
                    definition = None  # ministack's own answer
            if definition is not None and (wrong := list(faults(definition))):
                raise ValueError(f"Invalid State Machine Definition: '{', '.join(wrong)}'")
            return function(*arguments)

        return check

    functions["create"] = checked(functions["create"], 1)
    if "update" in functions:
        functions["update"] = checked(functions["update"], 2)
