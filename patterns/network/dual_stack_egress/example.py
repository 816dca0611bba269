from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.network.dual_stack_egress import DualStackEgress


class DualStackEgressStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.network = DualStackEgress(
            self, "Crawler", **{"interface_endpoints": ["ssm"], "block_public_access": True, **options}
        )
        CfnOutput(self, "Vpc", value=self.network.vpc.vpc_id)
