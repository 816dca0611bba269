"""Starts a task for each new object, as long as there is room; what cannot be started waits in the queue.

What to work on goes to the container by its environment, where a key with spaces, quotes or other letters is just text.
"""

import hashlib
import json
import logging
import os
import time
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

logger = logging.getLogger()
logger.setLevel(logging.INFO)
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})
_ecs = boto3.client("ecs", config=_SDK)


class NotStartedError(Exception):
    """Amazon ECS answered, and started nothing."""


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Start tasks for the objects of a batch of messages.

    Args:
        event: Messages with events of Amazon S3.
        _context: Lambda's own.

    Returns:
        The messages that go back to the queue.
    """
    records = event["Records"]
    room = int(os.environ["MAX_TASKS"]) - _running()
    back, waiting, failed, oldest = [], 0, 0, 0.0
    stopped: set[str | None] = set()
    for record in records:
        group = _group(record)
        # Of a FIFO queue, what comes after a failure in its group must not overtake it.
        if room <= 0 or (group is not None and group in stopped):
            waiting += 1
            oldest = max(oldest, _age(record))
            back.append({"itemIdentifier": record["messageId"]})
            continue
        try:
            _start(json.loads(record["body"]))
            room -= 1
        except (ClientError, NotStartedError, KeyError, TypeError, ValueError, RecursionError) as error:
            # One that cannot be read does not take its batch with it.
            failed += 1
            stopped.add(group)
            oldest = max(oldest, _age(record))
            back.append({"itemIdentifier": record["messageId"]})
            logger.error(json.dumps({"message": "not started", "why": str(error), "error": type(error).__name__}))
    counts = {"Started": len(records) - len(back), "Waiting": waiting, "NotStarted": failed}
    _measure(counts, oldest)
    return {"batchItemFailures": back}


def job_of(event: dict[str, Any]) -> dict[str, str]:
    """What a container must know of an event, as environment variables.

    Args:
        event: An event of Amazon S3 on Amazon EventBridge, whose keys are not URL-encoded.

    Returns:
        The variables. JOB is the same for an event that comes twice, and another one for each upload.

    Raises:
        KeyError: If it is no such event.
        TypeError: If something in it is of another type.
        ValueError: If the bucket or the key is no text.
    """
    bucket, found = event["detail"]["bucket"]["name"], dict(event["detail"]["object"])
    version = str(found.get("version-id") or "")
    if not isinstance(bucket, str) or not isinstance(found["key"], str):
        raise ValueError("the bucket and the key must be text")
    told = [bucket, found["key"], version, found.get("etag", ""), found.get("sequencer", "")]
    return {
        "JOB": hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32],
        "OBJECT_BUCKET": bucket,
        "OBJECT_KEY": found["key"],
        "OBJECT_SIZE": str(found.get("size", "")),
        "OBJECT_VERSION": version,
    }


def _start(event: dict[str, Any]) -> None:
    job = job_of(event)
    try:
        answer = _run(job)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConflictException":
            raise
        # This job has its task: the event came again after a deployment, and would be run otherwise now.
        logger.info(json.dumps({"message": "started before", "job": job["JOB"]}))
        return
    if answer.get("failures") or not answer.get("tasks"):
        # RunTask succeeds where nothing was placed: it says so here, and nowhere else.
        raise NotStartedError(json.dumps([one.get("reason", "unknown") for one in answer.get("failures", [])]))


def _run(job: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = _ecs.run_task(
        cluster=os.environ["CLUSTER"],
        taskDefinition=os.environ["TASK_DEFINITION"],
        # An event that comes twice starts one task: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
        clientToken=job["JOB"],
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "assignPublicIp": "DISABLED",
                "securityGroups": [os.environ["SECURITY_GROUP"]],
                "subnets": os.environ["SUBNETS"].split(","),
            }
        },
        overrides={
            "containerOverrides": [
                {
                    "name": os.environ["CONTAINER"],
                    "environment": [{"name": name, "value": value} for name, value in job.items()],
                }
            ]
        },
        propagateTags="TASK_DEFINITION",
        startedBy=os.environ["STARTED_BY"],
    )
    return answer


def _running() -> int:
    """How many tasks run or are about to, as far as Amazon ECS tells: within seconds."""
    pages = _ecs.get_paginator("list_tasks").paginate(
        cluster=os.environ["CLUSTER"], family=os.environ["FAMILY"], desiredStatus="RUNNING"
    )
    return sum(len(page["taskArns"]) for page in pages)


def _group(record: dict[str, Any]) -> str | None:
    """Name the message group within which order is kept: of a FIFO queue alone."""
    fifo = record.get("eventSourceARN", "").endswith(".fifo")
    return record["attributes"]["MessageGroupId"] if fifo else None


def _age(record: dict[str, Any]) -> float:
    """How long a message has been in the queue, in seconds."""
    sent = int(record.get("attributes", {}).get("SentTimestamp", 0)) / 1000
    return max(0.0, time.time() - sent) if sent else 0.0


def _measure(counts: dict[str, int], oldest: float) -> None:
    """Write metrics into the log, in the embedded metric format.

    The age is measured here: Amazon SQS leaves out what was received three times, which all that waits soon was.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    print(
        json.dumps(
            {
                "_aws": {
                    "Timestamp": int(time.time() * 1000),
                    "CloudWatchMetrics": [
                        {
                            "Namespace": "ContainerOnUpload",
                            "Dimensions": [["service"]],
                            "Metrics": [
                                *({"Name": name, "Unit": "Count"} for name in counts),
                                {"Name": "OldestWaiting", "Unit": "Seconds"},
                            ],
                        }
                    ],
                },
                "service": os.environ["SERVICE"],
                **counts,
                "OldestWaiting": round(oldest, 1),
            }
        )
    )
