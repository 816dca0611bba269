"""VPCs that stand on a transit gateway by dedicated subnets, with a route table for each subnet."""

from collections.abc import Iterable, Mapping, Sequence

from constructs import Construct, IDependable

from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.tiered_vpc import PUBLIC, SubnetPrefix, TieredVpc, ZonalSubnet

__all__ = ["ATTACHMENT", "PUBLIC", "AttachmentVpc", "SubnetPrefix", "ZonalSubnet"]

ATTACHMENT = "Attachment"


class AttachmentVpc(TieredVpc):
    """A VPC whose every subnet has a route table of its own, and whose gateway subnets hold nothing else.

    It is made of plain resources: its tables hold exactly the routes that a pattern writes, and no lookup of zones is
    asked for in a stack with a concrete environment.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        cidr: The VPC's range, /16 to /28. Each tier keeps room for four zones.
        availability_zones: The zones, names or tokens.
        tiers: Further tiers by name, with the prefix length of their subnets. A tier called `Public` gets an internet
            gateway and the default route to it. The attachment tier is always there: a /28 in each zone.
        ipv6: Whether the VPC has a range of Amazon's IPv6 addresses, and each subnet a /64 of it. Default: no.
        argument: What the caller calls `cidr`, for messages. Default: "cidr".

    Raises:
        ValueError: If the range is not private, not a VPC's, or too small for the tiers.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cidr: str,
        availability_zones: Sequence[str],
        tiers: Mapping[str, SubnetPrefix] | None = None,
        ipv6: bool = False,
        argument: str = "cidr",
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            cidr=cidr,
            availability_zones=availability_zones,
            tiers={ATTACHMENT: 28, **(tiers or {})},
            ipv6=ipv6,
            argument=argument,
        )

    @property
    def attachment_subnets(self) -> list[ZonalSubnet]:
        """The subnets that hold nothing but the gateway's interfaces, one in each zone."""
        return self.subnets[ATTACHMENT]

    def route_to_gateway(
        self, tier: str, destinations: Iterable[str], transit_gateway_id: str, after: IDependable
    ) -> None:
        """Send destinations from every subnet of a tier to a transit gateway.

        Args:
            tier: The tier.
            destinations: CIDR blocks.
            transit_gateway_id: The gateway.
            after: The attachment: a route to a gateway that is not attached is refused.
        """
        for destination in destinations:
            for subnet in self.subnets[tier]:
                subnet.route(
                    f"ToGateway{destination.replace('/', '-').replace(':', '-')}",
                    destination,
                    transit_gateway_id=transit_gateway_id,
                    after=after,
                )
