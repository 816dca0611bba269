"""Whether a request holds a link that was signed here and is still good."""

import time
from typing import Any

import boto3
from botocore.config import Config

from .links import read

_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})
_kms = boto3.client("kms", config=_SDK)


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer API Gateway: allow this method for this link, or nothing.

    Args:
        event: The request.
        _context: Lambda's own.

    Returns:
        The policy, and the approval that the link decides about.
    """
    token = (event.get("queryStringParameters") or {}).get("token") or ""
    link = read(_kms, token, time.time())
    return {
        "principalId": "nobody" if link is None else link.approval,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Deny" if link is None else "Allow",
                    "Resource": event["methodArn"],
                }
            ],
        },
        "context": {} if link is None else {"approval": link.approval},
    }
