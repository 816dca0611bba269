"""Push messages to the connections of a group, page by page and side by side, and sweep those that are gone."""

import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .messages import body_of, data_of
from .rows import EVERYBODY, Rows

_THREADS = 32
_TRIES = 3
_RECIPIENTS_AT_ONCE = 5000
_ROWS = Rows()
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})
_SQS = boto3.client("sqs", config=_SDK)
_CONNECTIONS = boto3.client(
    "apigatewaymanagementapi",
    # Of the API itself, not of a domain name of one's own, whose path may be another.
    endpoint_url=os.environ["CALLBACK_URL"],
    config=_SDK.merge(Config(max_pool_connections=_THREADS, retries={"mode": "standard", "total_max_attempts": 3})),
)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work on a batch of pushes.

    Args:
        event: Messages of the queue, each `{"group": "room-1", "message": {...}}`, or `{"sweep": true}`.
        context: Lambda's own.

    Returns:
        Which of them could not be read, or not be worked on at all.
    """
    del context
    failed, stopped = [], set()
    for record in event["Records"]:
        group = _fifo_group(record)
        if (group is None or group not in stopped) and _done(record):
            continue
        failed.append({"itemIdentifier": record["messageId"]})
        if group is not None:
            # What comes after it in its group waits for it.
            stopped.add(group)
    return {"batchItemFailures": failed}


def _fifo_group(record: dict[str, Any]) -> str | None:
    """The group of a message of a FIFO queue, whose order holds; a standard queue keeps none."""
    if not str(record.get("eventSourceARN", "")).endswith(".fifo"):
        return None
    return str(record["attributes"]["MessageGroupId"])


def _done(record: dict[str, Any]) -> bool:
    try:
        _work(json.loads(record["body"]))
    except Exception as error:
        _say("push failed", messageId=record["messageId"], error=f"{type(error).__name__}: {error}")
        return False
    return True


def _work(asked: dict[str, Any]) -> None:
    if asked.get("sweep"):
        for page in _ROWS.pages(EVERYBODY):
            _each(page, lambda one: _CONNECTIONS.get_connection(ConnectionId=one))
        return
    message = asked["message"]
    data = data_of(message)
    tries = asked.get("tries", 1)
    pages: Iterable[list[str]] = [asked["to"]] if "to" in asked else _ROWS.pages(asked["group"])
    for page in pages:
        missed = _each(page, lambda one: _CONNECTIONS.post_to_connection(ConnectionId=one, Data=data))
        for at in range(0, len(missed), _RECIPIENTS_AT_ONCE):
            _try_again(missed[at : at + _RECIPIENTS_AT_ONCE], message, tries)


def _each(connections: list[str], call: Callable[[str], object]) -> list[str]:
    """Call for each connection, side by side; forget those that are gone, and return those that failed otherwise."""

    def one(connection: str) -> str | None:
        try:
            call(connection)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 410:
                _say("connection failed", error=error.response["Error"]["Code"])
                return connection
            _ROWS.forget(connection)
        except BotoCoreError as error:
            _say("connection failed", error=type(error).__name__)
            return connection
        return None

    with ThreadPoolExecutor(_THREADS) as pool:
        return [failed for failed in pool.map(one, connections) if failed]


def _try_again(missed: list[str], message: Any, tries: int) -> None:
    """To those alone who missed it, so that nobody else gets it twice; after the last time into the dead letters."""
    asked = {"to": missed, "message": message, "tries": tries + 1}
    if tries < _TRIES:
        delay = 2**tries
        _SQS.send_message(QueueUrl=os.environ["PUSH_QUEUE"], MessageBody=body_of(asked), DelaySeconds=delay)
    else:
        _SQS.send_message(QueueUrl=os.environ["DEAD_LETTERS"], MessageBody=body_of({**asked, "tries": 1}))


def _say(what: str, **details: str) -> None:
    print(json.dumps({"level": "WARN", "message": what, **details}))
