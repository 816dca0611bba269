"""An event bus of the API's own."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.dead_letter_queue import DeadLetterQueue


class EventBus(Construct):
    """A bus whose events, where its key cannot be used to deliver them, are kept as dead letters.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        encryption_key: The key that encrypts it. Default: a key that AWS owns.
        alarm_topic: Who is told. Default: nobody; the alarm only changes state.

    Attributes:
        event_bus (events.EventBus): The bus.
        dead_letters (sqs.Queue): What could not be delivered.
        alarm (cloudwatch.Alarm): Goes off when it holds anything.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, encryption_key: kms.IKey | None, alarm_topic: sns.ITopic | None
    ) -> None:
        super().__init__(scope, construct_id)
        failed = DeadLetterQueue(
            self,
            "DeadLetters",
            holds="events that could not be decrypted",
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
        self.event_bus = events.EventBus(
            self,
            "Bus",
            description=f"What is sent to the API {scope.node.path}",
            kms_key=encryption_key,
            dead_letter_queue=failed.queue,
        )
        self.dead_letters: sqs.Queue = failed.queue
        self.alarm: cloudwatch.Alarm = failed.alarm
        service = iam.ServicePrincipal("events.amazonaws.com")
        conditions = {
            "ArnEquals": {"aws:SourceArn": self.event_bus.event_bus_arn},
            "StringEquals": {"aws:SourceAccount": self.event_bus.env.account},
        }
        failed.queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service],
                actions=["sqs:SendMessage"],
                resources=[failed.queue.queue_arn],
                conditions=conditions,
            )
        )
        if encryption_key is not None:
            # What the CDK adds to the key's policy is for the bus alone, not for the queue behind it. A condition on
            # the bus's ARN would make key and bus wait for each other.
            encryption_key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="DeadLettersOfEvents",
                    principals=[service],
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=["*"],
                    conditions={"StringEquals": {"aws:SourceAccount": self.event_bus.env.account}},
                )
            )
