"""Stands in for the CDK's provider framework and its triggers, which call functions of the app's own."""

from __future__ import annotations

import json
import os
import traceback
from typing import Any

import boto3
from botocore.config import Config

from .answers import CREATE_FAILED, Event, Failed, answer, answering


class Retry(Exception):
    """Not complete yet: the waiter's state machine asks again. Its text is the event, which the timeout needs."""


def _call(function: str, payload: Any, *, kind: str = "RequestResponse") -> Any:
    functions: Any = boto3.client("lambda", config=Config(read_timeout=900, retries={"total_max_attempts": 1}))
    response = functions.invoke(FunctionName=function, InvocationType=kind, Payload=json.dumps(payload).encode())
    text = response["Payload"].read().decode()
    try:
        result = json.loads(text) if text else {}
    except ValueError:
        raise Failed(f'return values from user-handlers must be JSON objects. got: "{text}"') from None
    if response.get("FunctionError"):
        name = function.rpartition(":")[2]
        raise Failed(f"{result.get('errorMessage', 'error')} (Logs: /aws/lambda/{name})")
    return result or {}


def _guarded(event: Event, work: Any) -> None:
    if event["RequestType"] == "Delete" and event.get("PhysicalResourceId") == CREATE_FAILED:
        answer(event, "SUCCESS", physical_id=CREATE_FAILED)
        return
    try:
        work(event)
    except Retry:
        raise
    except Exception as error:
        traceback.print_exc()
        answer(event, "FAILED", physical_id=event.get("PhysicalResourceId") or CREATE_FAILED, reason=str(error))


def _begin(event: Event) -> None:
    event.setdefault("ResourceProperties", {})
    result = _call(os.environ["USER_ON_EVENT_FUNCTION_ARN"], event)
    given = event.get("PhysicalResourceId") or event["RequestId"]
    physical_id = result.get("PhysicalResourceId") or given
    if event["RequestType"] == "Delete" and physical_id != given:
        raise Failed(
            f'DELETE: cannot change the physical resource ID from "{given}" to "{physical_id}" during deletion'
        )
    told = {**event, **result, "PhysicalResourceId": physical_id}
    if os.environ.get("USER_IS_COMPLETE_FUNCTION_ARN"):
        boto3.client("stepfunctions").start_execution(
            stateMachineArn=os.environ["WAITER_STATE_MACHINE_ARN"], input=json.dumps(told)
        )
        return
    _succeed(told)


def _ask(event: Event) -> None:
    result = _call(os.environ["USER_IS_COMPLETE_FUNCTION_ARN"], event)
    if not result.get("IsComplete"):
        if result.get("Data"):
            raise Failed('"Data" is not allowed if "IsComplete" is "False"')
        raise Retry(json.dumps(event))
    _succeed({**event, **result, "Data": {**(event.get("Data") or {}), **(result.get("Data") or {})}})


def _succeed(event: Event) -> None:
    answer(
        event,
        "SUCCESS",
        physical_id=event["PhysicalResourceId"],
        data=event.get("Data"),
        no_echo=bool(event.get("NoEcho")),
    )


def on_event(event: Event, context: Any) -> None:  # noqa: ARG001
    """Call the app's `on_event_handler`; answer, or start to wait."""
    _guarded(event, _begin)


def is_complete(event: Event, context: Any) -> None:  # noqa: ARG001
    """Call the app's `is_complete_handler`; answer, or have the waiter ask again."""
    _guarded(event, _ask)


def on_timeout(event: Event, context: Any) -> None:  # noqa: ARG001
    """Answer that it took too long."""
    asked = json.loads(json.loads(event["Cause"])["errorMessage"])
    answer(asked, "FAILED", physical_id=asked["PhysicalResourceId"], reason="Operation timed out")


def _trigger(event: Event) -> None:
    properties = event["ResourceProperties"]
    unchanged = event["RequestType"] == "Update" and properties.get("ExecuteOnHandlerChange") == "false"
    if event["RequestType"] != "Delete" and not unchanged:
        _call(properties["HandlerArn"], {}, kind=properties.get("InvocationType", "RequestResponse"))


trigger = answering(_trigger)
