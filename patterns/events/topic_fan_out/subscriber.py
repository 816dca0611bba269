"""A function that hears of new objects."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_

from patterns.building_blocks.lambda_function import (
    EnvironmentVariables,
    FunctionMemory,
    FunctionTimeout,
    MaxEventAge,
    ReservedConcurrency,
    RetryAttempts,
)
from patterns.building_blocks.ready_function import check_function
from patterns.events.announcements.object_filter import KeyParts, check_filter, check_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A function that is told of each new object that its filter lets through.

    Attributes:
        name: What it is called in the stack, beginning with a capital: "Thumbnails". Changing it makes it anew.
        function: A ready function. What becomes of its failed events is its own affair. Default: one is made.
        code: The code of a function to make. Default: an example that logs what it hears.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long it may take over one object. Default: 30 seconds.
        prefixes: It hears only of objects whose keys start with one of them. Default: of all.
        suffixes: It hears only of objects whose keys end in one of them, capitals count. Default: of all.
        retry_attempts: How often a failed event is tried again. Default: 2.
        max_event_age: After how long an event is given up. Default: 6 hours.
        reserved_concurrency: The most objects at one time. Default: no limit of its own.
    """

    name: str
    function: lambda_.IFunction | None = None
    code: lambda_.Code | None = None
    handler: str | None = None
    runtime: lambda_.Runtime | None = None
    environment: EnvironmentVariables | None = None
    memory: FunctionMemory | None = None
    timeout: FunctionTimeout | None = None
    prefixes: KeyParts = ()
    suffixes: KeyParts = ()
    retry_attempts: RetryAttempts | None = None
    max_event_age: MaxEventAge | None = None
    reserved_concurrency: ReservedConcurrency | None = None


def check_subscribers(subscribers: Sequence[Subscriber]) -> None:
    """Refuse subscribers that cannot be made.

    Raises:
        ValueError: If there is none, or one is malformed.
    """
    check_name("subscribers", [one.name for one in subscribers])
    for one in subscribers:
        argument = f"subscribers[{one.name}]"
        check_filter(argument, one.prefixes, one.suffixes)
        settings = {
            "runtime": one.runtime,
            "environment": one.environment,
            "memory": one.memory,
            "timeout": one.timeout,
            "retry_attempts": one.retry_attempts,
            "max_event_age": one.max_event_age,
            "reserved_concurrency": one.reserved_concurrency,
        }
        check_function(one.function, one.code, one.handler, settings, of=f"{argument}: ")
