"""What S3 announces, as its documentation shows it."""

import json
from typing import Any
from urllib.parse import quote_plus


def announcement(*keys: str, bucket: str = "photographs") -> str:
    """An S3 event of new objects, in JSON.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    return json.dumps({"Records": [_record(key, bucket) for key in keys]})


def trial(bucket: str = "photographs") -> str:
    """What S3 sends to try a new destination."""
    return json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": bucket, "RequestId": "1"})


def _record(key: str, bucket: str) -> dict[str, Any]:
    return {
        "eventVersion": "2.3",
        "eventSource": "aws:s3",
        "awsRegion": "eu-west-1",
        "eventTime": "2026-11-21T00:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {
                "key": quote_plus(key, safe="/"),
                "size": 1024,
                "versionId": "v1",
                "sequencer": "0055AED6DCD90281E5",
            },
        },
    }
