"""Streams are read as Lambda reads them: partial failures, bisected batches, a number of retries, a last destination.

ministack counts a batch as done or fails it whole, for ever. Its poller is kept: it reads the streams and makes the
events. What is added stands between the poller and the function, calls the function with a part of the batch where
that is due, and then sets the place in the stream where the poller goes on.

https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from patternkit.localcloud.emulation.batch_response import read_answer, reports
from patternkit.localcloud.emulation.stream_failures import failure_record, send

Record = dict[str, Any]


def sequence_number(record: Record) -> str:
    """Return the sequence number of a record of either kind of stream."""
    if "kinesis" in record:
        return str(record["kinesis"]["sequenceNumber"])
    return str((record.get("dynamodb") or {}).get("SequenceNumber", ""))


def arrival(record: Record) -> float:
    """Return when a record came, in seconds."""
    if "kinesis" in record:
        return float(record["kinesis"].get("approximateArrivalTimestamp") or time.time())
    return float((record.get("dynamodb") or {}).get("ApproximateCreationDateTime") or time.time())


def shard(record: Record) -> str:
    """Return the shard that a record is in; a table's stream has one."""
    return str(record.get("eventID", "")).rpartition(":")[0] if "kinesis" in record else ""


@dataclass
class Attempts:
    """How far a shard's batch has come."""

    ends: list[str] = field(default_factory=list)
    """The last sequence number of each part of the batch that is still to do, the next first."""
    failures: int = 0
    """Failed calls with the next part."""


@dataclass
class Outcome:
    """What became of one call."""

    resume: str | None
    """The sequence number to go on at; None when all of the batch is done."""
    wait: bool = False
    discarded: tuple[list[Record], str, int] | None = None
    """Records that are given up, the reason, and the number of calls."""


def part_of(records: list[Record], attempts: Attempts) -> list[Record]:
    """Return the part of a batch that the function is called with next."""
    numbers = [sequence_number(record) for record in records]
    while attempts.ends:
        if attempts.ends[0] in numbers:
            return records[: numbers.index(attempts.ends[0]) + 1]
        attempts.ends.pop(0)  # filtered out, or gone from the stream
    return records


