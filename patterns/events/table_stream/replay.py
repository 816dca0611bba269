"""Give a consumer again what it gave up: `python -m patterns.events.table_stream.replay QUEUE_URL FUNCTION`.

A dead letter says where in the stream the changes are, not what they were, and the stream forgets them after a day.
Each is read from there and given to the function, and its dead letter is deleted once the function has worked on it.
Needs boto3, and credentials that may read the queue and the stream and invoke the function.
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

HIDDEN = 900
"""Seconds for which a dead letter is hidden while it is replayed, and after it failed."""


def main(queue: str, function: str) -> int:
    """Replay the dead letters of a queue.

    Args:
        queue: The URL of the dead-letter queue.
        function: The function's name or ARN.

    Returns:
        How many could not be replayed; they are still in the queue.
    """
    import boto3

    messages = boto3.client("sqs")
    failed, replayed, seen = 0, 0, set[str]()
    while found := messages.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN).get(
        "Messages"
    ):
        if {one["MessageId"] for one in found} <= seen:
            break
        for message in found:
            if message["MessageId"] in seen:
                continue
            seen.add(message["MessageId"])
            try:
                give(function, json.loads(message["Body"])["DDBStreamBatchInfo"])
            except Exception as error:
                failed += 1
                print(f"{message['MessageId']}: {type(error).__name__}: {error}", file=sys.stderr)
                continue
            messages.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            replayed += 1
    print(f"replayed {replayed}, failed {failed}")
    return failed


def give(function: str, batch: dict[str, Any]) -> None:
    """Give a function the changes of a batch.

    Args:
        function: The function's name or ARN.
        batch: Where in the stream they are.

    Raises:
        RuntimeError: If the stream has forgotten them, or the function fails again.
    """
    import boto3

    records = [{**one, "eventSourceARN": batch["streamArn"]} for one in changes(batch)]
    if not records:
        raise RuntimeError("the stream has forgotten these changes")
    answer = boto3.client("lambda").invoke(
        FunctionName=function, Payload=json.dumps({"Records": records}, default=_seconds).encode()
    )
    said: dict[str, Any] | None = json.loads(answer["Payload"].read())
    if answer.get("FunctionError") or (said or {}).get("batchItemFailures"):
        raise RuntimeError(f"the function fails again: {json.dumps(said)[:300]}")


def changes(batch: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Read the changes of a batch from the stream.

    Args:
        batch: Where they are.

    Yields:
        Each change.
    """
    import boto3

    streams = boto3.client("dynamodbstreams")
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    while iterator:
        page = streams.get_records(ShardIterator=iterator)
        for one in page["Records"]:
            if int(one["dynamodb"]["SequenceNumber"]) > int(batch["endSequenceNumber"]):
                return
            yield one
        # An open shard has always a next page, if an empty one.
        iterator = page.get("NextShardIterator") if page["Records"] else None


def _seconds(value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"{type(value).__name__} is not JSON")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("give the URL of the dead-letter queue and the function's name")
    sys.exit(1 if main(*sys.argv[1:]) else 0)
