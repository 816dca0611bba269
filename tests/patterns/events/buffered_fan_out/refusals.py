from collections.abc import Callable
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.events.buffered_fan_out import Consumer
from tests.refusals import Refusal


def given(**settings: Any) -> Callable[[Construct], dict[str, Any]]:
    return lambda _: {"consumers": [Consumer(**{"name": "One", **settings})]}


def ready(**settings: Any) -> Callable[[Construct], dict[str, Any]]:
    def arguments(scope: Construct) -> dict[str, Any]:
        function = lambda_.Function(
            scope,
            "Ready",
            code=lambda_.Code.from_inline("def handler(event, context): pass"),
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            timeout=Duration.seconds(20),
        )
        return {"consumers": [Consumer(name="One", function=function, **settings)]}

    return arguments


REFUSALS = [
    Refusal("consumers must hold at least 1, got none", lambda _: {"consumers": []}),
    Refusal(
        "consumers must have different names, got A, A",
        lambda _: {"consumers": [Consumer(name="A"), Consumer(name="A")]},
    ),
    Refusal(
        "consumers must be named with a capital and up to 63 letters and digits, got 'one'",
        given(name="one"),
    ),
    Refusal(
        "consumers[One] must have prefixes or suffixes: SNS takes an object that has either for a match",
        given(prefixes=["a/"], suffixes=[".b"]),
    ),
    Refusal("consumers[One]: code and handler go together, got only handler", given(handler="index.handler")),
    Refusal(
        "consumers[One]: timeout must not be given with function: a ready function has its own",
        ready(timeout=Duration.seconds(3)),
    ),
    Refusal("consumers[One]: batch_size must be between 1 and 10000 messages, got 0", given(batch_size=0)),
    Refusal(
        "consumers[One]: batch_size above 10 needs batching_window of at least one second, got 11",
        given(batch_size=11),
    ),
    Refusal(
        "consumers[One]: batch_size above 10 needs batching_window of at least one second, got 11",
        given(batch_size=11, batching_window=Duration.seconds(0)),
    ),
    Refusal(
        "consumers[One]: batching_window must be between 0 seconds and 5 minutes, got 6 minutes",
        given(batching_window=Duration.minutes(6)),
    ),
    Refusal("consumers[One]: max_concurrency must be between 2 and 1000 batches, got 1", given(max_concurrency=1)),
    Refusal("consumers[One]: max_receive_count must be between 1 and 1000 attempts, got 0", given(max_receive_count=0)),
    Refusal(
        "consumers[One]: retention must be between 1 minute and 14 days, got 15 days",
        given(retention=Duration.days(15)),
    ),
    Refusal(
        "consumers[One]: visibility_timeout must be at least 180 seconds, six times the function's timeout and the "
        "batching window, got 179",
        given(visibility_timeout=Duration.seconds(179)),
    ),
    Refusal(
        "consumers[One]: visibility_timeout must be at least 66 seconds, six times the function's timeout and the "
        "batching window, got 60",
        given(
            timeout=Duration.seconds(10), batching_window=Duration.seconds(6), visibility_timeout=Duration.seconds(60)
        ),
    ),
    Refusal(
        "consumers[One]: visibility_timeout must be at least 120 seconds, six times the function's timeout and the "
        "batching window, got 30",
        ready(visibility_timeout=Duration.seconds(30)),
    ),
    Refusal(
        "consumers[One]: oldest_message_alarm_after must be between 1 minute and 14 days, got 1 second",
        given(oldest_message_alarm_after=Duration.seconds(1)),
    ),
]
