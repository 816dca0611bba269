"""Rotate the key that CloudFront sends to the API, in the four steps of AWS Secrets Manager, without a refused request.

The API takes a new key before CloudFront sends it, and the one before it until the next rotation: edges take minutes to
learn the new one.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

import os
import secrets
from typing import Any

import boto3
from botocore.config import Config

HEADER = "x-api-key"
TAG = "RotatedFor"
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})


def handler(event: dict[str, Any], context: Any) -> None:
    """Do one step of a rotation; a step that was done before changes nothing.

    Args:
        event: Secrets Manager's: the step, the secret and the version.
        context: Lambda's own.

    Raises:
        ValueError: If the version is not one that is being rotated to, or the step is unknown.
    """
    del context
    step, secret, version = event["Step"], event["SecretId"], event["ClientRequestToken"]
    stages = _stages(secret)
    if version not in stages:
        raise ValueError(f"version {version} is none of the secret's")
    if "AWSCURRENT" in stages[version]:
        return
    if "AWSPENDING" not in stages[version]:
        raise ValueError(f"version {version} is not pending")
    steps = {"createSecret": _create, "setSecret": _set, "testSecret": _test, "finishSecret": _finish}
    if step not in steps:
        raise ValueError(f"step must be one of {', '.join(steps)}, got {step!r}")
    steps[step](secret, version)


def _create(secret: str, version: str) -> None:
    client = boto3.client("secretsmanager", config=_SDK)
    try:
        found = client.get_secret_value(SecretId=secret, VersionId=version, VersionStage="AWSPENDING")
    except client.exceptions.ResourceNotFoundException:
        found = {}
    if not found.get("SecretString"):
        client.put_secret_value(
            SecretId=secret,
            ClientRequestToken=version,
            SecretString=secrets.token_hex(32),
            VersionStages=["AWSPENDING"],
        )


def _set(secret: str, version: str) -> None:
    """Let the API take the new key, and no longer take what is older than the current one."""
    client = boto3.client("apigateway", config=_SDK)
    plan = os.environ["USAGE_PLAN"]
    wanted, current = _value(secret, version), _value(secret, None)
    taken = client.get_usage_plan_keys(usagePlanId=plan, limit=500)["items"]
    for one in taken:
        if one["value"] in (wanted, current):
            continue
        client.delete_usage_plan_key(usagePlanId=plan, keyId=one["id"])
        if one["name"].startswith(_prefix()):
            # The first key is the stack's own, and goes with the stack.
            client.delete_api_key(apiKey=one["id"])
    if wanted not in [one["value"] for one in taken]:
        tags = {TAG: os.environ["KEY_NAME"]}
        made = client.create_api_key(name=f"{_prefix()}{version}", value=wanted, enabled=True, tags=tags)
        try:
            client.create_usage_plan_key(usagePlanId=plan, keyId=made["id"], keyType="API_KEY")
        except Exception:
            # No two keys of an account have one value: the next try could not make it again.
            client.delete_api_key(apiKey=made["id"])
            raise


def _test(secret: str, version: str) -> None:
    client = boto3.client("apigateway", config=_SDK)
    taken = client.get_usage_plan_keys(usagePlanId=os.environ["USAGE_PLAN"], limit=500)["items"]
    if _value(secret, version) not in [one["value"] for one in taken]:
        raise ValueError(f"the API does not take the key of version {version}")


def _finish(secret: str, version: str) -> None:
    """Have CloudFront send the new key, and make it the current one."""
    client = boto3.client("cloudfront", config=_SDK)
    distribution = os.environ["DISTRIBUTION"]
    found = client.get_distribution_config(Id=distribution)
    config, wanted = found["DistributionConfig"], _value(secret, version)
    sent = [
        header
        for origin in config["Origins"]["Items"]
        for header in origin.get("CustomHeaders", {}).get("Items", [])
        if header["HeaderName"].lower() == HEADER
    ]
    if not sent:
        raise ValueError(f"distribution {distribution} sends no header {HEADER}")
    if any(header["HeaderValue"] != wanted for header in sent):
        for header in sent:
            header["HeaderValue"] = wanted
        client.update_distribution(Id=distribution, IfMatch=found["ETag"], DistributionConfig=config)
    current = next(name for name, stages in _stages(secret).items() if "AWSCURRENT" in stages)
    boto3.client("secretsmanager", config=_SDK).update_secret_version_stage(
        SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=current
    )


def _prefix() -> str:
    return f"{os.environ['KEY_NAME']}-"


def _stages(secret: str) -> dict[str, list[str]]:
    stages: dict[str, list[str]] = boto3.client("secretsmanager", config=_SDK).describe_secret(SecretId=secret)[
        "VersionIdsToStages"
    ]
    return stages


def _value(secret: str, version: str | None) -> str:
    which = {"VersionId": version} if version else {"VersionStage": "AWSCURRENT"}
    return str(boto3.client("secretsmanager", config=_SDK).get_secret_value(SecretId=secret, **which)["SecretString"])
