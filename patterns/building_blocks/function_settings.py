"""The settings of an AWS Lambda function that a user passes in."""

from aws_cdk import Annotations, Duration, Token
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

LONGEST_TIMEOUT = Duration.minutes(15)
"""The longest timeout that Lambda offers."""

API_WAITS = 29
"""Seconds that Amazon API Gateway waits for a function, of REST and WebSocket APIs alike, unless AWS has raised it."""

GRAPHQL_WAITS = 30
"""Seconds that a request to AWS AppSync may take: https://docs.aws.amazon.com/general/latest/gr/appsync.html"""

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


def warn_of_late_answers(
    scope: IConstruct,
    argument: str,
    function: lambda_.IFunction | None,
    *,
    caller: str = "API Gateway",
    waits: int = API_WAITS,
) -> None:
    """Say at synthesis if its caller gives a function up that may still be at work.

    AWS takes such a function, and what it does goes on after the caller was told that it failed.

    Args:
        scope: The construct that the warning is shown at.
        argument: The argument's own name.
        function: The function; None, and one whose timeout is not known, pass.
        caller: The service that waits for the function.
        waits: How many seconds it waits.
    """
    timeout = None if function is None else timeout_of(function)
    if timeout is None or timeout.to_seconds() <= waits:
        return
    Annotations.of(scope).add_warning_v2(
        f"patterns:late-answers-{argument}",
        f"{argument} may work for {timeout.to_seconds():g} seconds, and {caller} gives it up after {waits}: a "
        "caller that tries again has the work done twice. Give it a shorter timeout, or put the work into a queue",
    )


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
