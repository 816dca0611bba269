"""What Lambda sends to a stream's failure destination: where the records are that were given up, and why.

https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

TABLE_SHARD = "shardId-00000000000000000000-00000000"  # a table's stream has one shard, which its records do not name


def failure_record(
    mapping: dict[str, Any],
    function: dict[str, Any],
    records: list[dict[str, Any]],
    reason: str,
    calls: int,
    shard: str,
) -> dict[str, Any]:
    """Return the record of a batch that is given up.

    Args:
        mapping: The event source mapping.
        function: The function, as ministack keeps it.
        records: What is given up.
        reason: Such as `RetryAttemptsExhausted`.
        calls: How often the function was called with it.
        shard: The shard's id; empty for a table.
    """
    configuration = function.get("config") or function
    return {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": configuration.get("FunctionArn", ""),
            "condition": reason,
            "approximateInvokeCount": calls,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": configuration.get("Version", "$LATEST"),
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": _time(time.time()),
        "KinesisBatchInfo" if shard else "DDBStreamBatchInfo": {
            "shardId": shard or TABLE_SHARD,
            "startSequenceNumber": _number(records[0]),
            "endSequenceNumber": _number(records[-1]),
            "approximateArrivalOfFirstRecord": _time(_arrival(records[0])),
            "approximateArrivalOfLastRecord": _time(_arrival(records[-1])),
            "batchSize": len(records),
            "streamArn": mapping.get("EventSourceArn", ""),
        },
    }


def send(mapping: dict[str, Any], record: dict[str, Any]) -> None:
    """Send a record to the mapping's failure destination, if it has one that is a queue or a topic."""
    destination = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if not destination:
        return
    import ministack.services.eventbridge as events
    from ministack.core.arn import parse_arn

    specification = parse_arn(destination)
    if specification.service == "sqs":
        vars(events)["_dispatch_to_sqs"](specification, json.dumps(record))
    elif specification.service == "sns":
        vars(events)["_dispatch_to_sns"](destination, json.dumps(record))


def _inner(record: dict[str, Any]) -> dict[str, Any]:
    return record.get("kinesis") or record.get("dynamodb") or {}


def _number(record: dict[str, Any]) -> str:
    inner = _inner(record)
    return str(inner.get("sequenceNumber") or inner.get("SequenceNumber", ""))


def _arrival(record: dict[str, Any]) -> float:
    inner = _inner(record)
    return float(inner.get("approximateArrivalTimestamp") or inner.get("ApproximateCreationDateTime") or time.time())


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1000):03d}Z"
