"""A function with a queue of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_

from patterns.building_blocks.function_settings import LONGEST_TIMEOUT, timeout_of
from patterns.building_blocks.lambda_function import EnvironmentVariables, FunctionMemory, FunctionTimeout
from patterns.building_blocks.queue_consumer import (
    BatchingWindow,
    BatchSize,
    MaxConcurrency,
    MaxReceiveCount,
    MessageAge,
    Polling,
    Retention,
    VisibilityTimeout,
)
from patterns.building_blocks.ready_function import check_function
from patterns.events.announcements.object_filter import KeyParts, check_filter, check_name

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
        timeout: How long a function that is made may take over one batch. Default: 30 seconds.
        prefixes: Its queue gets only objects whose keys start with one of them. Default: all.
        suffixes: Its queue gets only objects whose keys end in one of them, capitals count. Default: all.
        batch_size: Messages that it is given at once. Default: 10.
        batching_window: How long a batch is gathered. Default: not at all.
        max_concurrency: The most batches at one time. Default: 10, or the function's reserved
            concurrency if that is less.
        visibility_timeout: How long a message that is worked on stays hidden, at least six times the function's timeout
            and the batching window. Default: exactly that.
        max_receive_count: After how many failed attempts a message goes to the dead letters. Default: 5.
        retention: How long a message waits at the most. Default: 4 days.
        oldest_message_alarm_after: An alarm goes off when a message has waited for this long. Default: one hour.
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
    batch_size: BatchSize = 10
    batching_window: BatchingWindow | None = None
    max_concurrency: MaxConcurrency | None = None
    visibility_timeout: VisibilityTimeout | None = None
    max_receive_count: MaxReceiveCount = 5
    retention: Retention | None = None
    oldest_message_alarm_after: MessageAge | None = None

    @property
    def polling(self) -> Polling:
        """How Lambda polls the queue."""
        polling = Polling(self.batch_size, self.batching_window, self.max_concurrency)
        if self.function is not None:
            return polling.within_reserve(self.function, default=10)
        return replace(polling, max_concurrency=self.max_concurrency or 10)

    def hidden_for(self) -> Duration:
        """How long a message stays hidden while the function processes it.

        Returns:
            The visibility timeout: as given, or the least that is right.
        """
        # The timeout of an imported function is not known: it may be the longest that there is.
        longest = self.polling.least_visibility(LONGEST_TIMEOUT, attempts=1) or 0
        return self.visibility_timeout or Duration.seconds(max(30, self.least_visibility() or longest))

    def least_visibility(self) -> int | None:
        """How short that may be.

        Returns:
            Seconds; None if the function's timeout is not known.
        """
        if self.function is None:
            return self.polling.least_visibility(self.timeout or DEFAULT_TIMEOUT)
        return self.polling.least_visibility(timeout_of(self.function))


def check_consumers(consumers: Sequence[Consumer]) -> None:
    """Refuse consumers that cannot be made, or that would be given messages twice.

    Raises:
        ValueError: If there is none, or one is malformed.
    """
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
        Polling(one.batch_size, one.batching_window, one.max_concurrency).check(one.function, of=f"{argument}: ")
        one.polling.check_visibility(
            f"{argument}: visibility_timeout", one.visibility_timeout, one.least_visibility(), "function"
        )
