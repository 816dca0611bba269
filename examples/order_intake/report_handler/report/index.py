"""Sum up the orders of a day by currency, and keep the report under the day's name."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config

_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
_dynamodb = boto3.client("dynamodb", config=_SDK)
_s3 = boto3.client("s3", config=_SDK)


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Report on the day before the scheduled time; run again for the same day, it writes the same report anew.

    Args:
        event: `scheduled_time`, as the schedule gives it. Whoever wants another day's report invokes the function
            with the day after it.
        _context: Lambda's own.

    Returns:
        The report.

    Raises:
        ValueError: If there is no scheduled time.
    """
    day = day_before(event.get("scheduled_time"))
    report = {"day": day.isoformat(), "currencies": totals(day)}
    key = f"{os.environ['PREFIX']}{day.isoformat()}.json"
    _s3.put_object(
        Bucket=os.environ["BUCKET_NAME"],
        Key=key,
        Body=json.dumps(report, sort_keys=True).encode(),
        ContentType="application/json",
    )
    print(json.dumps({"level": "INFO", "message": "report written", "key": key}))
    return report


def day_before(scheduled: Any) -> date:
    """Read the day that a run is about.

    Args:
        scheduled: When the run was due: "2026-11-21T01:00:00Z".

    Returns:
        The UTC day before it.

    Raises:
        ValueError: If it is no time.
    """
    if not isinstance(scheduled, str):
        raise ValueError("scheduled_time must be a time, as 2026-11-21T01:00:00Z")
    time = datetime.fromisoformat(scheduled)
    return (time if time.tzinfo is None else time.astimezone(UTC)).date() - timedelta(days=1)


def totals(day: date) -> dict[str, dict[str, int]]:
    """Count and add up a day's orders, page by page: however many they are, one page is held.

    Args:
        day: The day.

    Returns:
        The number of orders and their total, by currency.
    """
    found: dict[str, dict[str, int]] = {}
    pages = _dynamodb.get_paginator("query").paginate(
        TableName=os.environ["TABLE_NAME"],
        IndexName=os.environ["INDEX_NAME"],
        KeyConditionExpression="#day = :day",
        ProjectionExpression="#currency, #total",
        ExpressionAttributeNames={"#day": "day", "#currency": "currency", "#total": "total"},
        ExpressionAttributeValues={":day": {"S": day.isoformat()}},
    )
    for page in pages:
        for item in page["Items"]:
            sums = found.setdefault(item["currency"]["S"], {"orders": 0, "total": 0})
            sums["orders"] += 1
            sums["total"] += int(item["total"]["N"])
    return found
