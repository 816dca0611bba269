from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.api.websocket_api import WebSocketApi


class WebSocketApiStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.websocket_api = WebSocketApi(self, "WebSocketApi", **options)
        CfnOutput(self, "Url", value=self.websocket_api.url)
        CfnOutput(self, "PushQueue", value=self.websocket_api.push_queue.queue_url)
