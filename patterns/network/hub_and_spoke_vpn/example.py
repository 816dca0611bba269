from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub_and_spoke_vpn import CustomerSite, HubAndSpokeVpn

HEADQUARTERS = CustomerSite(
    name="Headquarters", addresses=["198.51.100.1", "198.51.100.2"], asn=65010, prefixes=["192.168.0.0/20"]
)


class HubAndSpokeVpnStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.hub = HubAndSpokeVpn(self, "Hub", **{"sites": [HEADQUARTERS], **options})
        self.spokes = {
            name: AttachmentVpc(
                self, name, cidr=cidr, availability_zones=self.hub.availability_zones, tiers={"Workload": 27}
            )
            for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24"), ("Mail", "10.3.0.0/24"))
        }
        for name, spoke in self.spokes.items():
            self.hub.logs.log_flows(spoke)
            self.hub.add_spoke(spoke.vpc, group=None if name == "Mail" else "Shop")
        CfnOutput(self, "TransitGateway", value=self.hub.transit_gateway.gateway_id)
