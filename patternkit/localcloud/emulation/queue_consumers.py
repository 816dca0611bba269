"""A batch of messages whose answer cannot be read comes again, whole."""

from __future__ import annotations

from contextvars import ContextVar
from types import ModuleType
from typing import Any

from patternkit.localcloud.emulation.batch_response import read_answer, reports

_judged: ContextVar[bool] = ContextVar("_judged", default=False)


def judge_answers(functions: ModuleType) -> None:
    """Have the answer of a queue's consumer read as AWS reads it.

    Args:
        functions: ministack's module of Lambda functions.
    """
    module = vars(functions)
    run, execute = module["_run_sqs_batch"], module["_execute_function"]

    def running(mapping: dict[str, Any], *rest: Any) -> Any:
        token = _judged.set(reports(mapping))
        try:
            return run(mapping, *rest)
        finally:
            _judged.reset(token)

    def executing(function: dict[str, Any], event: Any) -> Any:
        if not _judged.get():
            return execute(function, event)
        result = execute(function, event)
        if result.get("error"):
            return result
        verdict = read_answer(result.get("body"), [record["messageId"] for record in event["Records"]])
        if verdict.unreadable:
            return {
                **result,
                "error": True,
                "body": {"errorType": "InvalidBatchResponse", "errorMessage": verdict.unreadable},
            }
        return {**result, "body": {"batchItemFailures": [{"itemIdentifier": each} for each in verdict.failed]}}

    module["_run_sqs_batch"] = running
    module["_execute_function"] = executing
