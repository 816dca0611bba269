"""What is known of a function that a user passes in, whatever stands before it."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from patterns.building_blocks.function_settings import (
    API_WAITS,
    GRAPHQL_WAITS,
    LONGEST_TIMEOUT,
    reserved_concurrency_of,
    timeout_of,
    warn_of_late_answers,
)
from patterns.building_blocks.queue_consumer import Polling
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import function
from tests.synthesis_warnings import warnings


def test_timeout_and_reserve_are_seen_through_aliases_and_versions(scope: cdk.Stack) -> None:
    made = function(scope, timeout=cdk.Duration.seconds(60), reserved_concurrent_executions=5)
    alias = lambda_.Alias(scope, "Alias", alias_name="live", version=made.current_version)
    for one in (made, made.current_version, alias):
        timeout = timeout_of(one)
        assert timeout is not None
        assert timeout.to_seconds() == 60
        assert reserved_concurrency_of(one) == 5


def test_lambdas_own_timeout_is_three_seconds(scope: cdk.Stack) -> None:
    timeout = timeout_of(function(scope))
    assert timeout is not None
    assert timeout.to_seconds() == 3


def test_of_an_imported_function_nothing_is_known(scope: cdk.Stack) -> None:
    imported = lambda_.Function.from_function_name(scope, "Imported", "theirs")
    assert timeout_of(imported) is None
    assert reserved_concurrency_of(imported) is None


def test_pollers_stay_within_a_reserve(scope: cdk.Stack) -> None:
    made = function(scope, reserved_concurrent_executions=5)
    assert Polling(10, None, None).within_reserve(made).max_concurrency == 5
    assert Polling(10, None, None).within_reserve(made, default=10).max_concurrency == 5
    assert Polling(10, None, None).within_reserve(made, default=3).max_concurrency == 3
    assert Polling(10, None, 4).within_reserve(made).max_concurrency == 4
    Polling(10, None, 5).check(made)
    with pytest.raises(ValueError, match=r"^max_concurrency must be at most 5, the function's reserved concurrency"):
        Polling(10, None, 6).check(made)


def test_a_reserve_of_one_is_too_small_for_pollers(scope: cdk.Stack) -> None:
    with pytest.raises(ValueError, match=r"^max_concurrency cannot be less than 2"):
        Polling(10, None, None).check(function(scope, reserved_concurrent_executions=1))


@pytest.mark.parametrize("window", [None, cdk.Duration.seconds(0)])
def test_large_batches_need_a_window(window: cdk.Duration | None) -> None:
    with pytest.raises(ValueError, match=r"^batch_size above 10 needs batching_window of at least one second, got 11$"):
        Polling(11, window, None).check()
    Polling(11, cdk.Duration.seconds(1), None).check()


def test_a_reserve_or_timeout_that_only_a_deployment_knows_is_not_known(scope: cdk.Stack) -> None:
    number: Any = cdk.Token.as_number({"Ref": "Number"})
    made = function(scope, reserved_concurrent_executions=number)
    assert reserved_concurrency_of(made) is None
    late = lambda_.Function(
        scope,
        "Late",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        timeout=cdk.Duration.seconds(number),
    )
    assert timeout_of(late) is None
    assert reserved_concurrency_of(late) is None
    for one in (late, None, lambda_.Function.from_function_name(scope, "Imported", "theirs")):
        warn_of_late_answers(scope, "function", one)
    assert warnings(scope) == []


def test_the_longest_timeout_and_the_callers_patience_are_those_of_aws() -> None:
    assert (LONGEST_TIMEOUT.to_minutes(), API_WAITS, GRAPHQL_WAITS) == (15, 29, 30)


@pytest.mark.parametrize(
    ("given", "caller", "waits"), [({}, "API Gateway", 29), ({"caller": "AppSync", "waits": 30}, "AppSync", 30)]
)
def test_a_caller_that_gives_a_function_up_is_warned_of(
    scope: cdk.Stack, given: dict[str, Any], caller: str, waits: int
) -> None:
    made = function(scope, timeout=cdk.Duration.seconds(waits))
    warn_of_late_answers(scope, "authorizer", made, **given)
    assert warnings(scope) == []
    other = cdk.Stack(app_for_its_template(), "Other")
    warn_of_late_answers(other, "authorizer", function(other, timeout=cdk.Duration.seconds(waits + 1)), **given)
    said = (
        f"authorizer may work for {waits + 1} seconds, and {caller} gives it up after {waits}: a caller that tries "
        "again has the work done twice. Give it a shorter timeout, or put the work into a queue "
        "[ack: patterns:late-answers-authorizer]"
    )
    assert warnings(other) == [said]
