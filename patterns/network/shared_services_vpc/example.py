from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.shared_services_vpc import SharedServicesVpc


class SharedServicesVpcStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.hub = SharedServicesVpc(self, "Hub", **options)
        for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24")):
            zones = self.hub.availability_zones
            spoke = AttachmentVpc(self, name, cidr=cidr, availability_zones=zones, tiers={"Workload": 27})
            self.hub.logs.log_flows(spoke)
            self.hub.add_spoke(spoke.vpc)
        CfnOutput(self, "Vpc", value=self.hub.vpc.vpc_id)
