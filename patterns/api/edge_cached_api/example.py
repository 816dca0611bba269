from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.api.edge_cached_api import EdgeCachedApi


class EdgeCachedApiStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.edge_cached_api = EdgeCachedApi(self, "EdgeCachedApi", **options)
        CfnOutput(self, "Url", value=self.edge_cached_api.url)
