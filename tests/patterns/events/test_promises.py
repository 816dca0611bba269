"""What every pattern that starts when something happens promises: found by what its template holds."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from patternkit.catalog.discovery import Pattern, patterns
from tests.conftest import example

MEMBERS = [one for one in patterns().values() if one.family == "events"]
every_member = pytest.mark.parametrize(
    "pattern", [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in MEMBERS]
)
# Who invokes a function and does not wait for its answer.
ASYNCHRONOUS = {"sns.amazonaws.com", "s3.amazonaws.com", "events.amazonaws.com", "scheduler.amazonaws.com"}


def resources(pattern: Pattern, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of one type in a pattern's example, by logical id."""
    return {
        name: one.get("Properties", {})
        for template in example(pattern.name, "agnostic").templates.values()
        for name, one in template["Resources"].items()
        if one["Type"] == kind
    }


def referred(value: Any) -> str:
    """The logical id that a reference names."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return name
    raise AssertionError(f"{value} refers to nothing of this template")


def alarmed(pattern: Pattern, queue: str) -> list[dict[str, Any]]:
    """The alarms that go off as soon as a queue holds anything."""
    return [
        one
        for one in resources(pattern, "AWS::CloudWatch::Alarm").values()
        if one["MetricName"] == "ApproximateNumberOfMessagesVisible"
        and queue in json.dumps(one["Dimensions"])
        and (one["Statistic"], one["Threshold"], one["EvaluationPeriods"]) == ("Maximum", 1, 1)
        and one["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    ]


def is_polled_by_nobody(pattern: Pattern, arn: Any) -> bool:
    """Whether an ARN is that of a queue of the pattern that no function reads."""
    polled = [referred(one["EventSourceArn"]) for one in resources(pattern, "AWS::Lambda::EventSourceMapping").values()]
    return any(
        arn == {"Fn::GetAtt": [name, "Arn"]} for name in resources(pattern, "AWS::SQS::Queue") if name not in polled
    )


def dead_letters(pattern: Pattern) -> Iterator[tuple[str, Any]]:
    """Each asynchronous edge of a pattern, and the queue that keeps what did not get over it."""
    for name, one in resources(pattern, "AWS::SNS::Subscription").items():
        yield name, one.get("RedrivePolicy", {}).get("deadLetterTargetArn")
    for name, one in resources(pattern, "AWS::Scheduler::Schedule").items():
        yield name, one["Target"].get("DeadLetterConfig", {}).get("Arn")
    for name, one in resources(pattern, "AWS::Events::Rule").items():
        for target in one.get("Targets", []):
            # What a rule sends to a queue that is no function's has arrived where failures end.
            ends = target["Arn"] if is_polled_by_nobody(pattern, target["Arn"]) else None
            yield f"{name}.{target['Id']}", target.get("DeadLetterConfig", {}).get("Arn", ends)
    for name, one in resources(pattern, "AWS::Lambda::EventSourceMapping").items():
        # What a queue cannot deliver goes to its own dead letters, what a stream cannot to the mapping's destination.
        queue = resources(pattern, "AWS::SQS::Queue").get(referred(one["EventSourceArn"]))
        if queue is not None:
            yield name, queue.get("RedrivePolicy", {}).get("deadLetterTargetArn")
        else:
            yield name, one.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    kept = {
        referred(one["FunctionName"]): one.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        for one in resources(pattern, "AWS::Lambda::EventInvokeConfig").values()
    }
    for function in invoked_asynchronously(pattern):
        yield function, kept.get(function)


def polled_queues(pattern: Pattern) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each event source mapping of a queue, and the queue."""
    queues = resources(pattern, "AWS::SQS::Queue")
    for mapping in resources(pattern, "AWS::Lambda::EventSourceMapping").values():
        if (queue := queues.get(referred(mapping["EventSourceArn"]))) is not None:
            yield mapping, queue


def invoked_asynchronously(pattern: Pattern) -> set[str]:
    """The functions of a pattern that are invoked without anybody waiting for the answer."""
    functions = resources(pattern, "AWS::Lambda::Function")
    permissions = resources(pattern, "AWS::Lambda::Permission").values()
    invoked = {referred(one["FunctionName"]) for one in permissions if one["Principal"] in ASYNCHRONOUS}
    for one in resources(pattern, "AWS::Scheduler::Schedule").values():
        invoked.add(referred(one["Target"]["Arn"]))
    # Whoever says what becomes of asynchronous events expects them.
    for one in resources(pattern, "AWS::Lambda::EventInvokeConfig").values():
        invoked.add(referred(one["FunctionName"]))
    return invoked & set(functions)


@every_member
def test_something_starts_it(pattern: Pattern) -> None:
    started = list(dead_letters(pattern)) or resources(pattern, "AWS::Lambda::Alias")
    assert started, "no asynchronous edge was found: say above how this pattern is started"


@every_member
def test_what_fails_on_an_asynchronous_edge_is_kept_and_somebody_is_told(pattern: Pattern) -> None:
    queues = resources(pattern, "AWS::SQS::Queue")
    for edge, arn in dead_letters(pattern):
        assert arn is not None, f"{edge} loses what fails"
        queue = referred(arn)
        assert queues[queue]["MessageRetentionPeriod"] == 14 * 86_400, f"{queue} forgets before anybody has looked"
        assert alarmed(pattern, queue), f"nobody is told that {queue} holds anything"


@every_member
def test_a_queue_hides_its_messages_longer_than_its_function_works_on_them(pattern: Pattern) -> None:
    functions = resources(pattern, "AWS::Lambda::Function")
    for mapping, queue in polled_queues(pattern):
        timeout = functions[referred(mapping["FunctionName"])]["Timeout"]
        window = mapping.get("MaximumBatchingWindowInSeconds", 0)
        assert queue["VisibilityTimeout"] >= 6 * timeout + window


@every_member
def test_a_message_that_fails_does_not_take_its_batch_with_it(pattern: Pattern) -> None:
    for name, mapping in resources(pattern, "AWS::Lambda::EventSourceMapping").items():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


@every_member
def test_a_message_is_tried_before_it_is_given_up(pattern: Pattern) -> None:
    for _, queue in polled_queues(pattern):
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5, "AWS asks for five: throttled batches count too"


@every_member
def test_each_function_that_fails_sets_off_an_alarm(pattern: Pattern) -> None:
    alarms = [one for one in resources(pattern, "AWS::CloudWatch::Alarm").values() if one["MetricName"] == "Errors"]
    watched = {
        referred(dimension["Value"])
        for one in alarms
        for dimension in one["Dimensions"]
        if dimension["Name"] == "FunctionName"
    }
    own = {
        name
        for name in resources(pattern, "AWS::Lambda::Function")
        # The CDK's own functions run while a stack is deployed, which fails if they do.
        if not name.startswith(("CustomS3", "BucketNotificationsHandler"))
    }
    assert own <= watched
    for one in alarms:
        assert (one["Statistic"], one["Threshold"], one["TreatMissingData"]) == ("Sum", 1, "notBreaching")


@every_member
def test_nobody_invokes_a_function_for_somebody_else(pattern: Pattern) -> None:
    for name, one in resources(pattern, "AWS::Lambda::Permission").items():
        assert "SourceArn" in one or "SourceAccount" in one, f"{name}: a confused deputy of {one['Principal']}"
