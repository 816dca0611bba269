"""Log each new object: the place to start from.

SNS delivers at least once, and S3 may announce an object twice: work that must not be done twice keeps the bucket, the
key, the version and the sequencer of what it has done.
"""

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def objects(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Take the new objects out of an SNS event.

    Args:
        event: What SNS invokes the function with.

    Yields:
        Each object: bucket, key, version, size and sequencer.

    Raises:
        ValueError: If the event is not of SNS, or its message not of S3.
    """
    if not isinstance(event, dict) or not isinstance(event.get("Records"), list):
        raise ValueError("the event must have a list of records")
    for record in event["Records"]:
        try:
            message = json.loads(record["Sns"]["Message"])
        except (KeyError, TypeError, ValueError):
            raise ValueError("the record must have an SNS message in JSON") from None
        if isinstance(message, dict) and message.get("Event") == "s3:TestEvent":
            # S3 tries each new destination; there is no object.
            continue
        if not isinstance(message, dict) or not isinstance(message.get("Records"), list):
            raise ValueError("the message must be an S3 event")
        for one in message["Records"]:
            try:
                found = one["s3"]["object"]
                yield {
                    "bucket": one["s3"]["bucket"]["name"],
                    "key": unquote_plus(found["key"]),
                    "version": found.get("versionId"),
                    "size": found.get("size", 0),
                    "sequencer": found.get("sequencer"),
                }
            except (AttributeError, KeyError, TypeError):
                raise ValueError("the S3 record must name a bucket and a key") from None


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Log what arrived, without its key, which may tell more than a log should.

    Args:
        event: What SNS invokes the function with.
        context: Lambda's own.

    Returns:
        How many objects it heard of.

    Raises:
        ValueError: If the event is not of SNS, or its message not of S3.
    """
    heard = 0
    for one in objects(event):
        told = {name: one[name] for name in ("bucket", "version", "size", "sequencer")}
        logger.info(json.dumps({"message": "new object", "request_id": context.aws_request_id, **told}))
        heard += 1
    return {"objects": heard}
