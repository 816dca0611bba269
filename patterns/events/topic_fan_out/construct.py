"""A bucket's new objects, announced by a topic to any number of functions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from annotated_types import Len
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.events.announcements.fan_out import FanOut
from patterns.events.announcements.object_filter import object_filter
from patterns.events.topic_fan_out.subscriber import Subscriber, check_subscribers

EXAMPLE = Path(__file__).parent / "handler"


class TopicFanOut(FanOut):
    """Tell any number of functions of each new object in a bucket, at once and independently of each other.

    Each function has its own filter, retries and dead letters. One that fails or is throttled holds up no other. An
    event is given up after six hours at the most; where consumers may be slower than that, take BufferedFanOut.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        subscribers: The functions, each with its name and filter.
        bucket: Where objects arrive. Default: a new bucket. An existing one gets a notification by way of CDK's custom
            resource, a function of its own that CDK adds to the stack.
        topic: What announces them. Default: a new topic. An imported one must let S3 publish to it, and so must its
            key if it has one.
        encryption_key: The key that encrypts everything that is made here. Default: a new key. An imported one must let
            S3 and SNS use it.
        access_logs_bucket: Where the server access logs of a new bucket go. Default: a new bucket.
        log_retention: How long the functions' logs are kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        bucket (s3.IBucket): Where objects arrive.
        topic (sns.ITopic): What announces them.
        encryption_key (kms.IKey): The key that encrypts what was made here.
        functions (dict[str, lambda_.IFunction]): The functions by the subscribers' names.
        dead_letters (dict[str, sqs.Queue]): What could not be delivered to each, or failed for good, by the same names.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If a subscriber is malformed, or there is none.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-lambda-as-subscriber.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        subscribers: Annotated[Sequence[Subscriber], Len(1)],
        bucket: s3.IBucket | None = None,
        topic: sns.ITopic | None = None,
        encryption_key: kms.IKey | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_subscribers(subscribers)
        super().__init__(
            scope,
            construct_id,
            bucket=bucket,
            topic=topic,
            access_logs_bucket=access_logs_bucket,
            settings=Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention),
        )
        for one in subscribers:
            self._subscribe(Construct(self, one.name), one)

    def _subscribe(self, scope: Construct, one: Subscriber) -> None:
        failed = self._dead_letters(
            scope, one.name, f"announcements that {one.name} was not given, or failed over for good"
        )
        if one.function is not None:
            function = one.function
            self._errors_alarm(scope, one.name, function)
        else:
            function = self._make(scope, one, failed)
        self.functions[one.name] = function
        lambda_.CfnPermission(
            scope,
            "TopicMayInvoke",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="sns.amazonaws.com",
            source_arn=self.topic.topic_arn,
        )
        sns.Subscription(
            scope,
            "Subscription",
            topic=self.topic,
            protocol=sns.SubscriptionProtocol.LAMBDA,
            endpoint=function.function_arn,
            filter_policy_with_message_body=object_filter(one.prefixes, one.suffixes),
            dead_letter_queue=failed.queue,
        )

    def _make(self, scope: Construct, one: Subscriber, failed: DeadLetterQueue) -> lambda_.Function:
        architecture = lambda_.Architecture.ARM_64
        made = LambdaFunction(
            scope,
            "Work",
            description=f"{one.name}: is told of each new object",
            code=one.code or python_code(self, EXAMPLE, runtime=PYTHON, architecture=architecture),
            handler=one.handler or "topic_handler.index.handler",
            runtime=one.runtime,
            architecture=architecture,
            memory=one.memory,
            timeout=one.timeout,
            environment=one.environment,
            settings=self._settings,
            dead_letters=failed,
            retry_attempts=one.retry_attempts,
            max_event_age=one.max_event_age,
            reserved_concurrency=one.reserved_concurrency,
        )
        self.alarms += made.alarms
        return made.function
