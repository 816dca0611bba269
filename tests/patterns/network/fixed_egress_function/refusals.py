from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    given = {"code": lambda_.Code.from_inline("def handler(event, context): pass"), "handler": "index.handler"}
    return Refusal(message, lambda _: {**given, **arguments})


REFUSALS = [
    refused("cidr must be at least a /24 to hold its subnets, got 10.0.0.0/25", cidr="10.0.0.0/25"),
    refused("handler must be up to 128 characters without a space, got 'index handler'", handler="index handler"),
    refused("addresses_per_zone must be between 1 and 8, got 9", addresses_per_zone=9),
    refused("egress_port must be between 1 and 65535, got 0", egress_port=0),
    Refusal(
        "vpc must have isolated subnets, which have no way out yet, got Test/Given4/Own",
        lambda scope: {
            "code": lambda_.Code.from_inline("def handler(event, context): pass"),
            "handler": "index.handler",
            "vpc": ec2.Vpc(scope, "Own", nat_gateways=1),
        },
    ),
]
