"""Each function's role allows what its handler does with every kind of event, and no more."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from patternkit.testing.permissions import Account, prove
from patternkit.testing.synthesis import synthesize
from patterns.api.presigned_upload import PresignedUpload
from patterns.api.presigned_upload import construct as presigned_upload
from tests.conftest import context
from tests.patterns.api.presigned_upload.uploading import PNG

CODE = Path(presigned_upload.__file__).parent / "handler"
IDENTITY = {"identity": {"userArn": "arn:aws:iam::123456789012:user/me"}}
MIB = 1024 * 1024
TABLE_KEY = "Amazon DynamoDB asks for it of whoever uses a table with a customer key; calls on items use Decrypt alone."
COPIES = "A copy of more than 256 MiB that fails is given up."


@cache
def template() -> dict[str, Any]:
    """With a customer key, of which the roles need the most."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Uploads")
        PresignedUpload(stack, "Test", encryption_key=kms.Key(stack, "Key"), multipart_above=cdk.Size.mebibytes(5))

    return dict(synthesize(build, context=context()).template)


def named(account: Account, kind: str, text: str) -> str:
    return next(account.name(name) for _, name, one in account.resources() if one["Type"] == kind and text in name)


def asked(method: str, resource: str, upload: str = "", body: Any = None) -> dict[str, Any]:
    return {
        "httpMethod": method,
        "resource": resource,
        "pathParameters": {"upload": upload},
        "requestContext": IDENTITY,
        "body": json.dumps(body),
    }


def requests(account: Account) -> Iterator[dict[str, Any]]:
    table, bucket = named(account, "AWS::DynamoDB::Table", "Records"), named(account, "AWS::S3::Bucket", "Quarantine")
    yield asked("POST", "/uploads", body={"name": "a", "type": "image/png", "size": 20})
    yield asked("POST", "/uploads", body={"name": "a", "type": "image/png", "size": 6 * MIB})
    found = account.client("dynamodb").scan(TableName=table)["Items"]
    (large,) = [one for one in found if one["multipart"]["S"]]
    upload = large["upload"]["S"]
    yield asked("GET", "/uploads/{upload}", upload)
    yield asked("POST", "/uploads/{upload}/links", upload, {"numbers": [1]})
    part = account.client("s3").upload_part(
        Bucket=bucket, Key=f"incoming/{upload}", UploadId=large["multipart"]["S"], PartNumber=1, Body=b"\0" * 6 * MIB
    )
    yield asked("POST", "/uploads/{upload}/complete", upload, {"tags": [part["ETag"]]})


def arrivals(account: Account) -> Iterator[dict[str, Any]]:
    table, bucket = named(account, "AWS::DynamoDB::Table", "Records"), named(account, "AWS::S3::Bucket", "Quarantine")
    for upload, body in (("good", PNG), ("bad", b"x" * 20), ("unasked", PNG), ("gone", PNG)):
        if upload != "unasked":
            item = {"upload": upload, "owner": "me", "name": "a", "type": "image/png", "status": "WAITING"}
            record = {name: {"S": value} for name, value in item.items()}
            account.client("dynamodb").put_item(
                TableName=table, Item={**record, "size": {"N": "20"}, "part_size": {"N": "0"}}
            )
        put = account.client("s3").put_object(Bucket=bucket, Key=f"incoming/{upload}", Body=body)
        if upload == "gone":
            account.client("s3").delete_object(Bucket=bucket, Key="incoming/gone", VersionId=put["VersionId"])
        event = {"detail": {"object": {"key": f"incoming/{upload}", "version-id": put["VersionId"]}}}
        yield event
        yield event


EVENTS = {"Forms": requests, "Checks": arrivals}
USED = {
    "Forms": {"dynamodb:GetItem", "dynamodb:PutItem", "s3:PutObject", "s3:ListMultipartUploadParts"},
    "Checks": {
        "dynamodb:GetItem", "dynamodb:UpdateItem", "s3:DeleteObjectVersion", "s3:GetObjectVersion", "s3:PutObject",
        "s3:ListBucket", "sqs:SendMessage",
    },
}  # fmt: skip


@pytest.mark.parametrize("function", ["Forms", "Checks"])
def test_the_role_allows_what_is_done_and_no_more(function: str) -> None:
    proof = prove(template(), function=f"Test/{function}/Function", code=CODE, events=EVENTS[function])
    # What a form or a link lets its bearer do is s3:PutObject under the same keys, which the local cloud enforces.
    assert all("signs a URL" in str(one) for one in proof.denied), proof.report()
    unused = [one for one in proof.unused if "kms:ViaService" not in one]
    copies = [one for one in unused if one.startswith(("s3:AbortMultipartUpload", "kms:Decrypt"))]
    assert unused == (copies if function == "Checks" else []), f"{COPIES} {TABLE_KEY}"
    # The key is the table's and the buckets', whose uses have conditions of their own.
    assert not [one for one in proof.redundant if not one.startswith("kms:Decrypt")]
    assert {one for one in proof.used if not one.startswith(("logs:", "xray:", "kms:"))} == USED[function]
