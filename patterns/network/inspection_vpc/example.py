from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import InspectionVpc

RULES = """\
pass tcp $HOME_NET any -> $HOME_NET 443 (msg:"HTTPS between spokes"; flow:to_server; sid:1; rev:1;)
"""


class InspectionVpcStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        if "policy" not in options:
            options = {"allowed_domains": [".amazonaws.com"], "suricata_rules": RULES, **options}
        self.hub = InspectionVpc(self, "Hub", **options)
        self.spokes = {
            name: AttachmentVpc(
                self, name, cidr=cidr, availability_zones=self.hub.availability_zones, tiers={"Workload": 27}
            )
            for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24"))
        }
        for spoke in self.spokes.values():
            self.hub.logs.log_flows(spoke)
            self.hub.add_spoke(spoke.vpc)
        CfnOutput(self, "TransitGateway", value=self.hub.transit_gateway.gateway_id)
