from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def function(scope: Construct) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Ready",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )


REFUSALS = [
    refused("authorization must be one of function, iam, got 'none'", authorization="none"),
    refused("authorizer_function must be given with authorization='function'", authorization="function"),
    Refusal(
        "authorizer_function needs authorization='function', got 'iam'",
        lambda scope: {"authorizer_function": function(scope)},
    ),
    refused("token_header needs authorization='function', got 'iam'", token_header="Authorization"),
    refused("sweep_every must be between 5 minutes and 1 day, got 1 minute", sweep_every=Duration.minutes(1)),
    refused("rate_limit must be between 1 and 10000 messages a second, got 0", rate_limit=0),
    refused("burst_limit must be between 1 and 5000 messages, got 0", burst_limit=0),
    refused("domain_name and certificate go together, got only domain_name", domain_name="chat.example.com"),
    Refusal(
        "routes must be up to 64 letters, digits, _ and -, got '$default'",
        lambda scope: {"routes": {"$default": function(scope)}},
    ),
]
