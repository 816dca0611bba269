"""A failed function's error bears the name of its class, or of what ended its process, as on AWS.

ministack calls every exception `Runtime.HandlerError`, so that a workflow's Retry or Catch of `ValueError`, or a
caller that looks at `errorType`, never matches. Its workers know the class and do not pass it on.

https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
"""

from __future__ import annotations

import json
import signal
import threading
from types import ModuleType
from typing import Any

from patternkit.localcloud.emulation.script import replaced

# What the workers write of an exception, and what they write instead. Node's `name` is what AWS reports: an own
# name of the error before its class's.
PYTHON = (
    '"error": str(e), "trace": traceback.format_exc()}',
    '"error": str(e), "type": type(e).__name__, "trace": traceback.format_exc()}',
)
PYTHON_ANSWER = (
    'json.dumps({"status": "ok", "result": result})',
    "_ms_answer(result)",
)
PYTHON_START = (
    """        mod = importlib.import_module(module_name)
        handler_fn = getattr(mod, handler_name)
""",
    """        try:
            mod = importlib.import_module(module_name)
        except ImportError as e:
            raise _ms_named("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {e}") from e
        except SyntaxError as e:
            raise _ms_named("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {e}") from e
        handler_fn = getattr(mod, handler_name, None)
        if handler_fn is None:
            raise _ms_named("Runtime.HandlerNotFound", f"Handler '{handler_name}' missing on module '{module_name}'")
""",
)
PYTHON_NOT_STARTED = (
    'json.dumps({"status": "error", "error": str(e)})',
    'json.dumps({"status": "error", "error": json.dumps([type(e).__name__, str(e)])})',
)
PYTHON_DEFINITIONS = """
def _ms_named(name, message):
    return type(name, (Exception,), {})(message)

def _ms_answer(result):
    try:
        return json.dumps({"status": "ok", "result": result})
    except (TypeError, ValueError) as e:
        raise _ms_named("Runtime.MarshalError", f"Unable to marshal response: {e}") from e

"""
DIED = "Worker process died"
NOT_STARTED = ("Worker process exited immediately. stderr: ", "Worker init failed: ")
EXITED = "Runtime.ExitError"
LARGEST_ANSWER = 6_291_556
"""Bytes of the largest answer that Lambda takes from a function."""
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
NODE_NOT_FUNCTION = (
    "error: `Handler ${handlerName} is not a function in ${modPath}`",
    'error: JSON.stringify(["Runtime.HandlerNotFound", `${modPath}.${handlerName} is undefined or not exported`])',
)
NODE_NOT_STARTED = (
    """_realStdoutWrite(JSON.stringify({
          status: "error", error: e.message
""",
    """_realStdoutWrite(JSON.stringify({
          status: "error", error: JSON.stringify([
            ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(e && e.code) ? "Runtime.ImportModuleError"
              : e instanceof SyntaxError ? "Runtime.UserCodeSyntaxError" : (e && e.name) || typeof e,
            String((e && e.message) || e)])
""",
)

_last = threading.local()  # what the worker answered that this thread has called


def name_in_workers(runtime: ModuleType) -> None:
    """Have workers say the class of an exception.

    Args:
        runtime: ministack's module of workers.
    """
    scripts = vars(runtime)
    python = scripts["_PYTHON_WORKER_SCRIPT"]
    for change in (PYTHON, PYTHON_ANSWER, PYTHON_START, PYTHON_NOT_STARTED):
        python = replaced(python, change)
    scripts["_PYTHON_WORKER_SCRIPT"] = replaced(python, ("\ndef run():", f"{PYTHON_DEFINITIONS}def run():"))
    node = scripts["_NODEJS_WORKER_SCRIPT"]
    for change in (NODE, NODE_THROWN, NODE_NOT_FUNCTION, NODE_NOT_STARTED):
        node = replaced(node, change)
    scripts["_NODEJS_WORKER_SCRIPT"] = node
    worker = scripts["Worker"]
    invoke, spawn = worker.invoke, vars(worker)["_spawn"]

    def spawning(self: Any) -> None:
        try:
            spawn(self)
        except RuntimeError as error:
            if str(error).startswith(NOT_STARTED[1]):
                # It waits for calls that it cannot answer: the next one starts anew, as on AWS.
                self._proc.kill()
                self._proc.wait()
                self._stderr_thread.join(1)
            raise
        finally:
            self.ended = self._proc  # ministack forgets a process that died, and with it how

    def invoking(self: Any, event: Any, request_id: str, **named: Any) -> Any:
        try:
            result = invoke(self, event, request_id, **named)
        except RuntimeError as error:
            if not str(error).startswith(NOT_STARTED):
                raise
            result = {"status": "error", "error": str(error), "log": self._drain_stderr()}
        _last.result = _named(result, request_id, self.ended)
        return _last.result

    worker.invoke = invoking
    worker._spawn = spawning  # noqa: SLF001


def _named(result: dict[str, Any], request_id: str, process: Any) -> dict[str, Any]:
    """Name what ended a process, or kept it from starting, as Lambda does."""
    said = str(result.get("error", ""))
    if said == DIED or said.startswith(NOT_STARTED[0]):
        status = process.wait(1) if process is not None else None
        ended = f"exit status {status}"
        if status is not None and status < 0:
            ended = f"signal: {(signal.strsignal(-status) or str(-status)).lower()}"
        return result | {
            "error": f"RequestId: {request_id} Error: Runtime exited with error: {ended}",
            "type": EXITED,
        }
    if said.startswith(NOT_STARTED[1]):
        kind, message = json.loads(said.removeprefix(NOT_STARTED[1]))
        return result | {"error": message, "type": kind}
    if result.get("status") == "ok" and (size := len(json.dumps(result.get("result")).encode())) > LARGEST_ANSWER:
        return {
            "status": "error",
            "error": f"Response payload size exceeded maximum allowed payload size ({LARGEST_ANSWER} bytes).",
            "type": "Function.ResponseSizeTooLarge",
            "log": f"{result.get('log', '')}\nthe answer has {size} bytes".strip(),
            "cold_start": result.get("cold_start", False),
        }
    return result


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
                # Of a process that ended the runtime can say no more.
                **({} if result["type"] == EXITED else {"requestId": request_id}),
                **({} if result["type"] == EXITED else _where(result.get("trace") or "", function)),
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
