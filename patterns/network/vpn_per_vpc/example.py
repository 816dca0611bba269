from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.network.vpn_per_vpc import CustomerSite, VpnPerVpc

BERLIN = CustomerSite(name="Berlin", addresses=["198.51.100.1"], asn=65010, prefixes=["192.168.0.0/24"])


class VpnPerVpcStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.network = VpnPerVpc(self, "Office", **{"site": BERLIN, **options})
        configuration = self.network.store_configuration()
        CfnOutput(self, "Configuration", value=configuration.parameter_name)
