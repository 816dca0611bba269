"""What fails is kept for 14 days, encrypted, and an alarm says that it is there."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.settings import Settings
from tests.patterns.building_blocks.made import acknowledged, properties


def test_it_keeps_what_failed_for_14_days_whatever_becomes_of_the_stack(scope: cdk.Stack) -> None:
    DeadLetterQueue(scope, "Failed", holds="letters")
    Template.from_stack(scope).has_resource(
        "AWS::SQS::Queue",
        {
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"MessageRetentionPeriod": 14 * 24 * 3600, "SqsManagedSseEnabled": True},
        },
    )


def test_nobody_comes_to_it_without_tls(scope: cdk.Stack) -> None:
    DeadLetterQueue(scope, "Failed", holds="letters")
    Template.from_stack(scope).has_resource_properties(
        "AWS::SQS::QueuePolicy",
        {
            "PolicyDocument": {
                "Statement": [
                    Match.object_like(
                        {
                            "Action": "sqs:*",
                            "Effect": "Deny",
                            "Principal": {"AWS": "*"},
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    )
                ]
            }
        },
    )


def test_its_alarm_tells_the_topic_as_soon_as_it_holds_anything(scope: cdk.Stack) -> None:
    topic = sns.Topic(scope, "Topic")
    made = DeadLetterQueue(scope, "Failed", holds="letters that came back", settings=Settings(alarm_topic=topic))
    Template.from_stack(scope).has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "AlarmActions": [scope.resolve(topic.topic_arn)],
            "AlarmDescription": (
                "The dead-letter queue holds letters that came back: read one, and mend the cause. "
                "Amazon SQS cannot redrive it."
            ),
            "Dimensions": [{"Name": "QueueName", "Value": scope.resolve(made.queue.queue_name)}],
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Statistic": "Maximum",
            "Threshold": 1,
            "EvaluationPeriods": 1,
        },
    )


def test_its_alarm_tells_to_redrive_what_failed_in_another_queue(scope: cdk.Stack) -> None:
    DeadLetterQueue(scope, "Failed", holds="letters", redrives=True)
    said = "The dead-letter queue holds letters: read one, mend the cause, then redrive."
    Template.from_stack(scope).has_resource_properties("AWS::CloudWatch::Alarm", {"AlarmDescription": said})


@pytest.mark.parametrize("encrypted", [False, True])
def test_who_sends_to_it_may_use_its_key_if_it_has_one(scope: cdk.Stack, encrypted: bool) -> None:
    key = kms.Key(scope, "Key") if encrypted else None
    made = DeadLetterQueue(scope, "Failed", holds="letters", settings=Settings(encryption_key=key))
    statements = [scope.resolve(one.to_statement_json()) for one in made.send_statements()]
    allowed = [(one["Action"], one["Resource"]) for one in statements]
    send = ("sqs:SendMessage", scope.resolve(made.queue.queue_arn))
    if key is None:
        assert allowed == [send]
    else:
        assert allowed == [send, (["kms:Decrypt", "kms:GenerateDataKey"], scope.resolve(key.key_arn))]
        queue = {"KmsMasterKeyId": scope.resolve(key.key_arn)}
        Template.from_stack(scope).has_resource_properties("AWS::SQS::Queue", queue)


@pytest.mark.parametrize(("fifo", "property_"), [(True, True), (False, Match.absent())])
def test_a_fifo_queues_letters_are_fifo(scope: cdk.Stack, fifo: bool, property_: object) -> None:
    DeadLetterQueue(scope, "Failed", holds="letters", fifo=fifo)
    Template.from_stack(scope).has_resource_properties("AWS::SQS::Queue", {"FifoQueue": property_})


def test_it_says_why_it_has_no_dead_letters_itself_and_how_its_alarm_counts(scope: cdk.Stack) -> None:
    DeadLetterQueue(scope, "Failed", holds="letters")
    assert acknowledged(scope) == {
        "Failed/Queue": {
            "AwsSolutions::AwsSolutions-SQS3": (
                "This queue is itself where failures end; an alarm goes off when it holds anything."
            ),
            "Serverless::Serverless-SQSRedrivePolicy": (
                "This queue is itself where failures end; an alarm goes off when it holds anything."
            ),
        }
    }
    assert properties(scope, "AWS::CloudWatch::Alarm", "AWS::SQS::Queue") == {
        "Failed/NotEmpty": {
            "AlarmDescription": (
                "The dead-letter queue holds letters: read one, and mend the cause. Amazon SQS cannot redrive it."
            ),
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Failed/Queue", "QueueName"]}}],
            "EvaluationPeriods": 1,
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Namespace": "AWS/SQS",
            "Period": 300,
            "Statistic": "Maximum",
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
        },
        "Failed/Queue": {"MessageRetentionPeriod": 1209600, "SqsManagedSseEnabled": True},
    }
