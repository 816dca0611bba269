"""Stands in for the provider of `log_retention=`."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import boto3

from .answers import Event, answering


def _keep(logs: Any, group: str, days: str | None) -> None:
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=group)
    if days:
        logs.put_retention_policy(logGroupName=group, retentionInDays=int(days))
    else:
        logs.delete_retention_policy(logGroupName=group)


def _retain(event: Event) -> dict[str, Any]:
    properties = event["ResourceProperties"]
    group = properties["LogGroupName"]
    logs = boto3.client("logs", region_name=properties.get("LogGroupRegion") or os.environ["AWS_REGION"])
    if event["RequestType"] == "Delete":
        if properties.get("RemovalPolicy") == "destroy":
            with suppress(logs.exceptions.ResourceNotFoundException):
                logs.delete_log_group(logGroupName=group)
    else:
        _keep(logs, group, properties.get("RetentionInDays"))
        if event["RequestType"] == "Create":
            _keep(boto3.client("logs"), f"/aws/lambda/{os.environ['AWS_LAMBDA_FUNCTION_NAME']}", "1")
    return {"PhysicalResourceId": group, "Data": {"LogGroupName": group}}


handler = answering(_retain)
