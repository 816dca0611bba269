from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.api.private_api import PrivateApi


class PrivateApiStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.private_api = PrivateApi(self, "PrivateApi", **options)
        CfnOutput(self, "Url", value=self.private_api.url)
