"""Calls of KMS, Systems Manager and Secrets Manager."""

import re
from collections.abc import Iterator

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls.call import Call, Keys, Need, by_name
from patternkit.testing.permissions.errors import NotModelled


def kms(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of KMS needs.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
    """
    key = call.parameters.get("KeyId")
    if key is None:
        raise NotModelled(f"which key {call} uses, where it does not say")
    if ":alias/" in key or key.startswith("alias/"):
        raise NotModelled(f"which key an alias stands for ({call})")
    arn = key if key.startswith("arn:") else account.arn("kms", f"key/{key}")
    text = call.parameters.get("EncryptionContext", {})
    extra: Keys = {f"kms:encryptioncontext:{name}".lower(): (value,) for name, value in text.items()}
    yield f"kms:{call.operation}", arn, extra


def ssm(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of Systems Manager needs.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
    """
    given = call.parameters
    names = [given["Name"]] if "Name" in given else given.get("Names", [given["Path"]] if "Path" in given else [])
    if call.operation not in ("GetParameter", "GetParameters", "GetParametersByPath", "PutParameter"):
        yield from by_name("ssm", call)
        return
    for name in names:
        arn = name if name.startswith("arn:") else account.arn("ssm", f"parameter/{name.strip('/')}")
        if given.get("WithDecryption") and account.find(arn) is None:
            raise NotModelled(f"the key of a parameter that the template does not make ({call})")
        yield f"ssm:{call.operation}", arn, {}


_OF_SECRETS = ("GetSecretValue", "DescribeSecret", "PutSecretValue", "UpdateSecretVersionStage")


def secretsmanager(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of Secrets Manager needs.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    given = call.parameters.get("SecretId", "")
    found = [one for one in account.made("AWS::SecretsManager::Secret") if given in _names_of_secret(str(one.arn))]
    if call.operation not in _OF_SECRETS or len(found) != 1:
        raise NotModelled(f"which secret {call} names")
    yield f"secretsmanager:{call.operation}", str(found[0].arn), {}


def _names_of_secret(arn: str) -> tuple[str, ...]:
    """What a call may name a secret by: its ARN, with or without the six characters at the end, or its name.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    """
    partial = re.sub(r"-[A-Za-z0-9]{6}$", "", arn)
    return arn, partial, partial.rpartition(":")[2]
