from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.api.function_api import FunctionApi


class FunctionApiStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.function_api = FunctionApi(self, "FunctionApi", **options)
        CfnOutput(self, "Url", value=self.function_api.url)
