"""The peerings of a Region's hub with those of the other Regions, each with every other one."""

from aws_cdk import Environment, Stack
from constructs import Construct

from examples.company_network.hub import Hub
from examples.company_network.regions import CompanyRegion
from patterns.network.hub.gateway_peering import GatewayPeering


class Peering(Stack):
    """The side of one Region: it asks the Regions after it for a peering, and takes those of the Regions before it.

    Args:
        region: The Region.
        hub: Its hub.
        before: The sides of the Regions before it.
        after: The Regions after it, with their hubs.

    Attributes:
        company_region (CompanyRegion): The Region.
        peerings (dict[str, GatewayPeering]): Those that it asks for, by the name of the other Region.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        region: CompanyRegion,
        hub: Hub,
        before: list["Peering"],
        after: list[tuple[CompanyRegion, Hub]],
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.company_region = region
        self.peerings: dict[str, GatewayPeering] = {}
        for other, other_hub in after:
            peering = GatewayPeering(
                self, f"To{other.name}", gateway=hub.hub.transit_gateway, peer=other_hub.hub.transit_gateway
            )
            self.peerings[other.name] = peering
            hub.hub.add_peer(self, peering, networks=_there(other))
        for side in before:
            hub.hub.add_peer(self, side.peerings[region.name], networks=_there(side.company_region))


def _there(region: CompanyRegion) -> list[str]:
    """What is reached in a Region: its VPCs, and its site."""
    return [region.network, *(region.site.prefixes if region.site else ())]