def judge(
    mapping: dict[str, Any], records: list[Record], part: list[Record], attempts: Attempts, result: dict[str, Any]
) -> Outcome:
    """Decide what follows from a call.

    Args:
        mapping: The event source mapping.
        records: All that the poller read.
        part: What the function was called with: the first of them.
        attempts: How far the batch has come. It is changed.
        result: What came back.
    """
    failed_at = _failed_at(mapping, part, result)
    if failed_at is None:
        return _done(records, part, attempts)
    rest = part[failed_at:]
    if failed_at:
        attempts.failures = 0
    if mapping.get("BisectBatchOnFunctionError") and len(part) > 1:
        # At the first failure, or in the middle. "Splitting a batch does not count towards the retry quota."
        last = attempts.ends.pop(0) if attempts.ends else sequence_number(part[-1])
        middle = [] if failed_at else [sequence_number(part[(len(part) - 1) // 2])]
        attempts.ends[:0] = [*middle, last]
        return Outcome(sequence_number(rest[0]), wait=True)
    attempts.failures += 1
    age, retries = _limit(mapping, "MaximumRecordAgeInSeconds"), _limit(mapping, "MaximumRetryAttempts")
    if age is not None and time.time() - arrival(rest[0]) > age:
        reason = "MaxRecordAgeExceeded"
    elif retries is not None and attempts.failures > retries:
        reason = "RetryAttemptsExhausted"
    else:
        if not attempts.ends:
            attempts.ends.append(sequence_number(rest[-1]))
        return Outcome(sequence_number(rest[0]), wait=True)
    discarded = (rest, reason, attempts.failures)
    outcome = _done(records, part, attempts)
    outcome.discarded = discarded
    return outcome


def _done(records: list[Record], part: list[Record], attempts: Attempts) -> Outcome:
    if attempts.ends:
        attempts.ends.pop(0)
    attempts.failures = 0
    return Outcome(sequence_number(records[len(part)]) if len(part) < len(records) else None)


def _failed_at(mapping: dict[str, Any], part: list[Record], result: dict[str, Any]) -> int | None:
    if result.get("error"):
        return 0
    if not reports(mapping):
        return None
    numbers = [sequence_number(record) for record in part]
    verdict = read_answer(result.get("body"), numbers)
    if verdict.unreadable:
        return 0
    return min((numbers.index(each) for each in verdict.failed), default=None)


def _limit(mapping: dict[str, Any], name: str) -> int | None:
    value = mapping.get(name)
    return None if value is None or int(value) < 0 else int(value)


class Consumers:
    """What stands between ministack's pollers of streams and the functions."""

    def __init__(self, functions: ModuleType) -> None:
        self._functions = vars(functions)
        self._execute = self._functions["_execute_function"]
        self._iterate = self._functions["_iter_all_esms"]
        self._filter = self._functions["_apply_filter_criteria"]
        self._attempts: dict[tuple[str, str], Attempts] = {}
        self._now = threading.local()  # the mapping that the poller of this thread is at

    def install(self) -> None:
        """Stand there."""
        self._functions["_execute_function"] = self.execute
        self._functions["_iter_all_esms"] = self.iterate
        self._functions["_apply_filter_criteria"] = self.filter

    def iterate(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield each event source mapping, and settle what became of it when the poller comes back for the next."""
        for account, region, mapping in self._iterate():
            source = str(mapping.get("EventSourceArn", ""))
            self._now.mapping = mapping if ":kinesis:" in source or ":dynamodb:" in source else None
            self._now.read, self._now.outcomes = {}, {}
            try:
                yield account, region, mapping
                if self._now.mapping is not None:
                    self._settle(mapping)
            finally:
                self._now.mapping = None

    def filter(self, records: list[Record], mapping: dict[str, Any]) -> Any:
        """Note what the poller read, before records are filtered out."""
        if getattr(self._now, "mapping", None) is not None and records:
            self._now.read[shard(records[0])] = [sequence_number(record) for record in records]
        return self._filter(records, mapping)

    def execute(self, function: dict[str, Any], event: Any) -> Any:
        """Call a function; for a stream with a part of the batch, and decide what follows."""
        mapping = getattr(self._now, "mapping", None)
        if mapping is None:
            return self._execute(function, event)
        records: list[Record] = event["Records"]
        name = shard(records[0])
        attempts = self._attempts.setdefault((mapping["UUID"], name), Attempts())
        part = part_of(records, attempts)
        result = self._execute(function, {**event, "Records": part})
        outcome = judge(mapping, records, part, attempts, result)
        if outcome.discarded:
            discarded, reason, calls = outcome.discarded
            send(mapping, failure_record(mapping, function, discarded, reason, calls, shard(discarded[0])))
        self._now.outcomes[name] = outcome
        # Never an error to the poller, which would keep its place, or give the batch up, by rules of its own.
        return {"body": None, "log": result.get("log", "")}

    def _settle(self, mapping: dict[str, Any]) -> None:
        uuid = mapping["UUID"]
        for name, outcome in self._now.outcomes.items():
            if outcome.resume is not None:
                read = self._now.read[name]
                back = len(read) - read.index(outcome.resume)
                if name:
                    self._functions["_kinesis_positions"][uuid][name] -= back
                else:
                    with self._functions["_dynamodb_stream_positions_lock"]:
                        self._functions["_dynamodb_stream_positions"][uuid] -= back
            if outcome.wait:
                mapping["LastProcessingResult"] = "PROBLEM: Function call failed"
                self._functions["_esm_backoff_until"][uuid] = time.time() + self._functions["_ESM_BACKOFF_SECONDS"]
            if outcome.resume is None and not outcome.wait:
                self._attempts.pop((uuid, name), None)


def read_streams(functions: ModuleType) -> None:
    """Have streams read as Lambda reads them.

    Args:
        functions: ministack's module of Lambda functions.
    """
    Consumers(functions).install()
