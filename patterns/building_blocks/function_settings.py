"""The settings of an AWS Lambda function that a user passes in."""

from aws_cdk import Duration, Token
from aws_cdk import aws_lambda as lambda_

LONGEST_TIMEOUT = Duration.minutes(15)
"""The longest timeout that Lambda offers."""

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
_DEFAULT_TIMEOUT = Duration.seconds(3)


def timeout_of(function: lambda_.IFunction) -> Duration | None:
    """The timeout of a function, also behind an alias or a version.

    Args:
        function: The function.

    Returns:
        The timeout; None if it is not known: the function is imported, or its timeout is a token.
    """
    made = _made(function)
    if made is None:
        return None
    timeout = made.timeout or _DEFAULT_TIMEOUT
    return None if timeout.is_unresolved() else timeout


def reserved_concurrency_of(function: lambda_.IFunction) -> int | None:
    """The reserved concurrency of a function, also behind an alias or a version.

    Args:
        function: The function.

    Returns:
        The reserve; None if there is none, or it is not known.
    """
    made = _made(function)
    resource = made.node.default_child if made is not None else None
    if not isinstance(resource, lambda_.CfnFunction):
        return None
    reserve = resource.reserved_concurrent_executions
    return None if reserve is None or Token.is_unresolved(reserve) else int(reserve)


def _made(function: lambda_.IFunction) -> lambda_.Function | None:
    while isinstance(function, lambda_.Alias | lambda_.Version):
        function = function.lambda_
    return function if isinstance(function, lambda_.Function) else None
