from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.network.many_sites_vpn import CustomerSite, ManySitesVpn

SITES = [
    CustomerSite(name="Berlin", addresses=["198.51.100.1"], asn=65010, prefixes=["192.168.0.0/24"]),
    CustomerSite(name="Rome", addresses=["198.51.100.2"], asn=65020, prefixes=["192.168.1.0/24"]),
]


class ManySitesVpnStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.network = ManySitesVpn(self, "Network", **{"sites": SITES, **options})
        CfnOutput(self, "Vpc", value=self.network.vpc.vpc_id)
