"""A function that hears of new objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Size
from aws_cdk import aws_lambda as lambda_

from patterns.building_blocks.arguments import check_duration, check_memory, check_range
from patterns.building_blocks.ready_function import check_function
from patterns.events.announcements.object_filter import check_filter, check_name


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
        timeout: How long it may take over one object, at most 15 minutes. Default: 30 seconds.
        prefixes: It hears only of objects whose keys start with one of them. Default: of all.
        suffixes: It hears only of objects whose keys end in one of them, capitals count. Default: of all.
        retry_attempts: How often a failed event is tried again, 0 to 2. Default: 2.
        max_event_age: After how long an event is given up, 1 minute to 6 hours. Default: 6 hours.
        reserved_concurrency: The most objects at one time. Default: no limit of its own.
    """

    name: str
    function: lambda_.IFunction | None = None
    code: lambda_.Code | None = None
    handler: str | None = None
    runtime: lambda_.Runtime | None = None
    environment: Mapping[str, str] | None = None
    memory: Size | None = None
    timeout: Duration | None = None
    prefixes: Sequence[str] = ()
    suffixes: Sequence[str] = ()
    retry_attempts: int | None = None
    max_event_age: Duration | None = None
    reserved_concurrency: int | None = None


def check_subscribers(subscribers: Sequence[Subscriber]) -> None:
    """Refuse subscribers that cannot be made.

    Raises:
        ValueError: If there is none, or one is malformed.
    """
    if not subscribers:
        raise ValueError("subscribers must be at least one")
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
        check_memory(f"{argument}: memory", one.memory)
        check_duration(f"{argument}: timeout", one.timeout, Duration.seconds(1), Duration.minutes(15))
        check_range(f"{argument}: retry_attempts", one.retry_attempts, 0, 2)
        check_duration(f"{argument}: max_event_age", one.max_event_age, Duration.minutes(1), Duration.hours(6))
        check_range(f"{argument}: reserved_concurrency", one.reserved_concurrency, 1, 1000, "invocations")
