"""Amazon SQS queues for what could not be delivered or processed."""

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.encryption_key import key_statement
from patterns.building_blocks.settings import Settings


class DeadLetterQueue(Construct):
    """A queue that keeps what failed for 14 days, and an alarm that goes off as soon as it holds anything.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        holds: What lands here, for the alarm's description: "images that could not be processed".
        settings: Who is told, and which key encrypts it. Default: nobody, and a key that SQS owns.
        fifo: Whether what fails comes from a FIFO queue, whose dead letters must be FIFO too. Default: no.
        redrives: Whether it is the dead-letter queue of another queue, to which Amazon SQS moves messages back.
            Default: no; what functions, rules and topics send here is not moved back.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        holds: str,
        settings: Settings | None = None,
        fifo: bool = False,
        redrives: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        settings = settings or Settings()
        encryption_key = settings.encryption_key
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS if encryption_key else sqs.QueueEncryption.SQS_MANAGED,
            encryption_master_key=encryption_key,
            enforce_ssl=True,
            # None, not False: CloudFormation refuses FifoQueue=false.
            fifo=fifo or None,
            retention_period=Duration.days(14),
            removal_policy=RemovalPolicy.RETAIN,
        )
        Validations.of(self.queue).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-SQS3",
                reason="This queue is itself where failures end; an alarm goes off when it holds anything.",
            ),
            Acknowledgment(
                id="Serverless::Serverless-SQSRedrivePolicy",
                reason="This queue is itself where failures end; an alarm goes off when it holds anything.",
            ),
        )
        then = "mend the cause, then redrive" if redrives else "and mend the cause. Amazon SQS cannot redrive it"
        self.alarm: cloudwatch.Alarm = settings.alarm(
            self,
            "NotEmpty",
            metric=self.queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=FIVE_MINUTES),
            description=f"The dead-letter queue holds {holds}: read one, {then}.",
        )

    def send_statements(self) -> list[iam.PolicyStatement]:
        """Say what a role needs to send here: the queue, and its customer key if it has one.

        Returns:
            The statements.
        """
        statements = [iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.queue.queue_arn])]
        if self.queue.encryption_master_key is not None:
            statements.append(key_statement(self.queue.encryption_master_key, "kms:Decrypt", "kms:GenerateDataKey"))
        return statements
