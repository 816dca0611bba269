"""A failed function's error bears the name of its class, as on AWS.

ministack calls every exception `Runtime.HandlerError`, so that a workflow's Retry or Catch of `ValueError`, or a
caller that looks at `errorType`, never matches. Its workers know the class and do not pass it on.

https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
"""

from __future__ import annotations

import threading
from types import ModuleType
from typing import Any

# What the workers write of an exception, and what they write instead. Node's `name` is what AWS reports: an own
# name of the error before its class's.
PYTHON = (
    '"error": str(e), "trace": traceback.format_exc()}',
    '"error": str(e), "type": type(e).__name__, "trace": traceback.format_exc()}',
)
NODE = (
    'status: "error", error: String(err.message || err), trace: err.stack || ""',
    (
        'status: "error", error: String(err.message || err), trace: err.stack || "", '
        "type: err instanceof Error ? (err.name || err.constructor.name) : typeof err"
    ),
)
NODE_THROWN = (
    'status: "error", error: e.message, trace: e.stack',
    (
        'status: "error", error: e instanceof Error ? e.message : String(e), trace: (e && e.stack) || "", '
        "type: e instanceof Error ? (e.name || e.constructor.name) : typeof e"
    ),
)


_last = threading.local()  # what the worker answered that this thread has called


def name_in_workers(runtime: ModuleType) -> None:
    """Have workers say the class of an exception.

    Args:
        runtime: ministack's module of workers.
    """
    scripts = vars(runtime)
    scripts["_PYTHON_WORKER_SCRIPT"] = _replaced(scripts["_PYTHON_WORKER_SCRIPT"], PYTHON)
    scripts["_NODEJS_WORKER_SCRIPT"] = _replaced(_replaced(scripts["_NODEJS_WORKER_SCRIPT"], NODE), NODE_THROWN)
    worker = scripts["Worker"]
    invoke = worker.invoke

    def invoking(self: Any, *arguments: Any, **named: Any) -> Any:
        _last.result = invoke(self, *arguments, **named)
        return _last.result

    worker.invoke = invoking


def _replaced(script: str, change: tuple[str, str]) -> str:
    before, after = change
    if script.count(before) != 1:
        raise RuntimeError(f"the worker's script has {script.count(before)} times: {before}")
    return script.replace(before, after)


def name_in_answers(functions: ModuleType) -> None:
    """Put the class of an exception, and where it came from, in what a failed function answers.

    Args:
        functions: ministack's module of Lambda functions.
    """
    module = vars(functions)
    execute = module["_execute_function_warm"]

    def executing(function: dict[str, Any], event: Any, request_id: str) -> Any:
        _last.result = None
        answer = execute(function, event, request_id)
        result, _last.result = _last.result, None
        if isinstance(result, dict) and result.get("type") and answer.get("error"):
            answer["body"] = {
                "errorMessage": result.get("error", ""),
                "errorType": result["type"],
                "requestId": request_id,
                **_where(result.get("trace") or "", function),
            }
        return answer

    module["_execute_function_warm"] = executing


def _where(trace: str, function: dict[str, Any]) -> dict[str, list[str]]:
    lines = trace.rstrip("\n").split("\n")
    runtime = str((function.get("config") or function).get("Runtime", ""))
    if runtime.startswith("nodejs"):
        return {"trace": lines}
    frames: list[str] = []
    for line in lines[1:]:
        if line.startswith("  File "):
            frames.append(f"{line}\n")
        elif line.startswith("    ") and frames:
            frames[-1] += f"{line}\n"
    # The first frame is the worker's own.
    return {"stackTrace": frames[1:]}
