"""Events of Amazon S3 on Amazon EventBridge, and the messages that they are in the queue."""

import json
from typing import Any

STRANGE_KEYS = (
    "plain.txt",
    "with spaces and $(reboot); `ls` | & > .txt",
    "quotes \" and ' and \\ .json",
    "ünï/日本語/☃.txt",
    "line\nbreak",
    "100%25 + plus.txt",
    "-rf",
)


def event(key: str, **found: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "111122223333",
        "detail": {
            "version": "0",
            "bucket": {"name": "uploads"},
            "object": {"key": key, "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184", "version-id": "v1",
                       "sequencer": "00617F08299329D189", **found},
            "reason": "PutObject",
        },
    }  # fmt: skip


def batch(*events: Any, sent: float = 0) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": str(number),
                "body": one if isinstance(one, str) else json.dumps(one),
                "attributes": {"SentTimestamp": str(int(sent * 1000))},
            }
            for number, one in enumerate(events)
        ]
    }
