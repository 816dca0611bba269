"""What all stacks share: the key that encrypts, and the topic that tells of failures."""

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.encryption_key import EncryptionKey


class Operations(Stack):
    """The key of everything that holds messages, and the topic of all alarms.

    Attributes:
        encryption_key (EncryptionKey): The key.
        alarm_topic (sns.Topic): The topic. Subscribe whoever is on call.
    """

    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None) -> None:
        super().__init__(scope, construct_id, env=env)
        self.encryption_key = EncryptionKey(self, "Key", description="Encrypts messages, queues, logs and dead letters")
        self.alarm_topic = sns.Topic(self, "Alarms", master_key=self.encryption_key, enforce_ssl=True)
        CfnOutput(self, "AlarmTopic", value=self.alarm_topic.topic_arn)
