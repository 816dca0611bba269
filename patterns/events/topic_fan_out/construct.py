"""A bucket's new objects, announced by a topic to any number of functions."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, alarm
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.events.announcements.announcements import Announcements
from patterns.events.announcements.object_filter import object_filter
from patterns.events.topic_fan_out.subscriber import Subscriber, check_subscribers


class TopicFanOut(Construct):
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

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        subscribers: Sequence[Subscriber],
        bucket: s3.IBucket | None = None,
        topic: sns.ITopic | None = None,
        encryption_key: kms.IKey | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_subscribers(subscribers)
        super().__init__(scope, construct_id)
        self._announcements = Announcements(
            self,
            "Announcements",
            bucket=bucket,
            topic=topic,
            encryption_key=encryption_key,
            access_logs_bucket=access_logs_bucket,
            alarm_topic=alarm_topic,
        )
        self.bucket, self.topic = self._announcements.bucket, self._announcements.topic
        self.encryption_key = self._announcements.encryption_key
        self.alarms: list[cloudwatch.Alarm] = list(self._announcements.alarms)
        self.functions: dict[str, lambda_.IFunction] = {}
        self.dead_letters: dict[str, sqs.Queue] = {}
        for one in subscribers:
            self._subscribe(one, log_retention, alarm_topic)

    def grant_upload(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone put objects into the bucket.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return self._announcements.grant_upload(grantee)

    def _subscribe(self, one: Subscriber, log_retention: logs.RetentionDays, alarm_topic: sns.ITopic | None) -> None:
        scope = Construct(self, one.name)
        failed = DeadLetterQueue(
            scope,
            "DeadLetters",
            holds=f"announcements that {one.name} was not given, or failed over for good",
            encryption_key=self.encryption_key,
            alarm_topic=alarm_topic,
        )
        if one.function is not None:
            function = one.function
            alarms = [
                alarm(
                    scope,
                    "Errors",
                    metric=function.metric_errors(statistic="Sum", period=FIVE_MINUTES),
                    description=f"{one.name} raised an error or timed out: read its log.",
                    topic=alarm_topic,
                )
            ]
        else:
            made = self._make(scope, one, failed, log_retention, alarm_topic)
            function, alarms = made.function, made.alarms
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
        self.functions[one.name] = function
        self.dead_letters[one.name] = failed.queue
        self.alarms += [failed.alarm, *alarms]

    def _make(
        self,
        scope: Construct,
        one: Subscriber,
        failed: DeadLetterQueue,
        log_retention: logs.RetentionDays,
        alarm_topic: sns.ITopic | None,
    ) -> LambdaFunction:
        architecture = lambda_.Architecture.ARM_64
        example = Path(__file__).parent / "handler"
        return LambdaFunction(
            scope,
            "Work",
            description=f"{one.name}: is told of each new object",
            code=one.code or python_code(self, example, runtime=PYTHON, architecture=architecture),
            handler=one.handler or "topic_handler.index.handler",
            runtime=one.runtime,
            architecture=architecture,
            memory=one.memory,
            timeout=one.timeout,
            environment=one.environment,
            encryption_key=self.encryption_key,
            dead_letters=failed,
            retry_attempts=one.retry_attempts,
            max_event_age=one.max_event_age,
            log_retention=log_retention,
            reserved_concurrency=one.reserved_concurrency,
            alarm_topic=alarm_topic,
        )
