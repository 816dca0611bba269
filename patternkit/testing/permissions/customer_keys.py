"""What a request needs besides, because the data is encrypted by a customer's key.

The service uses the key in the caller's name, so the caller needs the key's action. Keys that AWS manages or owns need
nothing of the caller.
"""

from collections.abc import Callable, Mapping
from typing import Any

from patternkit.testing.permissions.account import Account, Made
from patternkit.testing.permissions.errors import NotModelled
from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.statements import Request

DECRYPT, GENERATE = "kms:Decrypt", "kms:GenerateDataKey"

# The rules, each with its page. A data key that the service still has in its cache is not asked for again, but a role
# cannot count on that.
_RULES: dict[str, tuple[str, ...]] = {
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html; parts of an upload that are put
    # together are read again: https://repost.aws/knowledge-center/s3-large-file-encryption-kms-key
    "s3:GetObject": (DECRYPT,),
    "s3:GetObjectVersion": (DECRYPT,),
    "s3:PutObject": (GENERATE,),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    "sqs:SendMessage": (GENERATE, DECRYPT),
    "sqs:ReceiveMessage": (DECRYPT,),
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    "sns:Publish": (GENERATE, DECRYPT),
    # https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
    "kinesis:PutRecord": (GENERATE,),
    "kinesis:PutRecords": (GENERATE,),
    "kinesis:GetRecords": (DECRYPT,),
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    "secretsmanager:GetSecretValue": (DECRYPT,),
    "secretsmanager:PutSecretValue": (GENERATE, DECRYPT),
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html; that page asks for
    # more actions, of which the calls on items use this one, to decrypt the table's key.
    **dict.fromkeys(
        (
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:GetRecords",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ),
        (DECRYPT,),
    ),
}

_MULTIPART = frozenset({"CompleteMultipartUpload", "UploadPart", "UploadPartCopy"})


def key_requests(request: Request, account: Account, *, operation: str = "") -> list[Request]:
    """The permissions that a request needs on a customer managed key.

    Args:
        request: The request.
        account: The account.
        operation: The call that made it, where that matters. Default: none.

    Returns:
        Requests of the key; none where no customer's key is involved.

    Raises:
        NotModelled: If the key is not known.
    """
    actions = _RULES.get(request.action)
    made = account.find(request.resource) if actions else None
    if actions is None or made is None:
        return []
    key = _overridden(request, account) if request.action == "s3:PutObject" else None
    if key is None:
        key = _key_of(made, account)
    if not key:
        return []
    if operation in _MULTIPART:
        actions = (*actions, DECRYPT)
    service = request.action.partition(":")[0]
    context = {
        **request.context,
        "kms:viaservice": (f"{service}.{account.region}.amazonaws.com",),
        "kms:encryptioncontextkeys": None,
        **_encryption_context(made, request.resource, account),
    }
    names = tuple(one.removeprefix("kms:encryptioncontext:") for one in context if "encryptioncontext:" in one)
    context["kms:encryptioncontextkeys"] = names or None
    return [
        Request(action, key, context, f"{request.action} of what a customer key encrypts")
        for action in dict.fromkeys(actions)
    ]


def _key_of(made: Made, account: Account) -> str:
    properties = made.properties
    match made.type:
        case "AWS::S3::Bucket":
            rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
            default: Mapping[str, Any] = rules[0].get("ServerSideEncryptionByDefault", {}) if rules else {}
            return _key_arn(default.get("KMSMasterKeyID"), account)
        case "AWS::DynamoDB::Table":
            return _key_arn(properties.get("SSESpecification", {}).get("KMSMasterKeyId"), account)
        case "AWS::SQS::Queue" | "AWS::SNS::Topic":
            return _key_arn(properties.get("KmsMasterKeyId"), account)
        case "AWS::Kinesis::Stream":
            return _key_arn(properties.get("StreamEncryption", {}).get("KeyId"), account)
        case "AWS::SecretsManager::Secret":
            return _key_arn(properties.get("KmsKeyId"), account)
    return ""


def _overridden(request: Request, account: Account) -> str | None:
    """The key that a write names itself; "" for none, None where the bucket's own applies."""
    method = request.context.get("s3:x-amz-server-side-encryption")
    if method is None:
        return None
    if method == ("AES256",):
        return ""
    named = request.context.get("s3:x-amz-server-side-encryption-aws-kms-key-id")
    # Without a key of its own the write falls to the key that AWS manages for S3.
    return _key_arn(named[0], account) if named else ""


def _key_arn(key: Any, account: Account) -> str:
    if key is None:
        return ""
    if isinstance(key, Unresolved):
        raise NotModelled(f"which key {key.text} is")
    if ":alias/" in key or key.startswith("alias/"):
        name = "alias/" + key.partition("alias/")[2]
        if name.startswith("alias/aws/"):
            return ""
        for alias in account.made("AWS::KMS::Alias"):
            if alias.ref == name:
                return _key_arn(alias.properties["TargetKeyId"], account)
        raise NotModelled(f"which key {key} stands for")
    return str(key) if key.startswith("arn:") else account.arn("kms", f"key/{key}")


def _encryption_context(made: Made, resource: str, account: Account) -> dict[str, tuple[str, ...] | None]:
    def keys(**pairs: str) -> dict[str, tuple[str, ...] | None]:
        return {
            f"kms:encryptioncontext:aws:{name.replace('_', ':')}".lower(): (value,) for name, value in pairs.items()
        }

    contexts: dict[str, Callable[[], dict[str, tuple[str, ...] | None]]] = {
        "AWS::S3::Bucket": lambda: keys(s3_arn=str(made.arn) if _bucket_key(made) else resource),
        "AWS::SQS::Queue": lambda: keys(sqs_arn=str(made.arn)),
        "AWS::SNS::Topic": lambda: keys(sns_topicArn=str(made.arn)),
        "AWS::DynamoDB::Table": lambda: keys(dynamodb_tableName=str(made.ref), dynamodb_subscriberId=account.id),
    }
    return contexts.get(made.type, dict)()


def _bucket_key(made: Made) -> bool:
    rules = made.properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    return bool(rules and rules[0].get("BucketKeyEnabled"))
