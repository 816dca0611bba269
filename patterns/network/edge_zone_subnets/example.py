from typing import Any

from aws_cdk import CfnOutput, Environment, Fn, Stack, Token
from constructs import Construct

from patterns.network.edge_zone_subnets import EdgeZoneSubnets, LocalZone, OutpostSubnet, WavelengthZone


class EdgeZoneSubnetsStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        # Zones as they are called in us-west-2; put in those that your Region has.
        region = "us-west-2" if Token.is_unresolved(self.region) else self.region
        given = {
            "local_zones": [
                LocalZone(name="LosAngeles", zone=f"{region}-lax-1a", cidr="10.0.16.0/24", addresses=1),
                LocalZone(name="LosAngelesData", zone=f"{region}-lax-1b", cidr="10.0.17.0/24", internet=False),
            ],
            "wavelength_zones": [
                WavelengthZone(name="Carrier", zone=f"{region}-wl1-las-wlz-1", cidr="10.0.32.0/24", addresses=1)
            ],
            "outposts": [
                OutpostSubnet(
                    name="Plant",
                    outpost_arn=f"arn:aws:outposts:{region}:111122223333:outpost/op-0123456789abcdef0",
                    zone=f"{region}a",
                    cidr="10.0.48.0/24",
                    local_gateway_id="lgw-0123456789abcdef0",
                    local_gateway_route_table_id="lgw-rtb-0123456789abcdef0",
                    destinations=["192.168.0.0/16"],
                )
            ],
        }
        self.edge = EdgeZoneSubnets(self, "Edge", **{**given, **options})
        CfnOutput(self, "OptIn", value=Fn.join(",", self.edge.zone_groups))
