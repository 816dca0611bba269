"""A function that works on the changes of a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from annotated_types import Interval, Len, Unit
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.arguments import check_environment, check_json
from patterns.building_blocks.bounds import Known, Matches, Passes
from patterns.building_blocks.lambda_function import EnvironmentVariables, FunctionMemory, FunctionTimeout
from patterns.building_blocks.ready_function import check_function
from patterns.building_blocks.same_region import check_here
from patterns.events.destinations.destination import StreamDestination, check_destination

Change = Literal["INSERT", "MODIFY", "REMOVE"]
Filter = Annotated[Mapping[str, Any], Passes(check_json, "JSON")]

RESERVED = ("IDEMPOTENCY_SECONDS", "IDEMPOTENCY_TABLE")
"""Environment variables that the pattern sets."""

_PARTS = ("dynamodb", "userIdentity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A function that is given the changes that its filter lets through, in the order in which an item changed.

    Attributes:
        name: What it is called in the stack, beginning with a capital: "Search". Changing it makes it anew.
        function: A ready function. It must answer with `batchItemFailures`. Default: one is made.
        code: The code of a function to make. Default: an example that works on each change once.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long a function that is made may work on one batch. Default: 30 seconds.
        changes: The kinds of changes that it is given. Default: all.
        filters: What a change must match, one of them: {"dynamodb": {"NewImage": {"status": {"S": ["paid"]}}}}.
            Default: nothing in particular.
        batch_size: The most changes in a batch. Default: 100.
        batching_window: How long a batch is gathered. Default: not at all.
        parallelization_factor: Batches of a shard at one time; changes of one item stay in order. Default: 1.
        retry_attempts: How often what failed is tried again. Default: 5.
        max_record_age: How old a change may be before it is given up. Default: 6 hours.
        on_failure: Where it is told what was given up: a queue, a topic or a bucket, which gets the changes
            themselves. Default: a new dead-letter queue.
        late_after: How old the oldest change may be when an alarm goes off. Default: 15 minutes.
    """

    name: Annotated[
        str,
        Matches(r"[A-Z][A-Za-z0-9]{0,63}", "a capital and up to 63 letters and digits"),
        Known("the ids of constructs"),
    ]
    function: lambda_.IFunction | None = None
    code: lambda_.Code | None = None
    handler: str | None = None
    runtime: lambda_.Runtime | None = None
    environment: EnvironmentVariables | None = None
    memory: FunctionMemory | None = None
    timeout: FunctionTimeout | None = None
    changes: Annotated[Sequence[Change], Len(0, 3)] = ()
    filters: Annotated[Sequence[Filter], Len(0, 5)] = ()
    batch_size: Annotated[int, Interval(ge=1, le=10_000), Unit("changes")] = 100
    batching_window: Annotated[Duration, Interval(ge=timedelta(seconds=1), le=timedelta(minutes=5))] | None = None
    parallelization_factor: Annotated[int, Interval(ge=1, le=10), Unit("batches")] = 1
    retry_attempts: Annotated[int, Interval(ge=0, le=10_000)] = 5
    max_record_age: (
        Annotated[
            Duration, Interval(ge=timedelta(minutes=1), le=timedelta(hours=12)), Known("the age in whole seconds")
        ]
        | None
    ) = None
    on_failure: StreamDestination | None = None
    late_after: (
        Annotated[
            Duration, Interval(ge=timedelta(minutes=1), le=timedelta(hours=12)), Known("the threshold of its alarm")
        ]
        | None
    ) = None

    def check(self, scope: Construct) -> None:
        """Refuse settings that contradict each other, and filters that would never match.

        Args:
            scope: Parent construct of the pattern.

        Raises:
            ValueError: If there is one.
        """
        of = f"consumers[{self.name}]: "
        own = {
            "runtime": self.runtime,
            "environment": self.environment,
            "memory": self.memory,
            "timeout": self.timeout,
        }
        check_function(self.function, self.code, self.handler, own, of=of)
        check_here(scope, **{f"{of}function": self.function})
        check_environment(f"{of}environment", self.environment, RESERVED)
        if self.function is not None and self.function.role is None:
            raise ValueError(f"{of}function must have a role that is known: it must be allowed to read the stream")
        check_destination(f"{of}on_failure", scope, self.on_failure, success=False)
        for one in self.filters:
            other = sorted(set(one) - set(_PARTS))
            if other or not one:
                raise ValueError(
                    f"{of}filters must look at dynamodb or userIdentity, got {', '.join(other) or 'nothing'}; kinds of "
                    "changes are said by changes"
                )
            if "numeric" in _words(one):
                raise ValueError(
                    f"{of}filters must not compare numbers: a stream writes them as text, and no change would match"
                )

    def patterns(self) -> list[Mapping[str, Any]]:
        """Say which changes it is given, as Lambda's filters; none: all."""
        kinds = {"eventName": list(self.changes)} if self.changes else {}
        return [kinds | dict(one) for one in self.filters] or ([kinds] if kinds else [])


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield str(key)
            yield from _words(value)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _words(one)
