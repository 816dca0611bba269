"""A call of the AWS SDK, and what it needs where its name says it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.testing.permissions.actions import exists, takes_resources
from patternkit.testing.permissions.errors import NotModelled


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the SDK.

    Attributes:
        service: The service, as botocore signs for it: "s3", "monitoring".
        operation: The operation's name: "GetObject".
        parameters: What it was given.
        region: The Region that it went to.
        secure: Whether it went over TLS.
        endpoint: Where it went.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    secure: bool
    endpoint: str = ""

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


Keys = dict[str, tuple[str, ...] | None]
Need = tuple[str, str, Keys]


def by_name(service: str, call: Call) -> Iterator[Need]:
    """The permissions of a call whose action has its name and takes no resource."""
    action = f"{service}:{call.operation}"
    if not exists(action):
        raise NotModelled(f"which IAM action {action} needs")
    if takes_resources(action):
        raise NotModelled(f"which resources {action} names")
    yield action, "*", {}
