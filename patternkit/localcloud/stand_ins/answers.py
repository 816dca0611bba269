"""How a provider answers CloudFormation."""

from __future__ import annotations

import json
import os
import ssl
import traceback
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

Event = dict[str, Any]
LONGEST = 4096
"""Bytes of an answer that CloudFormation takes."""
CREATE_FAILED = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED"
"""The physical id of what could not be made: its deletion is not passed on."""


class Failed(Exception):
    """The provider says no; its text is the reason."""


def answer(
    event: Event,
    status: str,
    *,
    physical_id: str,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    no_echo: bool = False,
) -> None:
    """Send an answer to where CloudFormation waits for it."""
    told = {
        "Status": status,
        "Reason": reason or status,
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": no_echo,
        "Data": dict(data or {}),
    }
    body = json.dumps(told, default=str).encode()
    if len(body) > LONGEST:
        told |= {"Status": "FAILED", "Reason": "Response object is too long.", "Data": {}}
        body = json.dumps(told, default=str).encode()
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers={"content-type": ""})
    tls = None
    if event["ResponseURL"].startswith("https:"):
        tls = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
    with urllib.request.urlopen(request, timeout=30, context=tls):
        pass


def answering(provide: Callable[[Event], Mapping[str, Any] | None]) -> Callable[[Event, Any], None]:
    """Make a handler of a function that returns `PhysicalResourceId` and `Data`, or raises."""

    def handler(event: Event, context: Any) -> None:  # noqa: ARG001 - as Lambda calls it
        given = event.get("PhysicalResourceId")
        if event["RequestType"] == "Delete" and given == CREATE_FAILED:
            answer(event, "SUCCESS", physical_id=given)
            return
        try:
            result = provide(event) or {}
        except Exception as error:
            traceback.print_exc()
            answer(event, "FAILED", physical_id=given or CREATE_FAILED, reason=str(error) or type(error).__name__)
            return
        physical_id = result.get("PhysicalResourceId") or given or event["RequestId"]
        answer(
            event,
            "SUCCESS",
            physical_id=physical_id,
            data=result.get("Data"),
            no_echo=bool(result.get("NoEcho")),
        )

    return handler
