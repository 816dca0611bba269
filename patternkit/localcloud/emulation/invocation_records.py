"""What became of an asynchronous invocation is recorded at its destination: on success and on failure, of each kind.

ministack sends failures only, says of each that the function was called three times, and knows neither buckets nor
event buses as destinations.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import contextvars
import json
import threading
import time
import uuid
from types import ModuleType
from typing import Any

EXHAUSTED, TOO_OLD, SUCCESS = "RetriesExhausted", "EventAgeExceeded", "Success"


def record_invocations(functions: ModuleType) -> None:
    """Have asynchronous invocations recorded at their destinations.

    Args:
        functions: ministack's module of Lambda functions.
    """
    module = vars(functions)

    def invoking(function: dict[str, Any], event: Any) -> None:
        configuration = function.get("config") or function
        account, region = module["_account_region_from_function_config"](configuration)

        def run() -> None:
            module["_request_account_id"].set(account)
            module["_request_region"].set(region)
            _run(module, function, event)

        threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True).start()

    module["invoke_async_with_retry"] = invoking


def _run(module: dict[str, Any], function: dict[str, Any], event: Any) -> None:
    settings = function.get("event_invoke_config") or (function.get("event_invoke_configs") or {}).get("$LATEST") or {}
    retries = settings.get("MaximumRetryAttempts")
    most = 1 + (2 if retries is None else int(retries))
    age = float(settings.get("MaximumEventAgeInSeconds") or 21_600)
    started, condition, calls, result = time.time(), SUCCESS, 0, {"error": True}
    while result.get("error"):
        if calls == most:
            condition = EXHAUSTED
            break
        if calls:
            wait = min(
                module["_LAMBDA_ASYNC_RETRY_BASE_SECONDS"] * 2 ** (calls - 1),
                module["_LAMBDA_ASYNC_RETRY_MAX_SECONDS"],
            )
            if time.time() - started + wait > age:
                condition = TOO_OLD
                break
            time.sleep(wait)
        calls += 1
        result = module["_execute_function"](function, event)
    configuration = function.get("config") or function
    destinations = settings.get("DestinationConfig") or {}
    kind = "OnSuccess" if condition == SUCCESS else "OnFailure"
    destination = (destinations.get(kind) or {}).get("Destination")
    if destination:
        _send(module, destination, invocation_record(configuration, event, result, condition, calls), configuration)
    elif condition != SUCCESS and (dead := (configuration.get("DeadLetterConfig") or {}).get("TargetArn")):
        # A dead-letter queue gets the event alone.
        _send(module, dead, event, configuration)


def invocation_record(
    configuration: dict[str, Any], event: Any, result: dict[str, Any], condition: str, calls: int
) -> dict[str, Any]:
    """Return the record of an invocation.

    Args:
        configuration: The function's configuration.
        event: What it was invoked with.
        result: What came back from the last call.
        condition: Such as `RetriesExhausted`.
        calls: How often the function was called.
    """
    version = configuration.get("Version") or "$LATEST"
    response: dict[str, Any] = {"statusCode": 200, "executedVersion": version}
    if condition != SUCCESS:
        response["functionError"] = result.get("function_error") or "Unhandled"
    return {
        "version": "1.0",
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"{configuration.get('FunctionArn', '')}:{version}",
            "condition": condition,
            "approximateInvokeCount": calls,
        },
        "requestPayload": event,
        "responseContext": response,
        "responsePayload": result.get("body"),
    }


def _send(module: dict[str, Any], destination: str, record: Any, configuration: dict[str, Any]) -> None:
    import ministack.services.eventbridge as events
    import ministack.services.s3 as storage
    from ministack.core.arn import parse_arn

    body, specification = json.dumps(record), parse_arn(destination)
    match specification.service:
        case "sqs":
            vars(events)["_dispatch_to_sqs"](specification, body)
        case "sns":
            vars(events)["_dispatch_to_sns"](destination, body)
        case "lambda":
            function, found, _ = module["_get_func_record_for_ref"](destination)
            if function:
                module["invoke_async_with_retry"](module["_execution_record_for_config"](function, found), record)
        case "events":
            vars(events)["_put_events"]({"Entries": [_entry(destination, record)]})
        case "s3":
            now = time.gmtime()
            key = time.strftime("%Y/%m/%d/%Y-%m-%dT%H.%M.%S", now)
            name = f"aws/lambda/async/{configuration.get('FunctionName')}/{key}-{uuid.uuid4()}"
            vars(storage)["_put_object"](destination.rpartition(":")[2], name, body.encode(), {})


def _entry(bus: str, record: dict[str, Any]) -> dict[str, Any]:
    context = record["requestContext"]
    outcome = "Success" if context["condition"] == SUCCESS else "Failure"
    return {
        "EventBusName": bus,
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {outcome}",
        "Resources": [context["functionArn"], bus],
        "Detail": json.dumps(record),
    }
