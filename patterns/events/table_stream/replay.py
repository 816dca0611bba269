"""Give a consumer again what it gave up: `python -m patterns.events.table_stream.replay QUEUE_URL FUNCTION`.

A dead letter says where in the stream the changes are, not what they were, and the stream forgets them after a day.
Each is read from there and given to the function, and its dead letter is deleted once the function has worked on it.
Needs boto3, a Region (`AWS_REGION`), and credentials that may read the queue and the stream and invoke the function.
"""

import base64
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

HIDDEN = 960
"""Seconds for which a dead letter is hidden while it is replayed, longer than a function may take."""


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
    # One at a time: it is hidden while the function works on it, and not while others are worked on before it.
    while found := messages.receive_message(
        QueueUrl=queue, MaxNumberOfMessages=1, VisibilityTimeout=HIDDEN, WaitTimeSeconds=1
    ).get("Messages"):
        [message] = found
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
    from botocore.config import Config

    records = [as_lambda_has_it(one, batch["streamArn"]) for one in changes(batch)]
    if not records:
        raise RuntimeError("the stream has forgotten these changes")
    # As long as a function may take, and once: a call that is tried again would be work that is done twice.
    once = Config(connect_timeout=5, read_timeout=905, retries={"total_max_attempts": 1})
    answer = boto3.client("lambda", config=once).invoke(
        FunctionName=function, Payload=json.dumps({"Records": records}, default=_as_json).encode()
    )
    said: dict[str, Any] | None = json.loads(answer["Payload"].read())
    if answer.get("FunctionError") or (said or {}).get("batchItemFailures"):
        raise RuntimeError(f"the function fails again: {json.dumps(said)[:300]}")


def as_lambda_has_it(record: dict[str, Any], stream: str) -> dict[str, Any]:
    """Write a change as Lambda hands it to a function, which is not how the stream's API writes it.

    Args:
        record: The change, as the API has it.
        stream: The ARN of the stream.

    Returns:
        The change: `userIdentity`, by which what expired is told apart, begins its names in lower case.
    """
    made = {**record, "eventSourceARN": stream}
    if identity := record.get("userIdentity"):
        made["userIdentity"] = {f"{name[0].lower()}{name[1:]}": value for name, value in identity.items()}
    return made


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


def _as_json(value: Any) -> float | str:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        # Binary attributes.
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is not JSON")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("give the URL of the dead-letter queue and the function's name")
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        sys.exit(1 if main(*sys.argv[1:]) else 0)
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"nothing more can be replayed: {error}")
