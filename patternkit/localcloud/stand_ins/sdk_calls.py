"""Stands in for the provider of `AwsCustomResource`: any call of any SDK, by boto3."""

from __future__ import annotations

import base64
import json
import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from .answers import Event, Failed, answer

PHYSICAL_ID = "PHYSICAL:RESOURCEID:"
BOOLEANS = {"TRUE:BOOLEAN": True, "FALSE:BOOLEAN": False}
# Names of the JavaScript SDKs, without case and punctuation, whose service boto3 has another name for.
SERVICES = {
    "cloudwatchlogs": "logs",
    "cloudwatchevents": "events",
    "eventbridge": "events",
    "cognitoidentityserviceprovider": "cognito-idp",
    "cognitoidentityprovider": "cognito-idp",
    "elasticloadbalancingv2": "elbv2",
    "elasticloadbalancing": "elb",
    "sfn": "stepfunctions",
    "applicationautoscaling": "application-autoscaling",
    "configservice": "config",
}


def boto_name(service: str) -> str:
    """Return boto3's name of a service that the JavaScript SDK names, as a class or as a package."""
    plain = re.sub(r"[^a-z0-9]", "", service.lower().removeprefix("@aws-sdk/client-"))
    if plain in SERVICES:
        return SERVICES[plain]
    session = botocore.session.get_session()
    names: list[str] = session.get_available_services()
    for name in names:
        if re.sub(r"[^a-z0-9]", "", name) == plain:
            return name
    for name in names:
        model = session.get_service_model(name)
        if re.sub(r"[^a-z0-9]", "", str(model.service_id).lower()) == plain:
            return name
    raise Failed(f"Package @aws-sdk/client-{plain} does not exist.")


def _operation(client: Any, action: str) -> tuple[str, str]:
    """Return the method of a client and the operation that an action names."""
    wanted = action.removesuffix("Command").lower()
    for method, operation in client.meta.method_to_api_mapping.items():
        if operation.lower() == wanted:
            return method, operation
    raise Failed(f"Unable to find command named: {action[:1].upper()}{action[1:]}")


def decoded(value: Any, physical_id: str) -> Any:
    """Put the physical id and real booleans where the CDK wrote marks for them."""
    if isinstance(value, dict):
        return {key: decoded(item, physical_id) for key, item in value.items()}
    if isinstance(value, list):
        return [decoded(item, physical_id) for item in value]
    if isinstance(value, str):
        return physical_id if value == PHYSICAL_ID else BOOLEANS.get(value, value)
    return value


def coerced(value: Any, shape: Any) -> Any:
    """Make numbers and bytes of texts where the call wants them: CloudFormation hands all on as text."""
    if shape is None:
        return value
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return {key: coerced(item, shape.members.get(key)) for key, item in value.items()}
    if kind == "list" and isinstance(value, list):
        return [coerced(item, shape.member) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: coerced(item, shape.value) for key, item in value.items()}
    if isinstance(value, str):
        if kind in ("integer", "long"):
            return int(value)
        if kind in ("float", "double"):
            return float(value)
        if kind == "boolean" and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if kind == "blob":
            return value.encode()
    return value


def flattened(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield each leaf of a response by its path, such as `Parameter.Value` or `Items.0.Name`."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from flattened(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from flattened(item, (*path, str(index)))
    elif hasattr(value, "read"):
        yield ".".join(path), value.read().decode()
    elif isinstance(value, bytes):
        try:
            yield ".".join(path), value.decode()
        except UnicodeDecodeError:
            yield ".".join(path), base64.b64encode(value).decode()
    else:
        yield ".".join(path), value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def _client(call: Mapping[str, Any]) -> Any:
    options: dict[str, Any] = {"region_name": call["region"]} if call.get("region") else {}
    if call.get("assumedRoleArn"):
        external = {"ExternalId": call["externalId"]} if call.get("externalId") else {}
        taken = boto3.client("sts", **options).assume_role(
            RoleArn=call["assumedRoleArn"], RoleSessionName="custom-resource", **external
        )["Credentials"]
        options |= {
            "aws_access_key_id": taken["AccessKeyId"],
            "aws_secret_access_key": taken["SecretAccessKey"],
            "aws_session_token": taken["SessionToken"],
        }
    connect: Any = boto3.client
    return connect(boto_name(call["service"]), **options)


def _run(call: Mapping[str, Any], physical_id: str) -> tuple[str, dict[str, Any]]:
    client = _client(call)
    method, operation = _operation(client, call["action"])
    parameters = decoded(call.get("parameters") or {}, physical_id)
    shape = client.meta.service_model.operation_model(operation).input_shape
    try:
        response = getattr(client, method)(**coerced(parameters, shape))
    except ClientError as error:
        ignored = call.get("ignoreErrorCodesMatching")
        if ignored and re.search(ignored, error.response["Error"]["Code"]):
            return physical_id, {}
        raise
    metadata = response.pop("ResponseMetadata", {})
    known = {"region": client.meta.region_name, "$metadata.httpStatusCode": metadata.get("HTTPStatusCode")}
    flat = known | dict(flattened(response))
    paths = call.get("outputPaths") or ([call["outputPath"]] if call.get("outputPath") else None)
    data = flat if paths is None else {key: item for key, item in flat.items() if key.startswith(tuple(paths))}
    given = (call.get("physicalResourceId") or {}).get("responsePath")
    return (str(flat[given]) if given and flat.get(given) is not None else physical_id), data


def handler(event: Event, context: Any) -> None:
    """Make the call that the resource has for this request, and answer with what came of it."""
    properties, kind = event["ResourceProperties"], event["RequestType"]
    try:
        calls = {name: json.loads(properties[name]) for name in ("Create", "Update", "Delete") if properties.get(name)}
        order = ("Create", "Update", "Delete") if kind == "Create" else (kind,)
        ids = [(calls.get(name, {}).get("physicalResourceId") or {}).get("id") for name in order]
        fallback = event["LogicalResourceId"] if kind == "Create" else event["PhysicalResourceId"]
        physical_id = next((each for each in ids if each), fallback)
        data: dict[str, Any] = {}
        if kind in calls:
            physical_id, data = _run(calls[kind], physical_id)
    except (ClientError, BotoCoreError, Failed, ValueError, KeyError, TypeError) as error:
        traceback.print_exc()
        reason = error.response["Error"]["Message"] if isinstance(error, ClientError) else str(error)
        failed = event.get("PhysicalResourceId") or context.log_stream_name
        answer(event, "FAILED", physical_id=failed, reason=reason or "Internal Error")
        return
    answer(event, "SUCCESS", physical_id=physical_id, reason="OK", data=data)
