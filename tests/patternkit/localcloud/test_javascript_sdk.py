"""What a function in Node.js loads of the AWS SDK, and is not here, is found in its code."""

import inspect
import io
import re
import zipfile
from typing import Any

import pytest
from ministack.core import lambda_runtime

from patternkit.localcloud.javascript_sdk import STUBS, missing

PLACE = {"S3Bucket": "assets", "S3Key": "code.zip"}


def bucket(**files: str) -> Any:
    """A client for Amazon S3 that gives one archive."""
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)

    class Client:
        def get_object(self, **place: str) -> dict[str, Any]:
            assert place == {"Bucket": "assets", "Key": "code.zip"}
            return {"Body": io.BytesIO(buffer.getvalue())}

    return lambda service: {"s3": Client()}[service]


def found(code: dict[str, str], runtime: str = "nodejs22.x", client: Any = None, **more: Any) -> tuple[str, ...]:
    return missing({"Runtime": runtime, "Code": code, **more}, client)


@pytest.mark.parametrize(
    ("source", "packages"),
    [
        ('const { S3Client } = require("@aws-sdk/client-s3");', ("@aws-sdk/client-s3",)),
        ("import { S3Client } from '@aws-sdk/client-s3';", ("@aws-sdk/client-s3",)),
        ('const s3 = await import("@aws-sdk/client-s3");', ("@aws-sdk/client-s3",)),
        ('require("@aws-sdk/lib-dynamodb"); require("aws-sdk/clients/s3")', ("@aws-sdk/lib-dynamodb", "aws-sdk")),
        ('require("@aws-sdk/client-dynamodb");', ()),
        ('import { DynamoDB } from "@aws-sdk/client-dynamodb";', ("@aws-sdk/client-dynamodb",)),
        ('// from @aws-sdk/client-s3\nrequire("fs")', ()),
    ],
)
def test_what_inline_code_loads(source: str, packages: tuple[str, ...]) -> None:
    assert found({"ZipFile": source}) == packages
    assert found({"ZipFile": source}, runtime="python3.13") == ()
    assert found({"ZipFile": source}, Layers=["arn:aws:lambda:us-east-1:000000000000:layer:sdk:1"]) == ()


def test_what_is_bundled_is_here() -> None:
    loads = 'require("@aws-sdk/client-s3")'
    assert found(PLACE, client=bucket(**{"index.js": loads})) == ("@aws-sdk/client-s3",)
    bundled = {"index.js": loads, "node_modules/@aws-sdk/client-s3/dist/index.js": 'require("@smithy/core")'}
    assert found(PLACE, client=bucket(**bundled)) == ()
    assert found({"ImageUri": "x"}) == ()


def test_the_stubs_are_those_of_the_release() -> None:
    script = inspect.getsource(lambda_runtime)
    targets = script.partition("const _JSON_RPC_TARGETS = {")[2].partition("};")[0]
    specific = script.partition("const _SPECIFIC_STUBS = {")[2].partition("};")[0]
    assert set(re.findall(r'"(@aws-sdk/client-[\w-]+)"', targets + specific)) == STUBS
