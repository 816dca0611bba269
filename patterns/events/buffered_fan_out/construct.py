"""A bucket's new objects, announced by a topic, waiting in a queue for each consumer."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Validations
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
from patterns.building_blocks.queue_consumer import let_consume
from patterns.events.announcements.announcements import Announcements
from patterns.events.announcements.object_filter import object_filter
from patterns.events.buffered_fan_out.consumer import DEFAULT_TIMEOUT, Consumer, check_consumers


class BufferedFanOut(Construct):
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

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        consumers: Sequence[Consumer],
        bucket: s3.IBucket | None = None,
        topic: sns.ITopic | None = None,
        encryption_key: kms.IKey | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_consumers(consumers)
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
        self._log_retention, self._alarm_topic = log_retention, alarm_topic
        self.alarms: list[cloudwatch.Alarm] = list(self._announcements.alarms)
        self.functions: dict[str, lambda_.IFunction] = {}
        self.queues: dict[str, sqs.Queue] = {}
        self.dead_letters: dict[str, sqs.Queue] = {}
        for one in consumers:
            part = Construct(self, one.name)
            self._subscribe(part, one)
            self._consume(part, one)

    def grant_upload(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone put objects into the bucket.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return self._announcements.grant_upload(grantee)

    def _subscribe(self, scope: Construct, one: Consumer) -> None:
        failed = DeadLetterQueue(
            scope,
            "DeadLetters",
            holds=f"announcements that did not reach the queue of {one.name}, or failed there too often",
            encryption_key=self.encryption_key,
            alarm_topic=self._alarm_topic,
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
            dead_letter_queue=failed.queue,
        )
        oldest = one.oldest_message_alarm_after or Duration.hours(1)
        self.alarms += [
            failed.alarm,
            alarm(
                scope,
                "OldestMessage",
                metric=queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=FIVE_MINUTES),
                description=f"A message for {one.name} has waited for {oldest.to_human_string()}: raise its "
                "max_concurrency, or look why it fails.",
                threshold=oldest.to_seconds(),
                topic=self._alarm_topic,
            ),
        ]
        self.queues[one.name], self.dead_letters[one.name] = queue, failed.queue

    def _consume(self, scope: Construct, one: Consumer) -> None:
        queue, function = self.queues[one.name], self._function(scope, one)
        may_read = let_consume(scope, function, queue, self.encryption_key)
        mapping = lambda_.EventSourceMapping(
            scope,
            "Deliveries",
            target=function,
            event_source_arn=queue.queue_arn,
            batch_size=one.batch_size,
            max_batching_window=one.batching_window,
            max_concurrency=one.max_concurrency,
            report_batch_item_failures=True,
        )
        mapping.node.add_dependency(may_read)
        Validations.of(mapping).acknowledge(
            Acknowledgment(
                id="Serverless::Serverless-LambdaEventSourceMappingDestination",
                reason="A mapping of an SQS queue cannot have a destination: what fails goes to the queue's own dead "
                "letters.",
            )
        )
        self.functions[one.name] = function

    def _function(self, scope: Construct, one: Consumer) -> lambda_.IFunction:
        if one.function is not None:
            self.alarms.append(
                alarm(
                    scope,
                    "Errors",
                    metric=one.function.metric_errors(statistic="Sum", period=FIVE_MINUTES),
                    description=f"{one.name} raised an error or timed out: read its log.",
                    topic=self._alarm_topic,
                )
            )
            return one.function
        architecture = lambda_.Architecture.ARM_64
        example = Path(__file__).parent / "handler"
        made = LambdaFunction(
            scope,
            "Work",
            description=f"{one.name}: works off a queue of new objects",
            code=one.code or python_code(self, example, runtime=PYTHON, architecture=architecture),
            handler=one.handler or "queue_handler.index.handler",
            runtime=one.runtime,
            architecture=architecture,
            memory=one.memory,
            timeout=one.timeout or DEFAULT_TIMEOUT,
            environment=one.environment,
            encryption_key=self.encryption_key,
            log_retention=self._log_retention,
            alarm_topic=self._alarm_topic,
        )
        Validations.of(made.function).acknowledge(
            Acknowledgment(
                id="Serverless::Serverless-LambdaDLQ",
                reason="The function is only invoked with messages of its queue, and what fails goes to the queue's "
                "own dead letters.",
            )
        )
        self.alarms += made.alarms
        return made.function
