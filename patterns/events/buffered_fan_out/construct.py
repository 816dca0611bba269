"""A bucket's new objects, announced by a topic, waiting in a queue for each consumer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from annotated_types import Len
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.queue_consumer import poll
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.events.announcements.fan_out import FanOut
from patterns.events.announcements.object_filter import object_filter
from patterns.events.buffered_fan_out.consumer import DEFAULT_TIMEOUT, Consumer, check_consumers

EXAMPLE = Path(__file__).parent / "handler"


class BufferedFanOut(FanOut):
    """Queue each new object in a bucket for any number of functions, each of which works at its own pace.

    Each function has its own queue, batches, concurrency, retries and dead letters. What arrives while a function fails
    or is busy waits for up to two weeks, and messages that fail do not take their batch with them.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        consumers: The functions, each with its name, filter and pace.
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
        functions (dict[str, lambda_.IFunction]): The functions by the consumers' names.
        queues (dict[str, sqs.Queue]): Where each one's messages wait, by the same names.
        dead_letters (dict[str, sqs.Queue]): What could not be delivered to each, or failed too often, likewise.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If a consumer is malformed, or there is none.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        consumers: Annotated[Sequence[Consumer], Len(1)],
        bucket: s3.IBucket | None = None,
        topic: sns.ITopic | None = None,
        encryption_key: kms.IKey | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_consumers(consumers)
        for one in consumers:
            check_here(scope, **{f"consumers[{one.name}]: function": one.function})
        super().__init__(
            scope,
            construct_id,
            bucket=bucket,
            topic=topic,
            access_logs_bucket=access_logs_bucket,
            settings=Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention),
        )
        self.queues: dict[str, sqs.Queue] = {}
        for one in consumers:
            part = Construct(self, one.name)
            self.queues[one.name] = self._queue(part, one)
            self._subscribe(part, one)
            self.functions[one.name] = self._function(part, one)
            poll(part, self.queues[one.name], self.functions[one.name], one.polling, self.encryption_key)

    def _queue(self, scope: Construct, one: Consumer) -> sqs.Queue:
        failed = self._dead_letters(
            scope,
            one.name,
            f"announcements that did not reach the queue of {one.name}, or failed there too often",
            redrives=True,
        )
        queue = sqs.Queue(
            scope,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.encryption_key,
            enforce_ssl=True,
            retention_period=one.retention or Duration.days(4),
            visibility_timeout=one.hidden_for(),
            dead_letter_queue=sqs.DeadLetterQueue(queue=failed.queue, max_receive_count=one.max_receive_count),
            removal_policy=RemovalPolicy.RETAIN,
        )
        oldest = one.oldest_message_alarm_after or Duration.hours(1)
        self.alarms.append(
            self._settings.alarm(
                scope,
                "OldestMessage",
                metric=queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=FIVE_MINUTES),
                description=f"A message for {one.name} has waited for {oldest.to_human_string()}: raise its "
                "max_concurrency, or look why it fails.",
                threshold=oldest.to_seconds(),
            )
        )
        return queue

    def _subscribe(self, scope: Construct, one: Consumer) -> None:
        queue = self.queues[one.name]
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="TopicDelivers",
                principals=[iam.ServicePrincipal("sns.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": self.topic.topic_arn}},
            )
        )
        # Not the L2's SqsSubscription: it would name the topic in the policy of the key that the topic waits for.
        sns.Subscription(
            scope,
            "Subscription",
            topic=self.topic,
            protocol=sns.SubscriptionProtocol.SQS,
            endpoint=queue.queue_arn,
            # Without SNS's envelope a dead letter is the same message wherever it failed, and redrives as it is.
            raw_message_delivery=True,
            filter_policy_with_message_body=object_filter(one.prefixes, one.suffixes),
            dead_letter_queue=self.dead_letters[one.name],
        )

    def _function(self, scope: Construct, one: Consumer) -> lambda_.IFunction:
        if one.function is not None:
            self._errors_alarm(scope, one.name, one.function)
            return one.function
        architecture = lambda_.Architecture.ARM_64
        made = LambdaFunction(
            scope,
            "Work",
            description=f"{one.name}: works off a queue of new objects",
            code=one.code or python_code(self, EXAMPLE, runtime=PYTHON, architecture=architecture),
            handler=one.handler or "queue_handler.index.handler",
            runtime=one.runtime,
            architecture=architecture,
            memory=one.memory,
            timeout=one.timeout or DEFAULT_TIMEOUT,
            environment=one.environment,
            settings=self._settings,
        )
        made.acknowledge_no_dead_letter_configuration(
            "The function is only invoked with messages of its queue, and what fails goes to the queue's "
            "own dead letters."
        )
        self.alarms += made.alarms
        return made.function
