from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.building_blocks.availability_zones import zones
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.network.peering_proxy import PeeringProxy, ProxyDestination

LEDGER = ProxyDestination(host="ledger.billing.internal", ports=[443])


class PeeringProxyStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.vpcs = {
            name: TieredVpc(self, name, cidr=cidr, availability_zones=zones(None, 2), tiers={"Workload": 27})
            for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24"))
        }
        self.proxy = PeeringProxy(
            self,
            "Proxy",
            **{
                "client_vpcs": [self.vpcs["Orders"].vpc],
                "target_vpcs": [self.vpcs["Billing"].vpc],
                "destinations": [LEDGER],
                **options,
            },
        )
        for vpc in self.vpcs.values():
            self.proxy.logs.log_flows(vpc)
        CfnOutput(self, "Url", value=self.proxy.url)
