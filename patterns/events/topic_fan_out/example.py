from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.events.topic_fan_out import Subscriber, TopicFanOut


class TopicFanOutStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        options.setdefault(
            "subscribers", [Subscriber(name="Images", suffixes=[".jpg", ".png"]), Subscriber(name="All")]
        )
        self.topic_fan_out = TopicFanOut(self, "TopicFanOut", **options)
        CfnOutput(self, "Bucket", value=self.topic_fan_out.bucket.bucket_name)
        CfnOutput(self, "Topic", value=self.topic_fan_out.topic.topic_arn)
        for name, queue in self.topic_fan_out.dead_letters.items():
            CfnOutput(self, f"{name}DeadLetters", value=queue.queue_url)
