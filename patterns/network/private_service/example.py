from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.network.private_service import PrivateService, PrivateServiceConsumer


class PrivateServiceStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.prices = PrivateService(self, "Prices", **{"targets": ["10.0.0.10", "10.0.0.74"], **options})
        # Its range is the service's own: nothing is routed between the two.
        self.shop = PrivateServiceConsumer(self, "Shop", service_name=self.prices.service_name)
        CfnOutput(self, "Service", value=self.prices.service_name)
