from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.network.direct_connect import Circuit, CustomerSite, DirectConnect
from patterns.network.hub.attachment_vpc import AttachmentVpc

HEADQUARTERS = CustomerSite(name="Headquarters", addresses=["198.51.100.1"], asn=65010, prefixes=["192.168.0.0/20"])
CIRCUITS = [Circuit(name="Frankfurt", location="EqFA5", vlan=101), Circuit(name="Munich", location="EMMU1", vlan=102)]


class DirectConnectStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.network = DirectConnect(self, "Office", **{"site": HEADQUARTERS, "circuits": CIRCUITS, **options})
        self.spokes = {
            name: AttachmentVpc(
                self, name, cidr=cidr, availability_zones=self.network.availability_zones, tiers={"Workload": 27}
            )
            for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24"))
        }
        for spoke in self.spokes.values():
            self.network.logs.log_flows(spoke)
            self.network.add_spoke(spoke.vpc)
        CfnOutput(self, "DirectConnectGateway", value=self.network.gateway.attr_direct_connect_gateway_id)
