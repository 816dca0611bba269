"""A workflow's own timeout ends it, and a definition that AWS refuses is refused.

ministack keeps a machine's `TimeoutSeconds` and knows only those of tasks, and takes any definition.

https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
"""

from __future__ import annotations

import contextvars
import json
import threading
from types import ModuleType
from typing import Any

from patternkit.localcloud.emulation.workflow_definition import faults


def end_in_time(workflows: ModuleType) -> None:
    """Have a machine's timeout end its executions.

    Args:
        workflows: ministack's module of Step Functions.
    """
    module = vars(workflows)
    run, fail = module["_run_execution"], module["_fail_execution"]

    def running(arn: str) -> None:
        limit = _timeout(module, arn)
        if limit is None:
            run(arn)
            return
        thread = threading.Thread(target=contextvars.copy_context().run, args=(run, arn), daemon=True)
        thread.start()
        thread.join(limit)
        execution = module["_executions"].get(arn)
        if thread.is_alive() and execution and execution["status"] == "RUNNING":
            execution["status"] = "TIMED_OUT"
            execution["error"] = "States.Timeout"
            execution["stopDate"] = module["now_iso"]()
            module["_add_event"](
                execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {"error": "States.Timeout"}}
            )
            module["_emit_execution_status_event"](execution)

    def failing(execution: dict[str, Any], error: str, cause: str) -> None:
        # What ended otherwise, by its timeout or by StopExecution, does not fail afterwards.
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    module["_run_execution"], module["_fail_execution"] = running, failing


def _timeout(module: dict[str, Any], arn: str) -> float | None:
    execution = module["_executions"].get(arn) or {}
    machine = module["_state_machines"].get(execution.get("stateMachineArn")) or {}
    try:
        value = json.loads(machine.get("definition", "{}")).get("TimeoutSeconds")
    except (ValueError, AttributeError):
        return None
    return float(value) if isinstance(value, int | float) and value > 0 else None


def check_definitions(workflows: ModuleType) -> None:
    """Have faulty definitions refused, when a machine is made, changed, or only asked about.

    Args:
        workflows: ministack's module of Step Functions.
    """
    module = vars(workflows)

    def found(data: dict[str, Any]) -> list[str]:
        try:
            definition = json.loads(data["definition"])
        except (KeyError, TypeError, ValueError):
            return []  # ministack's own answer
        return list(faults(definition))

    def checking(name: str) -> None:
        function = module[name]

        def check(data: dict[str, Any]) -> Any:
            if wrong := found(data):
                reason = f"Invalid State Machine Definition: '{', '.join(wrong)}'"
                return module["error_response_json"]("InvalidDefinition", reason, 400)
            return function(data)

        module[name] = check

    def validate(data: dict[str, Any]) -> Any:
        diagnostics = [
            {"severity": "ERROR", "code": code, "message": message.strip()}
            for code, _, message in (each.partition(":") for each in found(data))
        ]
        return module["json_response"]({"result": "FAIL" if diagnostics else "OK", "diagnostics": diagnostics})

    checking("_create_state_machine")
    checking("_update_state_machine")
    module["_validate_state_machine_definition"] = validate
