"""What a request needs of the key that the data is encrypted with."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.testing.permissions.account import Account, Made
from patternkit.testing.permissions.customer_keys import key_requests
from patternkit.testing.permissions.errors import NotModelled
from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.statements import Request

HERE = "eu-west-1:123456789012"
KEY = f"arn:aws:kms:{HERE}:key/k"
DECRYPT, GENERATE = "kms:Decrypt", "kms:GenerateDataKey"
BUCKET, QUEUE = "arn:aws:s3:::b", f"arn:aws:sqs:{HERE}:q"
TOPIC, TABLE = f"arn:aws:sns:{HERE}:t", f"arn:aws:dynamodb:{HERE}:table/t"
STREAM, SECRET = f"arn:aws:kinesis:{HERE}:stream/s", f"arn:aws:secretsmanager:{HERE}:secret:s"


def rule(key: Any, **more: Any) -> dict[str, Any]:
    default = {"SSEAlgorithm": "aws:kms"} | ({} if key is None else {"KMSMasterKeyID": key})
    rule = {"ServerSideEncryptionByDefault": default, **more}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


def account(key: Any = KEY, **bucket: Any) -> Account:
    made = Account([], account="123456789012", region="eu-west-1")
    resources = [
        Made("AWS::S3::Bucket", "b", {}, BUCKET, rule(key, **bucket)),
        Made("AWS::SQS::Queue", "u", {}, QUEUE, {"KmsMasterKeyId": key}),
        Made("AWS::SNS::Topic", TOPIC, {}, TOPIC, {"KmsMasterKeyId": key}),
        Made("AWS::DynamoDB::Table", "t", {}, TABLE, {"SSESpecification": {"KMSMasterKeyId": key}}),
        Made("AWS::Kinesis::Stream", "s", {}, STREAM, {"StreamEncryption": {"KeyId": key}}),
        Made("AWS::SecretsManager::Secret", SECRET, {}, SECRET, {"KmsKeyId": key}),
        Made("AWS::Events::EventBus", "bus", {}, "arn:bus", {"KmsKeyId": key}),
        Made("AWS::KMS::Alias", "alias/other", {}, "arn:other", {"TargetKeyId": "o"}),
        Made("AWS::KMS::Alias", "alias/mine", {}, "arn:mine", {"TargetKeyId": "k"}),
    ]
    made._made.update({(0, str(number)): one for number, one in enumerate(resources)})
    return made


def needed(action: str, resource: str, made: Account, operation: str = "", **context: Any) -> list[tuple[str, str]]:
    found = key_requests(Request(action, resource, context, "a test"), made, operation=operation)
    assert {one.because for one in found} <= {f"{action} of what a customer key encrypts"}
    return [(one.action, one.resource) for one in found]


ITEMS = ["BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "GetRecords", "PutItem"]
RULES = [
    ("s3:GetObject", f"{BUCKET}/k", [DECRYPT]),
    ("s3:GetObjectVersion", f"{BUCKET}/k", [DECRYPT]),
    ("s3:PutObject", f"{BUCKET}/k", [GENERATE]),
    ("sqs:SendMessage", QUEUE, [GENERATE, DECRYPT]),
    ("sqs:ReceiveMessage", QUEUE, [DECRYPT]),
    ("sns:Publish", TOPIC, [GENERATE, DECRYPT]),
    ("kinesis:PutRecord", STREAM, [GENERATE]),
    ("kinesis:PutRecords", STREAM, [GENERATE]),
    ("kinesis:GetRecords", STREAM, [DECRYPT]),
    ("secretsmanager:GetSecretValue", SECRET, [DECRYPT]),
    ("secretsmanager:PutSecretValue", SECRET, [GENERATE, DECRYPT]),
    *((f"dynamodb:{name}", f"{TABLE}/index/i", [DECRYPT]) for name in [*ITEMS, "Query", "Scan", "UpdateItem"]),
]
NOTHING = [
    ("s3:DeleteObject", f"{BUCKET}/k"),
    ("s3:ListBucket", BUCKET),
    ("sqs:DeleteMessage", QUEUE),
    ("dynamodb:DescribeTable", TABLE),
    ("events:PutEvents", "arn:bus"),
    ("s3:GetObject", "arn:aws:s3:::theirs/k"),
]


@pytest.mark.parametrize(("action", "resource", "expected"), RULES)
def test_what_each_action_needs(action: str, resource: str, expected: list[str]) -> None:
    assert needed(action, resource, account()) == [(one, KEY) for one in expected]
    for key in ("k", "alias/mine", f"arn:aws:kms:{HERE}:alias/mine"):
        assert needed(action, resource, account(key)) == [(one, KEY) for one in expected]
    for of_aws in (None, "alias/aws/it", f"arn:aws:kms:{HERE}:alias/aws/it"):
        assert needed(action, resource, account(of_aws)) == []
    with pytest.raises(NotModelled, match=r"^which key Elsewhere is$"):
        needed(action, resource, account(Unresolved("Elsewhere")))
    with pytest.raises(NotModelled, match=r"^which key alias/theirs stands for$"):
        needed(action, resource, account("alias/theirs"))


@pytest.mark.parametrize(("action", "resource"), NOTHING)
def test_what_needs_no_key(action: str, resource: str) -> None:
    assert needed(action, resource, account()) == []


@pytest.mark.parametrize("operation", ["UploadPart", "UploadPartCopy", "CompleteMultipartUpload"])
def test_the_parts_of_an_upload_are_read_again(operation: str) -> None:
    both = [(GENERATE, KEY), (DECRYPT, KEY)]
    assert needed("s3:PutObject", f"{BUCKET}/k", account(), operation) == both
    assert needed("s3:GetObject", f"{BUCKET}/k", account(), operation) == [(DECRYPT, KEY)]


@pytest.mark.parametrize("operation", ["PutObject", "CreateMultipartUpload", "CopyObject", ""])
def test_what_is_written_whole_is_not(operation: str) -> None:
    assert needed("s3:PutObject", f"{BUCKET}/k", account(), operation) == [(GENERATE, KEY)]


METHOD, NAMED = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"


@pytest.mark.parametrize(
    ("context", "key"),
    [
        ({}, KEY),
        ({METHOD: None}, KEY),
        ({METHOD: ("AES256",)}, None),
        ({METHOD: ("aws:kms",)}, None),
        ({METHOD: ("aws:kms",), NAMED: ("o",)}, f"arn:aws:kms:{HERE}:key/o"),
        ({METHOD: ("AES256",), NAMED: ("o",)}, None),
    ],
)
def test_a_write_may_name_another_key(context: dict[str, Any], key: str | None) -> None:
    expected = [] if key is None else [(GENERATE, key)]
    assert needed("s3:PutObject", f"{BUCKET}/k", account(), **context) == expected
    # Of what is read the encryption is as it was written.
    assert needed("s3:GetObject", f"{BUCKET}/k", account(), **context) == [(DECRYPT, KEY)]


@pytest.mark.parametrize(
    "properties", [{}, {"BucketEncryption": {}}, {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{}]}}]
)
def test_a_bucket_without_a_key(properties: dict[str, Any]) -> None:
    made = account()
    made._made[0, "0"].properties = properties
    assert needed("s3:GetObject", f"{BUCKET}/k", made) == []


def test_everything_without_a_key() -> None:
    made = account()
    for one in made._made.values():
        one.properties = {}
    for action, resource, _ in RULES:
        assert needed(action, resource, made) == []


@pytest.mark.parametrize(
    ("action", "resource", "bucket", "keys"),
    [
        ("s3:GetObject", f"{BUCKET}/k", {}, {"aws:s3:arn": f"{BUCKET}/k"}),
        ("s3:GetObject", f"{BUCKET}/k", {"BucketKeyEnabled": True}, {"aws:s3:arn": BUCKET}),
        ("s3:GetObject", f"{BUCKET}/k", {"BucketKeyEnabled": False}, {"aws:s3:arn": f"{BUCKET}/k"}),
        ("sqs:SendMessage", QUEUE, {}, {"aws:sqs:arn": QUEUE}),
        ("sns:Publish", TOPIC, {}, {"aws:sns:topicarn": TOPIC}),
        ("dynamodb:GetItem", TABLE, {}, {"aws:dynamodb:tablename": "t", "aws:dynamodb:subscriberid": "123456789012"}),
        ("kinesis:PutRecord", STREAM, {}, {}),
    ],
)
def test_the_context_that_a_service_encrypts_with(
    action: str, resource: str, bucket: dict[str, Any], keys: dict[str, str]
) -> None:
    given = {"aws:principalaccount": ("123456789012",)}
    for one in key_requests(Request(action, resource, given, "a test"), account(**bucket)):
        service = action.partition(":")[0]
        assert one.context == {
            **given,
            "kms:viaservice": (f"{service}.eu-west-1.amazonaws.com",),
            "kms:encryptioncontextkeys": tuple(keys) or None,
            **{f"kms:encryptioncontext:{name}": (value,) for name, value in keys.items()},
        }


def test_a_write_that_names_a_key_of_its_own_into_a_bucket_without_one() -> None:
    made = account()
    for one in made.made("AWS::S3::Bucket"):
        one.properties = {}
    written = Request("s3:PutObject", f"{BUCKET}/k", {METHOD: ("aws:kms",), NAMED: ("o",)}, "a test")
    (generate,) = key_requests(written, made)
    assert generate.resource == f"arn:aws:kms:{HERE}:key/o"
    assert generate.context["kms:encryptioncontext:aws:s3:arn"] == (f"{BUCKET}/k",)
