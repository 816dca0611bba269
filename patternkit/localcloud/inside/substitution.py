"""Puts a stand-in in the place of a provider of the CDK's that cannot run here.

The CDK makes one function a stack for each kind of custom resource of its own, under a logical id that begins alike in
every app and every release; the functions of its provider framework are known by their handler. They are written for
Node.js with an SDK that is not on this machine, send their answers by https to no port, or call the AWS CLI.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

STAND_INS = Path(__file__).parent.parent / "stand_ins"
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class StandIn:
    """What stands in for a function.

    Attributes:
        what: What of the CDK it is the provider of.
        handler: Its handler.
        keeps: Whether the function's own code stays beside it.
    """

    what: str
    handler: str
    keeps: bool = False


BY_LOGICAL_ID: Mapping[str, StandIn] = {
    "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a": StandIn("log_retention=", "stand_ins.logs.handler"),
    "CustomS3AutoDeleteObjectsCustomResourceProviderHandler": StandIn(
        "auto_delete_objects=True", "stand_ins.storage.handler"
    ),
    "AWS679f53fac002430cb0da5b7982bd2287": StandIn("AwsCustomResource", "stand_ins.sdk_calls.handler"),
    "CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C": StandIn(
        "BucketDeployment (the AWS CLI that it calls)", "stand_ins.bucket_deployment.handler", keeps=True
    ),
    "CustomVpcRestrictDefaultSGCustomResourceProviderHandler": StandIn(
        "restrict_default_security_group=True", "stand_ins.network.handler"
    ),
    "CustomCrossRegionExportWriterCustomResourceProviderHandler": StandIn(
        "cross_region_references=True, in the stack that is referred to", "stand_ins.exports.writer"
    ),
    "CustomCrossRegionExportReaderCustomResourceProviderHandler": StandIn(
        "cross_region_references=True, in the stack that refers", "stand_ins.exports.reader"
    ),
    "AWSCDKTriggerCustomResourceProviderCustomResourceProviderHandler": StandIn(
        "Trigger", "stand_ins.framework.trigger"
    ),
}
"""By the beginning of the function's logical id."""
FRAMEWORK: Mapping[str, StandIn] = {
    "framework.onEvent": StandIn("Provider", "stand_ins.framework.on_event"),
    "framework.isComplete": StandIn("Provider", "stand_ins.framework.is_complete"),
    "framework.onTimeout": StandIn("Provider", "stand_ins.framework.on_timeout"),
}
"""By the function's handler."""


def stand_in(logical_id: str, properties: Mapping[str, Any]) -> StandIn | None:
    """Return what stands in for a function of a template, or None where it runs as it is."""
    variables = (properties.get("Environment") or {}).get("Variables") or {}
    if properties.get("Handler") in FRAMEWORK and "USER_ON_EVENT_FUNCTION_ARN" in variables:
        return FRAMEWORK[properties["Handler"]]
    return next((found for beginning, found in BY_LOGICAL_ID.items() if logical_id.startswith(beginning)), None)


def packed(archive: bytes | None) -> bytes:
    """Return the code of the stand-ins as a zip archive, after what an archive already has."""
    buffer = io.BytesIO(archive or b"")
    with zipfile.ZipFile(buffer, "a") as zipped:
        if "stand_ins/__init__.py" in zipped.namelist():
            return buffer.getvalue()
        for path in sorted(STAND_INS.glob("*.py")):
            zipped.writestr(f"stand_ins/{path.name}", path.read_bytes())
    return buffer.getvalue()


def substitute(
    handlers: dict[str, dict[str, Any]], functions: ModuleType, write: Callable[[dict[str, Any]], None]
) -> None:
    """Have CloudFormation make each provider with its stand-in.

    Args:
        handlers: ministack's registry: resource type to its `create`, `update`, ... functions.
        functions: ministack's module of functions.
        write: Takes one record per function that was stood in for.
    """
    entry = handlers["AWS::Lambda::Function"]

    def replaced(logical_id: str, properties: dict[str, Any]) -> tuple[StandIn | None, dict[str, Any]]:
        found = stand_in(logical_id, properties)
        if found is None:
            return None, properties
        changed = {**properties, "Handler": found.handler, "Runtime": RUNTIME}
        changed.pop("Layers", None)
        return found, changed

    def finish(found: StandIn | None, logical_id: str, result: Any) -> Any:
        if found is not None:
            record = vars(functions)["_functions"][result[0]]
            own = record["code_zip"] if found.keeps else None
            record["code_zip"] = packed(own)
            functions.invalidate_worker(result[0])
            made_here = {"type": "AWS::Lambda::Function", "logical_id": logical_id, "physical_id": result[0]}
            write({"stand_in": found.what, **made_here})
        return result

    made, updated = entry["create"], entry.get("update")

    def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        found, changed = replaced(logical_id, properties)
        return finish(found, logical_id, made(logical_id, changed, stack_name))

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        _, logical_id = rest
        found, changed = replaced(logical_id, new)
        assert updated is not None
        return finish(found, logical_id, updated(physical_id, old, changed, *rest))

    entry["create"] = create
    if updated is not None:
        entry["update"] = update


def keep_bucket_tags(handlers: dict[str, dict[str, Any]], storage: ModuleType) -> None:
    """Have CloudFormation set a bucket's tags, by which `auto_delete_objects=True` knows what it may empty."""
    entry = handlers["AWS::S3::Bucket"]
    made, updated = entry["create"], entry["update"]

    def tagged(properties: dict[str, Any], result: Any) -> Any:
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}
        if tags:
            vars(storage)["_bucket_tags"][result[0]] = tags
        else:
            vars(storage)["_bucket_tags"].pop(result[0], None)
        return result

    def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        return tagged(properties, made(logical_id, properties, stack_name))

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        return tagged(new, updated(physical_id, old, new, *rest))

    entry["create"], entry["update"] = create, update
