"""Checks of what the arguments of an asynchronous function say together."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.arguments import check_environment
from patterns.building_blocks.idempotency_table import check_idempotency_table
from patterns.building_blocks.ready_function import has_dead_letters
from patterns.events.destinations.destination import Destination, check_destination, is_same_function

RESERVED = ("IDEMPOTENCY_KEY", "IDEMPOTENCY_SECONDS", "IDEMPOTENCY_TABLE")
"""Environment variables that the pattern sets."""


def check_ready(function: lambda_.IFunction | None) -> None:
    """Refuse a ready function that records could not be sent of, or whose failures would be kept twice.

    Args:
        function: The function; None passes.

    Raises:
        ValueError: If its role is not known, it is a version or an alias, or has destinations or dead letters.
    """
    if function is None:
        return
    if isinstance(function, lambda_.Alias | lambda_.Version):
        raise ValueError("function must not be a version or an alias: retries and destinations are set for $LATEST")
    if function.role is None:
        raise ValueError(
            "function must have a role that is known, which must be allowed to send to the destinations: import it "
            "with Function.from_function_attributes(role=...)"
        )
    if has_dead_letters(function):
        raise ValueError("function must have no dead letters of its own: each failed event would be kept twice")
    if any(
        isinstance(one, lambda_.EventInvokeConfig | lambda_.CfnEventInvokeConfig) for one in function.node.find_all()
    ):
        raise ValueError("function must have no retries and destinations of its own: Lambda keeps one setting of them")


def check_destinations(
    scope: Construct, function: lambda_.IFunction | None, on_success: Destination | None, on_failure: Destination | None
) -> None:
    """Refuse destinations that Lambda cannot send to, and those that would invoke the function again.

    Args:
        scope: Parent construct.
        function: The ready function, if it is one.
        on_success: Where successes go; None: nowhere.
        on_failure: Where failures go; None: to a new queue.

    Raises:
        ValueError: If there is one.
    """
    for argument, destination, success in (("on_success", on_success, True), ("on_failure", on_failure, False)):
        check_destination(argument, scope, destination, success=success)
        if is_same_function(function, destination):
            raise ValueError(
                f"{argument} must not be the function itself: it would be invoked with its own records, until Lambda "
                "detects the loop"
            )


def check_idempotency(
    table: dynamodb.ITable | None, remembered: Duration, age: Duration, environment: Mapping[str, str] | None
) -> None:
    """Refuse a memory that cannot work: another key, or shorter than an event may wait.

    Args:
        table: The table; None: a new one.
        remembered: How long an event is remembered.
        age: How long an event may wait.
        environment: The function's own variables.

    Raises:
        ValueError: If it cannot.
    """
    check_environment("environment", environment, RESERVED)
    check_idempotency_table("idempotency_table", table)
    if remembered.to_seconds() <= age.to_seconds():
        raise ValueError(
            f"remembered_for must be longer than max_event_age, {age.to_human_string()}: a late retry would be taken "
            f"for new work, got {remembered.to_human_string()}"
        )
