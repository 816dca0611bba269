"""What goes together with a resource that is passed in."""

from typing import Any

from aws_cdk import aws_lambda as lambda_
from constructs import Construct


def with_routes(function: lambda_.IFunction, _: Construct) -> dict[str, Any]:
    return {"routes": {"join": function}}
