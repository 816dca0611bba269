from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.events.buffered_fan_out import BufferedFanOut, Consumer


class BufferedFanOutStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        images = Consumer(name="Images", suffixes=[".jpg", ".png"])
        options.setdefault("consumers", [images, Consumer(name="All")])
        self.buffered_fan_out = BufferedFanOut(self, "BufferedFanOut", **options)
        CfnOutput(self, "Bucket", value=self.buffered_fan_out.bucket.bucket_name)
        CfnOutput(self, "Topic", value=self.buffered_fan_out.topic.topic_arn)
        for name, queue in self.buffered_fan_out.queues.items():
            CfnOutput(self, f"{name}Queue", value=queue.queue_url)
            CfnOutput(self, f"{name}DeadLetters", value=self.buffered_fan_out.dead_letters[name].queue_url)
