"""The function's entry: a tick of the schedule, or an alarm that went off.

What is to be is written down first, under the condition that nobody else wrote since, and then done. Whoever dies in
between leaves a state that the next tick acts on: each tick sets the weights again, whatever they are.
"""

import json
import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import boto3

from .decisions import Plan, State, after_alarm, after_tick
from .weights import SDK, weights

_KEY = {"id": {"S": "release"}}
_ATTEMPTS = 5

plan = Plan(
    release=os.environ["RELEASE"],
    steps=tuple(json.loads(os.environ["STEPS"])),
    interval=int(os.environ["INTERVAL"]),
)
alarms: list[str] = json.loads(os.environ["ALARMS"])
table = os.environ["TABLE"]
target = weights(json.loads(os.environ["TARGET"]))
dynamodb = boto3.client("dynamodb", config=SDK)
cloudwatch = boto3.client("cloudwatch", config=SDK)


class ShiftFailed(RuntimeError):  # noqa: N818 - it is named for what it is
    """The weights could not be brought to what was decided; the next tick tries again."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Act on one event.

    Args:
        event: The schedule's, with `scheduled_time`; or Amazon EventBridge's, of an alarm that changed its state.
        context: Lambda's own.

    Returns:
        The release, its status and the candidate's weight.

    Raises:
        ValueError: If the event is neither.
        ShiftFailed: If others kept changing the state.
    """
    state = _decide(_decision(event))
    state = _carry_out(state)
    said = {"release": state.release, "status": state.status, "weight": state.weight}
    # With the function's JSON log format, a line that is JSON is taken as it is.
    print(json.dumps({"level": "INFO", "message": "weights set", "request_id": context.aws_request_id, **said}))
    return said


def _decision(event: dict[str, Any]) -> Callable[[State], State]:
    if not isinstance(event, dict):
        raise ValueError(f"the event must be an object, got {type(event).__name__}")
    now = int(time.time())
    if isinstance(event.get("scheduled_time"), str):
        scheduled = int(datetime.fromisoformat(event["scheduled_time"]).timestamp())
        alarmed = _alarmed()
        return lambda state: after_tick(state, plan, scheduled=scheduled, now=now, alarmed=alarmed)
    if event.get("detail-type") == "CloudWatch Alarm State Change":
        detail = event.get("detail") or {}
        if detail.get("alarmName") in alarms and (detail.get("state") or {}).get("value") == "ALARM":
            return lambda state: after_alarm(state, plan, now=now)
    raise ValueError("the event must be a tick of the schedule, or one of this release's alarms going off")


def _alarmed() -> bool:
    answer = cloudwatch.describe_alarms(AlarmNames=alarms, AlarmTypes=["MetricAlarm"], MaxRecords=100)
    states = {one["AlarmName"]: one["StateValue"] for one in answer["MetricAlarms"]}
    missing = sorted(set(alarms) - set(states))
    if missing:
        # Whoever took an alarm away took away what guards the release: no further step without it.
        raise ShiftFailed(f"no such alarm: {', '.join(missing)}")
    return "ALARM" in states.values()


def _read() -> State | None:
    item = dynamodb.get_item(TableName=table, Key=_KEY, ConsistentRead=True).get("Item")
    return State.from_item(item) if item else None


def _decide(decision: Callable[[State], State]) -> State:
    for _ in range(_ATTEMPTS):
        before = _read()
        after = decision(before or State())
        if after == before or _write(after, before):
            return after
    raise ShiftFailed(f"others changed the state {_ATTEMPTS} times while this was decided")


def _write(after: State, before: State | None) -> bool:
    if before is None:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
    else:
        condition = {
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(before.version)}},
        }
    try:
        dynamodb.put_item(TableName=table, Item={**_KEY, **after.item()}, **condition)
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _carry_out(state: State) -> State:
    # An alarm may have been written down, and carried out, between this decision and this call: then the older weight
    # was set last, and the newer one is set again.
    for _ in range(_ATTEMPTS):
        target.set(state.weight)
        now = _read()
        if now is None or now.version == state.version:
            return state
        state = now
    raise ShiftFailed(f"others changed the state {_ATTEMPTS} times while the weights were set")
