from typing import Any

from aws_cdk import Duration, Size
from aws_cdk import aws_lambda as lambda_

from tests.patterns.web import balancer_refusals
from tests.patterns.web.certificates import certificate
from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: {"certificate": certificate(scope), **arguments})


TOO_LARGE = (
    "must be at most 1 MiB, got 5242880 bytes: a load balancer hands no more to a function; sign URLs of Amazon S3, "
    "or put containers behind it"
)

REFUSALS = [
    *balancer_refusals.REFUSALS,
    *balancer_refusals.EDGE,
    Refusal(
        "memory must not be given with function: a ready function has its own",
        lambda scope: {
            "certificate": certificate(scope),
            "memory": Size.mebibytes(512),
            "function": lambda_.Function(
                scope,
                "Ready",
                code=lambda_.Code.from_inline("def handler(event, context): pass"),
                handler="index.handler",
                runtime=lambda_.Runtime.PYTHON_3_14,
            ),
        },
    ),
    refused("code and handler go together, got only handler", handler="index.handler"),
    refused("memory must be between 128 and 10240 MiB, got 64", memory=Size.mebibytes(64)),
    refused("timeout must be between 1 second and 15 minutes, got 16 minutes", timeout=Duration.minutes(16)),
    refused("reserved_concurrency must be between 1 and 1000 requests, got 0", reserved_concurrency=0),
    refused("alias_name must be up to 128 letters, digits, - and _, and no number alone, got '7'", alias_name="7"),
    refused(
        "health_check_path must be a path that begins with /, of up to 1024 characters, got 'health'",
        health_check_path="health",
    ),
    refused(
        "health_check_interval must be between 35 seconds and 5 minutes, got 5 seconds",
        health_check_interval=Duration.seconds(5),
    ),
    refused(f"largest_request {TOO_LARGE}", largest_request=Size.mebibytes(5)),
    refused(f"largest_response {TOO_LARGE}", largest_response=Size.mebibytes(5)),
    refused("largest_request must be at least 1 byte, got 0 bytes", largest_request=Size.bytes(0)),
]
