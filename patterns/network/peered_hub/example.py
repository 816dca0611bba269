from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.building_blocks.availability_zones import zones
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.peered_hub import PeeredHub


class PeeredHubStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.hub = PeeredHub(self, "Hub", **options)
        self.spokes = {
            name: AttachmentVpc(self, name, cidr=cidr, availability_zones=zones(None, 2), tiers={"Workload": 27})
            for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24"))
        }
        for spoke in self.spokes.values():
            self.hub.logs.log_flows(spoke)
            self.hub.add_spoke(spoke.vpc)
        CfnOutput(self, "Vpc", value=self.hub.vpc.vpc_id)
