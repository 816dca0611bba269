"""A function that answers every request of an API, as it stands: without versions of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.function_settings import API_WAITS
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.settings import Settings


def answering_function(
    scope: Construct,
    *,
    code: lambda_.Code | None,
    handler: str | None,
    of_function: Mapping[str, Any],
    example: Path,
    example_handler: str,
    settings: Settings,
) -> LambdaFunction:
    """Make the function that answers.

    Args:
        scope: Parent construct.
        code: Its code; None: the example.
        handler: The function in the code.
        of_function: Its runtime, environment, memory and timeout, as far as they are given.
        example: The folder of the example.
        example_handler: The function in the example.
        settings: The key and the retention of its log.

    Returns:
        The function.
    """
    architecture = lambda_.Architecture.ARM_64
    made = LambdaFunction(
        scope,
        "Answer",
        description="Answers requests",
        code=code or python_code(scope, example, runtime=PYTHON, architecture=architecture),
        handler=handler or example_handler,
        architecture=architecture,
        settings=settings,
        **{**of_function, "timeout": of_function.get("timeout") or Duration.seconds(API_WAITS)},
    )
    made.acknowledge_no_dead_letter_configuration(
        "API Gateway invokes it synchronously and tells the caller of a failure: no event is left to keep."
    )
    return made


def invocation(
    function: lambda_.IFunction, cache_key_parameters: Sequence[str] | None, parameters: Mapping[str, str]
) -> apigateway.Integration:
    """Hand a request to a function as it is, and its answer back.

    Args:
        function: The function.
        cache_key_parameters: What tells the stage's cached answers apart.
        parameters: Parameters of the request to the function, by the request's own.

    Returns:
        The integration.
    """
    return apigateway.AwsIntegration(
        service="lambda",
        proxy=True,
        path=f"2015-03-31/functions/{function.function_arn}/invocations",
        options=apigateway.IntegrationOptions(
            cache_key_parameters=cache_key_parameters, request_parameters=parameters or None
        ),
    )


def let_invoke(scope: Construct, function: lambda_.IFunction, method_arn: str) -> lambda_.CfnPermission:
    """Let an API invoke a function, whichever stack it is of.

    Args:
        scope: Parent construct.
        function: The function.
        method_arn: The ARN of the API's methods.

    Returns:
        The permission.
    """
    return lambda_.CfnPermission(
        scope,
        "MayInvoke",
        action="lambda:InvokeFunction",
        function_name=function.function_arn,
        principal="apigateway.amazonaws.com",
        source_arn=method_arn,
    )
