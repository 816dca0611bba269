"""What CloudFormation does not say about transit gateway attachments, told by one small function."""

from patterns.building_blocks.attachment_placement.construct import AttachmentPlacement, GatewayDefaults

__all__ = ["AttachmentPlacement", "GatewayDefaults"]
