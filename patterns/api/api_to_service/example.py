from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.api.api_to_service import ApiToService


class ApiToServiceStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.api_to_service = ApiToService(self, "ApiToService", **options)
        CfnOutput(self, "Url", value=self.api_to_service.url)
        if self.api_to_service.event_bus is not None:
            CfnOutput(self, "EventBus", value=self.api_to_service.event_bus.event_bus_name)
