"""What follows from each call with a stream's batch."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patternkit.localcloud.emulation.stream_consumers import Attempts, judge, part_of, sequence_number

REPORTING = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def record(number: str, *, age: float = 0) -> dict[str, Any]:
    return {
        "eventID": f"shardId-0:{number}",
        "kinesis": {"sequenceNumber": number, "approximateArrivalTimestamp": time.time() - age},
    }


def read(
    mapping: dict[str, Any], records: list[dict[str, Any]], poison: set[str], *, most: int = 200
) -> tuple[list[list[str]], list[list[str]], list[str]]:
    """Read a shard to its end: the calls, what was given up, and why."""
    attempts, calls, lost, reasons = Attempts(), [], [], []
    while records:
        part = part_of(records, attempts)
        numbers = [sequence_number(each) for each in part]
        calls.append(numbers)
        bad = [number for number in numbers if number in poison]
        if mapping.get("FunctionResponseTypes"):
            result: dict[str, Any] = {"body": {"batchItemFailures": [{"itemIdentifier": number} for number in bad]}}
        else:
            result = {"error": bool(bad)}
        outcome = judge(mapping, records, part, attempts, result)
        if outcome.discarded:
            lost.append([sequence_number(each) for each in outcome.discarded[0]])
            reasons.append(outcome.discarded[1])
        all_numbers = [sequence_number(each) for each in records]
        records = [] if outcome.resume is None else records[all_numbers.index(outcome.resume) :]
        if len(calls) >= most:
            break
    return calls, lost, reasons


def test_without_reports_a_batch_fails_whole() -> None:
    calls, lost, reasons = read({"MaximumRetryAttempts": 1}, [record(n) for n in "abc"], {"b"})
    assert calls == [["a", "b", "c"]] * 2
    assert (lost, reasons) == ([["a", "b", "c"]], ["RetryAttemptsExhausted"])


def test_with_reports_it_goes_on_at_the_first_failure() -> None:
    calls, lost, _ = read({**REPORTING, "MaximumRetryAttempts": 1}, [record(n) for n in "abcd"], {"c", "d"})
    assert calls == [["a", "b", "c", "d"], ["c", "d"]]
    assert lost == [["c", "d"]]


def test_bisecting_finds_the_one_that_fails_and_is_no_retry() -> None:
    mapping = {"BisectBatchOnFunctionError": True, "MaximumRetryAttempts": 0}
    calls, lost, _ = read(mapping, [record(n) for n in "abcde"], {"d"})
    assert calls == [["a", "b", "c", "d", "e"], ["a", "b", "c"], ["d", "e"], ["d"], ["e"]]
    assert lost == [["d"]]


@pytest.mark.parametrize("retries", [{}, {"MaximumRetryAttempts": -1}])
def test_without_a_limit_it_is_tried_for_ever(retries: dict[str, int]) -> None:
    calls, lost, _ = read(retries, [record("a")], {"a"}, most=50)
    assert (len(calls), lost) == (50, [])


def test_what_is_too_old_is_given_up() -> None:
    _, lost, reasons = read({"MaximumRecordAgeInSeconds": 60}, [record("a", age=61)], {"a"}, most=5)
    assert (lost, reasons) == ([["a"]], ["MaxRecordAgeExceeded"])


def test_what_comes_meanwhile_does_not_join_a_batch_that_failed() -> None:
    attempts = Attempts()
    first = [record("a"), record("b")]
    judge({}, first, first, attempts, {"error": True})
    assert part_of([*first, record("c")], attempts) == first


@given(
    size=st.integers(1, 20),
    poison=st.sets(st.integers(0, 19)),
    bisect=st.booleans(),
    reporting=st.booleans(),
    retries=st.integers(0, 3),
)
@settings(max_examples=60, deadline=None)
def test_each_record_is_done_or_given_up_in_order(
    size: int, poison: set[int], *, bisect: bool, reporting: bool, retries: int
) -> None:
    numbers = [f"{number:03d}" for number in range(size)]
    bad = {f"{number:03d}" for number in poison}
    mapping = {
        "BisectBatchOnFunctionError": bisect,
        "MaximumRetryAttempts": retries,
        **(REPORTING if reporting else {}),
    }
    calls, lost, _ = read(mapping, [record(number) for number in numbers], bad)
    gone = [number for part in lost for number in part]
    assert gone == sorted(set(gone))
    assert bad & set(numbers) <= set(gone)
    assert {number for call in calls for number in call} == set(numbers)
    if bisect:
        assert set(gone) == bad & set(numbers)
