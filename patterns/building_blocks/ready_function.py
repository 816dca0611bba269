"""AWS Lambda functions that a user passes in, instead of one that is made."""

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, alarm
from patterns.building_blocks.lambda_function import check_code


def check_function(
    function: lambda_.IFunction | None,
    code: lambda_.Code | None,
    handler: str | None,
    settings: Mapping[str, object],
    *,
    of: str = "",
) -> None:
    """Refuse a handler without its code, code with another handler or runtime, and settings of a function not made.

    Args:
        function: The ready function; None: one is made.
        code: The code of a function to make.
        handler: Its handler.
        settings: Its other settings by their arguments' names; None: not given.
        of: The beginning of each message: "consumers[Orders]: ".

    Raises:
        ValueError: If there is one.
    """
    if (code is None) != (handler is None):
        given = "handler" if code is None else "code"
        raise ValueError(f"{of}code and handler go together, got only {given}")
    for argument, value in {"code": code, **settings}.items():
        if function is not None and value is not None:
            raise ValueError(f"{of}{argument} must not be given with function: a ready function has its own")
    runtime = settings.get("runtime")
    assert runtime is None or isinstance(runtime, lambda_.Runtime)
    check_code(code, handler, runtime, of=of)


def has_dead_letters(function: lambda_.IFunction) -> bool:
    """Whether a ready function keeps its failed asynchronous events by a dead-letter configuration of its own.

    Args:
        function: The function.
    """
    return getattr(function.node.default_child, "dead_letter_config", None) is not None


def errors_alarm(
    scope: Construct,
    construct_id: str,
    function: lambda_.IFunction,
    *,
    what: str,
    log: str = "its log",
    topic: sns.ITopic | None,
) -> cloudwatch.Alarm:
    """Make the alarm on errors of a ready function.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        function: The function.
        what: What failed, at the beginning of a sentence: "The consumer".
        log: The log to read.
        topic: The topic that the alarm notifies.

    Returns:
        The alarm.
    """
    return alarm(
        scope,
        construct_id,
        metric=function.metric_errors(statistic="Sum", period=FIVE_MINUTES),
        description=f"{what} raised an error or timed out: read {log}.",
        topic=topic,
    )
