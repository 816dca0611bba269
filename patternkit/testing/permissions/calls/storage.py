"""Calls of S3 and DynamoDB."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls.call import Call, Keys, Need, by_name
from patternkit.testing.permissions.errors import NotModelled

_OBJECT_ACTIONS = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObject": "DeleteObject",
    "GetObject": "GetObject",
    "GetObjectTagging": "GetObjectTagging",
    "HeadObject": "GetObject",
    "ListParts": "ListMultipartUploadParts",
    "PutObject": "PutObject",
    "PutObjectTagging": "PutObjectTagging",
    "UploadPart": "PutObject",
}
_WITH_MORE = {"CreateMultipartUpload", "DeleteObject", "PutObject"}
_BESIDE = {
    "PutObjectAcl": ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP"),
    "PutObjectTagging": ("Tagging",),
    "PutObjectRetention": ("ObjectLockMode", "ObjectLockRetainUntilDate"),
    "PutObjectLegalHold": ("ObjectLockLegalHoldStatus",),
    "BypassGovernanceRetention": ("BypassGovernanceRetention",),
}
"""What an operation needs besides, by the parameters that ask for it."""
_WITH_VERSION = {"DeleteObject", "GetObject", "GetObjectTagging", "PutObjectTagging"}
_BUCKET_ACTIONS = {
    "GetBucketLocation": "GetBucketLocation",
    "GetBucketTagging": "GetBucketTagging",
    "GetBucketVersioning": "GetBucketVersioning",
    "HeadBucket": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
}
_ITEM_OPERATIONS = {"DeleteItem", "DescribeTable", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}


def s3(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of S3 needs.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
    """
    given = call.parameters
    if call.operation == "ListBuckets":
        yield "s3:ListAllMyBuckets", "*", {}
        return
    bucket = given.get("Bucket", "")
    if bucket.startswith("arn:"):
        raise NotModelled(f"access points ({call})")
    arn = f"arn:{account.partition}:s3:::{bucket}"
    if call.operation in _BUCKET_ACTIONS:
        keys = {"s3:prefix": "Prefix", "s3:delimiter": "Delimiter", "s3:max-keys": "MaxKeys"}
        extra: Keys = {key: (str(given[name]),) if name in given else None for key, name in keys.items()}
        yield f"s3:{_BUCKET_ACTIONS[call.operation]}", arn, extra
    elif call.operation == "DeleteObjects":
        for entry in given["Delete"]["Objects"]:
            version = "Version" if entry.get("VersionId") else ""
            yield f"s3:DeleteObject{version}", f"{arn}/{entry['Key']}", _version(entry)
            yield from _beside(given, f"{arn}/{entry['Key']}")
    elif call.operation in ("CopyObject", "UploadPartCopy"):
        source = given["CopySource"]
        if not isinstance(source, Mapping):
            raise NotModelled(f"a source of {call} that is not a mapping")
        of_source = f"arn:{account.partition}:s3:::{source['Bucket']}/{source['Key']}"
        yield f"s3:GetObject{'Version' if source.get('VersionId') else ''}", of_source, _version(source)
        yield "s3:PutObject", f"{arn}/{given['Key']}", _write(given)
        if call.operation == "CopyObject":
            yield from _copied_tags(call, account, of_source, f"{arn}/{given['Key']}")
            yield from _beside(given, f"{arn}/{given['Key']}")
    elif call.operation in _OBJECT_ACTIONS:
        action = _OBJECT_ACTIONS[call.operation]
        if given.get("VersionId") and action in _WITH_VERSION:
            action = action.replace("Object", "ObjectVersion", 1)
        yield f"s3:{action}", f"{arn}/{given['Key']}", _version(given) | _write(given)
        if call.operation in _WITH_MORE:
            yield from _beside(given, f"{arn}/{given['Key']}")
    else:
        raise NotModelled(f"what {call} needs")


def _beside(given: Mapping[str, Any], arn: str) -> Iterator[Need]:
    for action, parameters in _BESIDE.items():
        if any(given.get(one) for one in parameters):
            yield f"s3:{action}", arn, {}


def _copied_tags(call: Call, account: Account, source: str, target: str) -> Iterator[Need]:
    """What it takes to copy tags: unless a call replaces them, those of the source as it is in the account."""
    given, version = call.parameters, call.parameters["CopySource"].get("VersionId")
    if given.get("TaggingDirective") == "REPLACE":
        return
    where = {key: given["CopySource"][key] for key in ("Bucket", "Key")} | ({"VersionId": version} if version else {})
    try:
        tags = account.client("s3").get_object_tagging(**where)["TagSet"]
    except ClientError:
        return
    if tags:
        yield f"s3:GetObject{'Version' if version else ''}Tagging", source, _version(given["CopySource"])
        if not given.get("Tagging"):
            yield "s3:PutObjectTagging", target, {}


def _version(given: Mapping[str, Any]) -> Keys:
    return {"s3:versionid": (given["VersionId"],) if given.get("VersionId") else None}


def _write(given: Mapping[str, Any]) -> Keys:
    keys = {
        "s3:x-amz-acl": "ACL",
        "s3:x-amz-server-side-encryption": "ServerSideEncryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
        "s3:x-amz-storage-class": "StorageClass",
    }
    return {key: (str(given[name]),) if name in given else None for key, name in keys.items()}


def dynamodb(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of DynamoDB needs.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
    """
    given = call.parameters

    def table(name: str) -> str:
        return name if name.startswith("arn:") else account.arn("dynamodb", f"table/{name}")

    if call.operation in ("BatchGetItem", "BatchWriteItem"):
        for name in given["RequestItems"]:
            yield f"dynamodb:{call.operation}", table(name), {}
    elif call.operation in ("TransactGetItems", "TransactWriteItems"):
        actions = {"Get": "GetItem", "ConditionCheck": "ConditionCheckItem"}
        for item in given["TransactItems"]:
            for kind, inner in item.items():
                yield f"dynamodb:{actions.get(kind, kind + 'Item')}", table(inner["TableName"]), {}
    elif call.operation in _ITEM_OPERATIONS:
        index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
        yield f"dynamodb:{call.operation}", table(given["TableName"]) + index, {}
    else:
        yield from by_name("dynamodb", call)
