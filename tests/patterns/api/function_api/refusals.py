from collections.abc import Callable
from typing import Any

from aws_cdk import App, Duration, Size, Stack, Token
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def made(message: str, **arguments: Callable[[Construct], Any]) -> Refusal:
    return Refusal(message, lambda scope: {name: make(scope) for name, make in arguments.items()})


def function(scope: Construct) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Ready",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )


def elsewhere(_: Construct) -> lambda_.Function:
    return function(Stack(App(), "Elsewhere"))


REFUSALS = [
    refused(
        "cors_origins must be * alone or origins without it, got *, https://www.example.com",
        cors_origins=["*", "https://www.example.com"],
    ),
    refused(
        "environment must have at most 4096 bytes of names and values in all, with what the pattern sets, got 4097",
        environment={"A_NAME": "\u00fc" * 2045 + "x"},
    ),
    *(
        made(
            f"{argument} must stand in the API's stack, Test, got a function of Elsewhere: their stacks would wait for "
            "each other",
            **{argument: elsewhere},
        )
        for argument in ("before_traffic", "after_traffic")
    ),
    made(
        "memory must not be given with function: a ready function has its own",
        function=function,
        memory=lambda _: Size.mebibytes(512),
    ),
    refused("code and handler go together, got only handler", handler="index.handler"),
    refused("memory must be between 128 and 10240 MiB, got 64", memory=Size.mebibytes(64)),
    refused("timeout must be between 1 second and 29 seconds, got 1 minute", timeout=Duration.minutes(1)),
    refused("stage_name must be up to 128 letters, digits and _, and no number alone, got '1'", stage_name="1"),
    refused("stage_name must be up to 128 letters, digits and _, and no number alone, got 'a-b'", stage_name="a-b"),
    refused("cache_size must be one of 0.5, 1.6, 118, 13.5, 237, 28.4, 58.2, 6.1, got '2'", cache_size="2"),
    refused("cache_ttl needs cache_size: without one nothing is cached", cache_ttl=Duration.seconds(5)),
    refused("cache_key_parameters needs cache_size: without one nothing is cached", cache_key_parameters=["header.A"]),
    refused(
        "cache_ttl must be between 1 second and 1 hour, got 2 hours", cache_size="0.5", cache_ttl=Duration.hours(2)
    ),
    refused(
        "cache_key_parameters must be header.NAME or querystring.NAME, got 'body'",
        cache_size="0.5",
        cache_key_parameters=["body"],
    ),
    made(
        "before_traffic needs gradual_release: without it all traffic is shifted at once",
        gradual_release=lambda _: False,
        before_traffic=function,
    ),
    refused("rate_limit must be between 1 and 100000 requests a second, got 0", rate_limit=0),
    refused("burst_limit must be between 1 and 100000 requests, got 0", burst_limit=0),
    refused("authorization must be one of api_key, cognito, function, iam, got 'none'", authorization="none"),
    refused("user_pools must be given with authorization='cognito'", authorization="cognito"),
    refused("authorizer_function must be given with authorization='function'", authorization="function"),
    refused("daily_quota needs authorization='api_key', got 'iam'", daily_quota=5),
    refused("domain_name and certificate go together, got only domain_name", domain_name="api.example.com"),
    refused(
        "cache_key_parameters must be known when the template is made, got a token: the parameters of methods depends "
        "on it",
        cache_size="0.5",
        cache_key_parameters=[Token.as_string({"Ref": "Name"})],
    ),
]
