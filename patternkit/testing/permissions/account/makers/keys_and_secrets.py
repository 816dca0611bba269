"""Keys, and the parameters and secrets that are kept."""

from __future__ import annotations

import json

from patternkit.testing.permissions.account.identity import Identity
from patternkit.testing.permissions.account.made import Definition, Made
from patternkit.testing.permissions.statements import read_policy


def key(account: Identity, definition: Definition) -> Made:
    """Make a KMS key."""
    described_key = account.client("kms").create_key(**definition.some("KeySpec", "KeyUsage"))["KeyMetadata"]
    key_id, arn = described_key["KeyId"], described_key["Arn"]
    made = Made("AWS::KMS::Key", key_id, {"Arn": arn, "KeyId": key_id}, arn)
    if "KeyPolicy" not in definition.resource.get("Properties", {}):
        everybody = {"AWS": f"arn:{account.partition}:iam::{account.id}:root"}
        default = {"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": everybody}}
        made.policies.extend(read_policy(definition.logical_id, default, default, of_resource=True))
    return made


def alias(account: Identity, definition: Definition) -> Made:
    """Make a name of a KMS key."""
    name, target = definition.get("AliasName"), definition.get("TargetKeyId")
    return Made("AWS::KMS::Alias", name, {}, account.arn("kms", str(name)), {"TargetKeyId": target})


def parameter(account: Identity, definition: Definition) -> Made:
    """Make a parameter of Systems Manager."""
    name = definition.named("Name", 1000)
    value, kind = str(definition.get("Value")), definition.get("Type", "String")
    account.client("ssm").put_parameter(Name=name, Value=value, Type=kind)
    arn = account.arn("ssm", f"parameter/{name.lstrip('/')}")
    return Made("AWS::SSM::Parameter", name, {"Type": kind, "Value": value}, arn)


def secret(account: Identity, definition: Definition) -> Made:
    """Make a secret of Secrets Manager."""
    value = definition.get("SecretString", json.dumps({"password": "made in this process"}))
    answer = account.client("secretsmanager").create_secret(Name=definition.named("Name", 512), SecretString=value)
    arn = answer["ARN"]
    return Made("AWS::SecretsManager::Secret", arn, {"Id": arn}, arn, definition.some("KmsKeyId"))
