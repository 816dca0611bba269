"""What BufferedFanOut promises of its template."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from patternkit.testing.synthesis import synthesize
from patterns.events.buffered_fan_out import BufferedFanOut, Consumer
from tests.conftest import context

TWO = [
    Consumer(name="One"),
    Consumer(
        name="Two",
        suffixes=[".jpg"],
        timeout=cdk.Duration.seconds(10),
        batch_size=500,
        batching_window=cdk.Duration.seconds(20),
        max_concurrency=2,
        max_receive_count=3,
        retention=cdk.Duration.days(14),
    ),
]


def test_each_consumer_has_a_queue_and_dead_letters_of_its_own(scope: cdk.Stack) -> None:
    made = BufferedFanOut(scope, "FanOut", consumers=TWO)
    template = Template.from_stack(scope)
    for name, hidden, attempts, days in (("One", 180, 5, 4), ("Two", 80, 3, 14)):
        dead = scope.resolve(made.dead_letters[name].queue_arn)
        queue = scope.resolve(made.queues[name].queue_arn)
        template.has_resource_properties(
            "AWS::SQS::Queue",
            {
                "VisibilityTimeout": hidden,
                "RedrivePolicy": {"deadLetterTargetArn": dead, "maxReceiveCount": attempts},
                "MessageRetentionPeriod": days * 86400,
                "KmsMasterKeyId": scope.resolve(made.encryption_key.key_arn),
            },
        )
        template.has_resource_properties(
            "AWS::SNS::Subscription",
            {
                "Endpoint": queue,
                "Protocol": "sqs",
                "RawMessageDelivery": True,
                "RedrivePolicy": {"deadLetterTargetArn": dead},
            },
        )


def test_batches_concurrency_and_partial_failures_are_as_asked(scope: cdk.Stack) -> None:
    BufferedFanOut(scope, "FanOut", consumers=TWO)
    template = Template.from_stack(scope)
    for size, window, concurrency in ((10, Match.absent(), 10), (500, 20, 2)):
        template.has_resource_properties(
            "AWS::Lambda::EventSourceMapping",
            {
                "BatchSize": size,
                "MaximumBatchingWindowInSeconds": window,
                "ScalingConfig": {"MaximumConcurrency": concurrency},
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        )


def test_only_this_topic_may_send_to_the_queues_and_only_over_tls(scope: cdk.Stack) -> None:
    made = BufferedFanOut(scope, "FanOut", consumers=TWO)
    topic = scope.resolve(made.topic.topic_arn)
    policies = Template.from_stack(scope).find_resources("AWS::SQS::QueuePolicy").values()
    assert len(policies) == 4
    for policy in policies:
        statements = policy["Properties"]["PolicyDocument"]["Statement"]
        assert [one["Condition"] for one in statements if one["Effect"] == "Deny"] == [
            {"Bool": {"aws:SecureTransport": "false"}}
        ]
        allowed = [one for one in statements if one["Effect"] == "Allow"]
        assert [(one["Principal"], one["Action"], one["Condition"]) for one in allowed] == [
            ({"Service": "sns.amazonaws.com"}, "sqs:SendMessage", {"ArnEquals": {"aws:SourceArn": topic}})
        ]


def test_a_consumer_may_work_off_its_queue_and_nothing_else(scope: cdk.Stack) -> None:
    made = BufferedFanOut(scope, "FanOut", consumers=TWO)
    (function,) = (made.functions[name] for name in ["One"])
    assert function.role is not None
    found = Template.from_stack(scope).find_resources(
        "AWS::IAM::Policy", {"Properties": {"Roles": [scope.resolve(function.role.role_name)]}}
    )
    (policy,) = found.values()
    queue, key = scope.resolve(made.queues["One"].queue_arn), scope.resolve(made.encryption_key.key_arn)
    allowed: list[dict[str, Any]] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert [one["Action"] for one in allowed if one["Resource"] == queue] == [
        ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    ]
    assert [one["Action"] for one in allowed if one["Resource"] == key] == ["kms:Decrypt"]
    assert not [one for one in allowed if one["Resource"] == "*" and "xray:PutTraceSegments" not in one["Action"]]


def test_what_exists_is_used_and_nothing_is_made_in_its_place(scope: cdk.Stack) -> None:
    function = lambda_.Function(
        scope,
        "Ready",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        timeout=cdk.Duration.seconds(7),
    )
    made = BufferedFanOut(
        scope,
        "FanOut",
        bucket=s3.Bucket(scope, "Bucket"),
        topic=sns.Topic(scope, "Topic"),
        encryption_key=cdk.aws_kms.Key(scope, "Key"),
        consumers=[Consumer(name="Mine", function=function)],
    )
    template = Template.from_stack(scope)
    for kind in ("AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::KMS::Key"):
        template.resource_count_is(kind, 1)
    template.has_resource_properties("AWS::SQS::Queue", {"VisibilityTimeout": 42})
    assert made.functions["Mine"] is function


def test_a_function_of_ones_own_code_leaves_no_finding() -> None:
    class Own(cdk.Stack):
        def __init__(self, app: cdk.App) -> None:
            super().__init__(app, "Own")
            code = lambda_.Code.from_inline("def handler(event, context): pass")
            BufferedFanOut(self, "FanOut", consumers=[Consumer(name="Own", code=code, handler="index.handler")])

    assert synthesize(Own, context=context(), packs=["AwsSolutions", "Serverless"]).findings == ()
