"""Sign links to the files of many documents at once.

Who gets a document of the API gets its link; AWS AppSync asks for it with what the resolvers before let through.
"""

import os
from typing import Any

import boto3
from botocore.config import Config

SECONDS = 300
_LOCAL = os.environ.get("AWS_ENDPOINT_URL")
_S3 = boto3.client(
    "s3",
    # The SDK would sign for the global endpoint, which redirects for some days after a bucket is made.
    endpoint_url=_LOCAL or os.environ["S3_ENDPOINT"],
    config=Config(
        connect_timeout=2,
        read_timeout=5,
        signature_version="s3v4",
        s3={"addressing_style": "path" if _LOCAL else "virtual", "us_east_1_regional_endpoint": "regional"},
    ),
)


def handler(event: list[dict[str, Any]], _context: Any) -> list[dict[str, Any]]:
    """Answer for each document of a batch, in its order.

    Args:
        event: The documents, each as its source.
        _context: Lambda's own.

    Returns:
        A link for each. Nothing is asked of Amazon S3: whether the file is there, whoever follows the link learns.
    """
    return [{"data": _link(str(one["source"]["id"]))} for one in event]


def _link(document: str) -> str:
    key = {"Bucket": os.environ["BUCKET"], "Key": f"{os.environ['PREFIX']}{document}"}
    return str(_S3.generate_presigned_url("get_object", Params=key, ExpiresIn=SECONDS))
