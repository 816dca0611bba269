"""An account and Region in this process: the clients that act there, and the ARNs of what is there."""

from functools import cache
from typing import Any

import boto3


class Identity:
    """An account and Region.

    Args:
        account: The account's id.
        region: The Region.
    """

    def __init__(self, account: str, region: str) -> None:
        self.id = account
        self.region = region
        self.partition = _partition(region)

    def client(self, service: str) -> Any:
        """Get a client, which is not held to any role.

        Args:
            service: As boto3 names it.

        Returns:
            The client.
        """
        return _client(service, self.region)

    def arn(self, service: str, resource: str, *, regional: bool = True) -> str:
        """Write an ARN of this account.

        Args:
            service: The service's part of it.
            resource: Its last part.
            regional: Whether it names the Region.

        Returns:
            The ARN.
        """
        return f"arn:{self.partition}:{service}:{self.region if regional else ''}:{self.id}:{resource}"


@cache
def session(region: str) -> Any:
    """Get the session that everything in this process shares: what it knows of the services takes long to load.

    Args:
        region: The Region.

    Returns:
        A boto3 session with credentials that are none.
    """
    return boto3.Session("testing", "testing", "testing", region_name=region)


@cache
def _client(service: str, region: str) -> Any:
    return session(region).client(service)


def _partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
