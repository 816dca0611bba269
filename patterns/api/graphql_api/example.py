from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.api.graphql_api import GraphqlApi


class GraphqlApiStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.graphql_api = GraphqlApi(self, "GraphqlApi", **options)
        CfnOutput(self, "Url", value=self.graphql_api.url)
        CfnOutput(self, "UserPool", value=self.graphql_api.user_pool.user_pool_id)
