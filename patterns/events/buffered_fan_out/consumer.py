"""A function with a queue of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Size
from aws_cdk import aws_lambda as lambda_

from patterns.building_blocks.arguments import check_duration, check_memory, check_range
from patterns.building_blocks.queue_consumer import Polling
from patterns.building_blocks.ready_function import check_function
from patterns.events.announcements.object_filter import check_filter, check_name

DEFAULT_TIMEOUT = Duration.seconds(30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A function that works off a queue of announcements of new objects.

    Attributes:
        name: What it is called in the stack, beginning with a capital: "Thumbnails". Changing it makes it and its
            queue anew.
        function: A ready function; it must answer with the messages that failed. Default: one is made.
        code: The code of a function to make. Default: an example that logs what it takes off the queue.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long a function that is made may take over one batch, at most 15 minutes. Default: 30 seconds.
        prefixes: Its queue gets only objects whose keys start with one of them. Default: all.
        suffixes: Its queue gets only objects whose keys end in one of them, capitals count. Default: all.
        batch_size: Messages that it is given at once, up to 10,000. Default: 10.
        batching_window: How long a batch is gathered, at most 5 minutes. Default: not at all.
        max_concurrency: The most batches at one time, 2 to 1000. Default: 10.
        visibility_timeout: How long a message that is worked on stays hidden, at least six times the function's timeout
            and the batching window. Default: exactly that.
        max_receive_count: After how many failed attempts a message goes to the dead letters, 1 to 1000. Default: 5.
        retention: How long a message waits at the most, 1 minute to 14 days. Default: 4 days.
        oldest_message_alarm_after: An alarm goes off when a message has waited for this long. Default: one hour.
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
    batch_size: int = 10
    batching_window: Duration | None = None
    max_concurrency: int = 10
    visibility_timeout: Duration | None = None
    max_receive_count: int = 5
    retention: Duration | None = None
    oldest_message_alarm_after: Duration | None = None

    @property
    def polling(self) -> Polling:
        """How Lambda polls the queue."""
        return Polling(self.batch_size, self.batching_window, self.max_concurrency)

    def hidden_for(self) -> Duration:
        """How long a message stays hidden while the function processes it.

        Returns:
            The visibility timeout: as given, or the least that is right.
        """
        return self.visibility_timeout or Duration.seconds(self.least_visibility() or 180)

    def least_visibility(self) -> int | None:
        """How short that may be.

        Returns:
            Seconds; None if the function's timeout is not known.
        """
        if self.function is None:
            return self.polling.least_visibility(self.timeout or DEFAULT_TIMEOUT)
        return self.polling.least_visibility(
            self.function.timeout if isinstance(self.function, lambda_.Function) else None
        )


def check_consumers(consumers: Sequence[Consumer]) -> None:
    """Refuse consumers that cannot be made, or that would be given messages twice.

    Raises:
        ValueError: If there is none, or one is malformed.
    """
    if not consumers:
        raise ValueError("consumers must be at least one")
    check_name("consumers", [one.name for one in consumers])
    for one in consumers:
        argument = f"consumers[{one.name}]"
        check_filter(argument, one.prefixes, one.suffixes)
        settings = {
            "runtime": one.runtime,
            "environment": one.environment,
            "memory": one.memory,
            "timeout": one.timeout,
        }
        check_function(one.function, one.code, one.handler, settings, of=f"{argument}: ")
        check_memory(f"{argument}: memory", one.memory)
        check_duration(f"{argument}: timeout", one.timeout, Duration.seconds(1), Duration.minutes(15))
        one.polling.check(of=f"{argument}: ", unit="batches")
        check_range(f"{argument}: max_receive_count", one.max_receive_count, 1, 1000, "attempts")
        check_duration(f"{argument}: retention", one.retention, Duration.minutes(1), Duration.days(14))
        check_duration(
            f"{argument}: visibility_timeout", one.visibility_timeout, Duration.seconds(1), Duration.hours(12)
        )
        check_duration(
            f"{argument}: oldest_message_alarm_after",
            one.oldest_message_alarm_after,
            Duration.minutes(1),
            Duration.days(14),
        )
        one.polling.check_visibility(
            f"{argument}: visibility_timeout", one.visibility_timeout, one.least_visibility(), "function"
        )
