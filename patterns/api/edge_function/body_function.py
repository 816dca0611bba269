"""A function of AWS Lambda@Edge, for what a function of Amazon CloudFront cannot do: it reads the body of a request."""

from typing import Any

from aws_cdk import Stack, Token
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from patterns.api.edge_function.arguments import REGION

_LATEST = "$LATEST"
# What a function's resource must not have, and how a message says it.
# Environment variables the CDK refuses itself, when all of them are known: see `edge_arn`.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
_REFUSED = (
    ("vpc_config", "a VPC"),
    ("layers", "layers"),
    ("dead_letter_config", "a dead-letter queue"),
    ("file_system_configs", "a file system"),
    ("image_config", "a container image"),
    ("reserved_concurrent_executions", "reserved concurrency"),
)
_LONGEST = 30


def check_body_function(version: lambda_.IVersion | None) -> None:
    """Refuse what AWS Lambda@Edge does not run.

    Args:
        version: The version; None passes. Of an imported one only what its ARN says is known.

    Raises:
        ValueError: If it cannot run at the edge.
    """
    if version is None:
        return
    arn = version.function_arn
    number = version.version
    if number == _LATEST or (not Token.is_unresolved(arn) and len(arn.split(":")) < 8):
        raise ValueError(f"body_function must be a numbered version, got {_LATEST}")
    if not Token.is_unresolved(number) and not number.isdecimal():
        raise ValueError(f"body_function must be a numbered version, got the alias {number}")
    region = version.env.region if Token.is_unresolved(arn) else arn.split(":")[3]
    if not Token.is_unresolved(region) and region != REGION:
        raise ValueError(f"body_function must be in {REGION}, got one in {region}")
    resource = version.lambda_.node.default_child
    if isinstance(resource, lambda_.CfnFunction):
        _check_resource(resource)


def _check_resource(resource: lambda_.CfnFunction) -> None:
    stack = Stack.of(resource)

    def written(name: str) -> Any:
        return stack.resolve(getattr(resource, name))

    for name, what in _REFUSED:
        if written(name):
            raise ValueError(f"body_function must have no {what.removeprefix('a ')}, got a function with {what}")
    architectures = written("architectures") or ["x86_64"]
    if architectures != ["x86_64"]:
        raise ValueError(f"body_function must run on x86_64, got {', '.join(architectures)}")
    runtime = written("runtime")
    if isinstance(runtime, str) and not runtime.startswith(("nodejs", "python")):
        raise ValueError(f"body_function must run in Node.js or Python, got {runtime}")
    timeout = written("timeout")
    if isinstance(timeout, int | float) and timeout > _LONGEST:
        raise ValueError(f"body_function must have a timeout of at most {_LONGEST} seconds, got {timeout:g}")


def associate(version: lambda_.IVersion) -> cloudfront.CfnDistribution.LambdaFunctionAssociationProperty:
    """Have a version run on requests to origins, with their bodies.

    Args:
        version: The version. The role of a function of this app gets the edge as one who may assume it.

    Returns:
        The association.
    """
    role = version.lambda_.role
    if isinstance(role, iam.Role) and role.assume_role_policy is not None:
        role.assume_role_policy.add_statements(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"], principals=[iam.ServicePrincipal("edgelambda.amazonaws.com")]
            )
        )
    return cloudfront.CfnDistribution.LambdaFunctionAssociationProperty(
        event_type="origin-request", include_body=True, lambda_function_arn=version.edge_arn
    )
