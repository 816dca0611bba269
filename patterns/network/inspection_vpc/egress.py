"""The way out to the internet: NAT gateways in a VPC of their own, behind the transit gateway."""

from collections.abc import Sequence

from constructs import Construct

from patterns.network.hub.attachment_vpc import PUBLIC, AttachmentVpc
from patterns.network.hub.transit_gateway import RoutingDomain

EVERYWHERE = "0.0.0.0/0"


class EgressVpc(Construct):
    """A VPC whose attachment subnets send everything to the NAT gateway of their own zone.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        domain: The routing domain of what comes back from the internet.
        cidr: The VPC's range.
        availability_zones: The hub's zones.
        networks: The organization's ranges, which replies go back to.

    Attributes:
        vpc (AttachmentVpc): The VPC.
        nat_gateways (list[ec2.CfnNatGateway]): One in each zone.
        attachment (Attachment): Its attachment.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-nat-igw.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        domain: RoutingDomain,
        cidr: str,
        availability_zones: Sequence[str],
        networks: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.vpc = AttachmentVpc(
            self,
            "Network",
            cidr=cidr,
            availability_zones=availability_zones,
            tiers={PUBLIC: 28},
            argument="egress_cidr",
        )
        self.nat_gateways = self.vpc.nat_gateways()
        self.attachment = domain.gateway.attach_hub_vpc(self, "Attachment", self.vpc, domain)
        for each, gateway in zip(self.vpc.attachment_subnets, self.nat_gateways, strict=True):
            each.route("ToNat", EVERYWHERE, nat_gateway_id=gateway.attr_nat_gateway_id)
        self.vpc.route_to_gateway(PUBLIC, networks, domain.gateway.gateway_id, self.attachment)
