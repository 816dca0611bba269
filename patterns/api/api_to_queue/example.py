from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.api.api_to_queue import ApiToQueue


class ApiToQueueStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.api_to_queue = ApiToQueue(self, "ApiToQueue", **options)
        CfnOutput(self, "Url", value=self.api_to_queue.url)
        CfnOutput(self, "Queue", value=self.api_to_queue.queue.queue_url)
