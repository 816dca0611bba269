from collections.abc import Callable
from typing import Any

from aws_cdk import Duration, Size
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.events.topic_fan_out import Subscriber
from tests.refusals import Refusal


def code() -> lambda_.Code:
    return lambda_.Code.from_inline("def handler(event, context): pass")


def given(**settings: Any) -> Callable[[Construct], dict[str, Any]]:
    return lambda _: {"subscribers": [Subscriber(**{"name": "One", **settings})]}


def ready(**settings: Any) -> Callable[[Construct], dict[str, Any]]:
    def arguments(scope: Construct) -> dict[str, Any]:
        runtime = lambda_.Runtime.PYTHON_3_14
        function = lambda_.Function(scope, "Ready", code=code(), handler="index.handler", runtime=runtime)
        return {"subscribers": [Subscriber(name="One", function=function, **settings)]}

    return arguments


def _two(_: Construct) -> dict[str, Any]:
    return {"subscribers": [Subscriber(name="One"), Subscriber(name="One")]}


OWN = "must not be given with function: a ready function has its own"
REFUSALS = [
    Refusal("subscribers must hold at least 1, got none", lambda _: {"subscribers": []}),
    Refusal("subscribers must have different names, got One, One", _two),
    Refusal(
        "subscribers must be named with a capital and up to 63 letters and digits, got 'my-images'",
        given(name="my-images"),
    ),
    Refusal(
        "subscribers[One] must have prefixes or suffixes: SNS takes an object that has either for a match",
        given(prefixes=["a/"], suffixes=[".b"]),
    ),
    Refusal(
        "subscribers[One]: prefixes must be up to 512 letters, digits and /._-, got 'a b/'",
        given(prefixes=["a b/"]),
    ),
    Refusal("subscribers[One]: suffixes must be up to 512 letters, digits and /._-, got ''", given(suffixes=[""])),
    Refusal(
        "subscribers[One]: suffixes must be at most 37, got 151",
        given(suffixes=[f".{number}" for number in range(151)]),
    ),
    Refusal("subscribers[One]: code and handler go together, got only handler", given(handler="index.handler")),
    Refusal(
        "subscribers[One]: code and handler go together, got only code",
        lambda _: {"subscribers": [Subscriber(name="One", code=code())]},
    ),
    Refusal(f"subscribers[One]: environment {OWN}", ready(environment={"AB": "c"})),
    Refusal(f"subscribers[One]: timeout {OWN}", ready(timeout=Duration.seconds(3))),
    Refusal(f"subscribers[One]: retry_attempts {OWN}", ready(retry_attempts=0)),
    Refusal(
        "subscribers[One]: memory must be between 128 and 10240 MiB, got 64",
        given(memory=Size.mebibytes(64)),
    ),
    Refusal(
        "subscribers[One]: timeout must be between 1 second and 15 minutes, got 1 hour",
        given(timeout=Duration.hours(1)),
    ),
    Refusal("subscribers[One]: retry_attempts must be between 0 and 2, got 3", given(retry_attempts=3)),
    Refusal(
        "subscribers[One]: max_event_age must be between 1 minute and 6 hours, got 7 hours",
        given(max_event_age=Duration.hours(7)),
    ),
    Refusal(
        "subscribers[One]: reserved_concurrency must be between 1 and 1000 invocations, got 0",
        given(reserved_concurrency=0),
    ),
]
