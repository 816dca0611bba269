"""Decide who connects, and which rooms they join with it."""

import json
import time
from typing import Any

import boto3
from botocore.config import Config

from .tokens import read

_KMS = boto3.client(
    "kms", config=Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
)


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer a request to connect.

    Args:
        event: What API Gateway asks an authorizer.
        _context: Lambda's own.

    Returns:
        The policy; who is let in, and the groups of their connection.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    # A browser sends the token as the subprotocol that it would like to speak.
    token = str(headers.get("sec-websocket-protocol") or "").split(",")[0].strip()
    admitted = read(_KMS, token, time.time())
    if admitted is None:
        print(json.dumps({"level": "INFO", "message": "not let in"}))
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Deny" if admitted is None else "Allow",
        "Resource": event["methodArn"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    if admitted is None:
        return {"principalId": "nobody", "policyDocument": policy}
    groups = ",".join(f"room:{room}" for room in admitted.rooms)
    return {"principalId": admitted.person, "policyDocument": policy, "context": {"groups": groups}}
