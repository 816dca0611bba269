from typing import Any

from aws_cdk import Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3
from constructs import Construct

from tests.refusals import Refusal


def one_bucket(scope: Construct) -> dict[str, Any]:
    bucket = s3.Bucket(scope, "Bucket")
    return {"bucket": bucket, "result_bucket": bucket}


def public(scope: Construct) -> dict[str, Any]:
    subnets = [ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)]
    return {"vpc": ec2.Vpc(scope, "Vpc", max_azs=2, subnet_configuration=subnets)}


def prefixed(why: str, given: str) -> Refusal:
    return Refusal(f"prefix must {why}, got {given!r}", lambda _: {"prefix": given})


REFUSALS = [
    Refusal("result_bucket must be another one than bucket: each result would be worked on again", one_bucket),
    Refusal("vpc must have private or isolated subnets: tasks get no public addresses, got none", public),
    Refusal("environment must not set OBJECT_KEY: the pattern sets it", lambda _: {"environment": {"OBJECT_KEY": "a"}}),
    Refusal(
        "memory must be 1024 to 4096 MiB in steps of 1024 with 512 units of cpu, got 512",
        lambda _: {"memory": Size.mebibytes(512)},
    ),
    *(
        prefixed(why, given)
        for given, why in (
            ("a*/", "hold no wildcard"),
            ("a?", "hold no wildcard"),
            ("${aws:username}/", "hold no braces, which name variables of policies"),
            ("{{resolve:ssm:a}}", "hold no braces, which name variables of policies"),
            ("a)/", "close each bracket that it opens"),
            ("a([)]/", "close each bracket that it opens"),
        )
    ),
    Refusal("prefix must hold no control characters, got 'a\\x7f'", lambda _: {"prefix": "a\x7f"}),
    Refusal("prefix must be at most 512 bytes, got 516", lambda _: {"prefix": "\U0001f600" * 129}),
    Refusal("prefix must be text of whole characters, got '\\ud800'", lambda _: {"prefix": "\ud800"}),
    Refusal("max_tasks must be between 1 and 500 tasks, got 0", lambda _: {"max_tasks": 0}),
    Refusal(
        "environment must be named with up to 255 printable ASCII characters without =, got 'A=B'",
        lambda _: {"environment": {"A=B": "c"}},
    ),
]
