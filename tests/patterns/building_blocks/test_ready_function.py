"""Functions that a user passes in: what may not stand beside them, and what is known of them."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from patterns.building_blocks.ready_function import check_function, errors_alarm, has_dead_letters

CODE = lambda_.Code.from_inline("def handler(event, context): pass")


def function(scope: cdk.Stack, **more: Any) -> lambda_.Function:
    return lambda_.Function(
        scope, "Function", code=CODE, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14, **more
    )


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def test_code_and_handler_go_together(scope: cdk.Stack) -> None:
    check_function(None, CODE, "index.handler", {"memory": 5})
    check_function(None, None, None, {"memory": 5})
    check_function(function(scope), None, None, {"memory": None})
    for code, handler, given in ((CODE, None, "code"), (None, "index.handler", "handler")):
        with refused(f"code and handler go together, got only {given}"):
            check_function(None, code, handler, {})
        with refused(f"consumers[A]: code and handler go together, got only {given}"):
            check_function(None, code, handler, {}, of="consumers[A]: ")


def test_settings_belong_to_a_function_that_is_made(scope: cdk.Stack) -> None:
    made = function(scope)
    with refused("code must not be given with function: a ready function has its own"):
        check_function(made, CODE, "index.handler", {"memory": 5})
    # None is not given; 0 is.
    with refused("consumers[A]: retries must not be given with function: a ready function has its own"):
        check_function(made, None, None, {"memory": None, "retries": 0}, of="consumers[A]: ")


def test_dead_letters_are_known_in_each_way_that_they_are_told(scope: cdk.Stack) -> None:
    queue, topic = sqs.Queue(scope, "Queue"), sns.Topic(scope, "Topic")
    for name, more in (("Queue", {"dead_letter_queue": queue}), ("Topic", {"dead_letter_topic": topic})):
        assert has_dead_letters(function(cdk.Stack(cdk.App.of(scope), f"Of{name}"), **more))
    plain = function(scope)
    assert not has_dead_letters(plain)
    resource = plain.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(target_arn=queue.queue_arn)
    assert has_dead_letters(plain)
    assert not has_dead_letters(lambda_.Function.from_function_name(scope, "Imported", "theirs"))


@pytest.mark.parametrize(("given", "log"), [({}, "its log"), ({"log": "the log of the task"}, "the log of the task")])
def test_its_errors_set_off_an_alarm(scope: cdk.Stack, given: dict[str, Any], log: str) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    ready = function(scope)
    made = errors_alarm(scope, "Errors", ready, what="The consumer", topic=topic, **given)
    [properties] = [
        one["Properties"] for one in Template.from_stack(scope).find_resources("AWS::CloudWatch::Alarm").values()
    ]
    assert made.node.path == "Test/Errors"
    assert properties == {
        "AlarmActions": [topic.topic_arn],
        "AlarmDescription": f"The consumer raised an error or timed out: read {log}.",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Dimensions": [{"Name": "FunctionName", "Value": scope.resolve(ready.function_name)}],
        "EvaluationPeriods": 1,
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "OKActions": [topic.topic_arn],
        "Period": 300,
        "Statistic": "Sum",
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
    }
