"""What CloudFormation does not say about transit gateway attachments, told by one small function."""

from patterns.network.attachment_placement.placement import AttachmentPlacement, GatewayDefaults

__all__ = ["AttachmentPlacement", "GatewayDefaults"]
