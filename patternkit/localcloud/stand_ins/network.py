"""Stands in for the provider that empties a VPC's default security group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .answers import Event, answering


def _ingress(group: str, account: str) -> dict[str, Any]:
    pair = {"GroupId": group, "UserId": account}
    return {"GroupId": group, "IpPermissions": [{"UserIdGroupPairs": [pair], "IpProtocol": "-1"}]}


def _egress(group: str) -> dict[str, Any]:
    return {"GroupId": group, "IpPermissions": [{"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "IpProtocol": "-1"}]}


def _restrict(event: Event) -> None:
    ec2 = boto3.client("ec2")
    group, account = (event["ResourceProperties"][name] for name in ("DefaultSecurityGroupId", "Account"))
    before = event.get("OldResourceProperties", {}).get("DefaultSecurityGroupId", group)
    if event["RequestType"] == "Update" and before == group:
        return
    if event["RequestType"] != "Create":
        ec2.authorize_security_group_ingress(**_ingress(before, account))
        ec2.authorize_security_group_egress(**_egress(before))
    if event["RequestType"] != "Delete":
        _ignoring_absent(ec2.revoke_security_group_egress, _egress(group))
        _ignoring_absent(ec2.revoke_security_group_ingress, _ingress(group, account))


def _ignoring_absent(revoke: Callable[..., object], what: dict[str, Any]) -> None:
    try:
        revoke(**what)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.NotFound":
            raise


handler = answering(_restrict)
