"""What a function in Node.js loads of the AWS SDK for JavaScript, which AWS brings and this machine does not.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

_BROUGHT = re.compile(
    r"""(?:\brequire\(|\bfrom\s|\bimport\(|\bimport\s)\s*["']((?:@aws-sdk|@smithy)/[\w.-]+|aws-sdk)(?:/[\w./-]+)?["']"""
)
_REQUIRED = re.compile(r"""\brequire\(\s*["']([^"']+)["']""")
_LARGEST = 1_000_000
"""Characters of a file that are looked through. A bundle of more has what it needs within."""
STUBS = frozenset(
    f"@aws-sdk/client-{name}"
    for name in (
        *("acm", "athena", "cloudtrail", "cloudwatch-logs", "codebuild", "cognito-identity"),
        *("cognito-identity-provider", "dynamodb", "dynamodb-streams", "ecr", "ecs", "emr", "eventbridge", "events"),
        *("firehose", "glue", "kinesis", "kms", "lambda", "logs", "opensearch", "organizations"),
        *("resource-groups-tagging-api", "secrets-manager", "servicediscovery", "sfn", "sqs", "ssm", "transfer"),
        *("translate", "waf", "waf-regional", "wafv2"),
    )
)
"""What ministack has a client of its own for, where it is required and not imported."""


def missing(properties: Mapping[str, Any], client: Callable[[str], Any]) -> tuple[str, ...]:
    """Return the packages of the SDK that a function loads and that are not here.

    Args:
        properties: The function's properties.
        client: Gives the client for a service, in the stack's account and region.

    Returns:
        Their names. None for a function with layers, which may bring them.
    """
    if not str(properties.get("Runtime", "")).startswith("nodejs") or properties.get("Layers"):
        return ()
    texts = dict(_texts(properties.get("Code"), client))
    bundled = {match[1] for name in texts if (match := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)", name))}
    found: set[str] = set()
    for name, text in texts.items():
        if "node_modules/" in name:
            continue
        answered = STUBS & set(_REQUIRED.findall(text))
        found |= set(_BROUGHT.findall(text)) - answered - bundled
    return tuple(sorted(found))


def _texts(code: Any, client: Callable[[str], Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(code, Mapping):
        return
    if isinstance(inline := code.get("ZipFile"), str):
        yield "index.js", inline
        return
    try:
        place = {"Bucket": code["S3Bucket"], "Key": code["S3Key"]}
        archive = zipfile.ZipFile(io.BytesIO(client("s3").get_object(**place)["Body"].read()))
    except (ClientError, BotoCoreError, KeyError, zipfile.BadZipFile):
        return
    for entry in archive.infolist():
        if PurePosixPath(entry.filename).suffix in (".js", ".cjs", ".mjs") and entry.file_size <= _LARGEST:
            yield entry.filename, archive.read(entry).decode(errors="replace")
