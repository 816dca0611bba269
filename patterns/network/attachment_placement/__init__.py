"""What CloudFormation does not do or say about transit gateway attachments, done and told by one small function."""

from patterns.network.attachment_placement.peering import PeeringAcceptance
from patterns.network.attachment_placement.placement import AttachmentPlacement, GatewayDefaults

__all__ = ["AttachmentPlacement", "GatewayDefaults", "PeeringAcceptance"]
