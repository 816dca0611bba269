"""Events of Amazon S3 on Amazon EventBridge name the version of the object, as those of notifications do."""

from __future__ import annotations

import json
from contextvars import ContextVar
from types import ModuleType
from typing import Any

_version: ContextVar[str | None] = ContextVar("_version", default=None)


def remember_version(s3: ModuleType) -> None:
    """Remember the version of the object while its events are sent.

    Args:
        s3: ministack's module of Amazon S3.
    """
    module = vars(s3)
    fire = module["_fire_s3_event"]

    def firing(*arguments: Any, **named: Any) -> None:
        token = _version.set(named.get("version_id"))
        try:
            fire(*arguments, **named)
        finally:
            _version.reset(token)

    module["_fire_s3_event"] = firing


def name_version(eventbridge: ModuleType) -> None:
    """Write the version into an event of Amazon S3.

    Args:
        eventbridge: ministack's module of Amazon EventBridge.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    module = vars(eventbridge)
    dispatch = module["_dispatch_event"]

    def dispatching(event: dict[str, Any], *rest: Any, **named: Any) -> Any:
        version = _version.get()
        if version and event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version
            event = {**event, "Detail": json.dumps(detail)}
        return dispatch(event, *rest, **named)

    module["_dispatch_event"] = dispatching
