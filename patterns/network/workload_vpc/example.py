from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.network.workload_vpc import WorkloadVpc


class WorkloadVpcStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.workload = WorkloadVpc(self, "Shop", **{"interface_endpoints": ["ssm"], **options})
        CfnOutput(self, "Vpc", value=self.workload.vpc.vpc_id)
        CfnOutput(self, "Workgroup", value=self.workload.flow_archive.workgroup.name)
