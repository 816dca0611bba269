"""The peering of the transit gateways of two Regions."""

from aws_cdk import CfnTag, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.signature import checked
from patterns.network.attachment_placement import PeeringAcceptance
from patterns.network.hub.transit_gateway import TransitGateway


class GatewayPeering(Construct):
    """Peer two transit gateways of one account, in two Regions or in one, and accept the peering.

    A peering learns no routes: each hub routes to it what the other one has. Add it to both, to the first one in this
    stack or a later one, to the second one in a stack of its Region.

    Args:
        scope: Parent construct, in a stack of the first gateway's Region.
        construct_id: Construct id.
        gateway: The first gateway, which asks for the peering.
        peer: The second gateway, in whose Region it is accepted.

    Attributes:
        gateway (TransitGateway): The first gateway.
        peer (TransitGateway): The second gateway.
        resource (ec2.CfnTransitGatewayPeeringAttachment): The peering.
        acceptance (PeeringAcceptance): What waits until it can be used.

    Raises:
        ValueError: If the gateways are one, or in accounts that differ.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html
    """

    @checked
    def __init__(self, scope: Construct, construct_id: str, *, gateway: TransitGateway, peer: TransitGateway) -> None:
        if gateway is peer:
            raise ValueError(f"peer must be another gateway, got {peer.node.path} for both")
        ours, theirs = Stack.of(gateway), Stack.of(peer)
        if ours.account != theirs.account:
            raise ValueError(f"peer must be in the account of gateway, {ours.account}, got {theirs.account}")
        super().__init__(scope, construct_id)
        self.gateway = gateway
        self.peer = peer
        self.resource = ec2.CfnTransitGatewayPeeringAttachment(
            self,
            "Resource",
            transit_gateway_id=gateway.gateway_id,
            peer_transit_gateway_id=peer.gateway_id,
            peer_account_id=theirs.account,
            peer_region=theirs.region,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )
        self.acceptance = PeeringAcceptance(
            self, "Acceptance", attachment_id=self.attachment_id, peer_region=theirs.region
        )

    @property
    def attachment_id(self) -> str:
        """The id of the attachment, the same on both sides."""
        return self.resource.attr_transit_gateway_attachment_id
