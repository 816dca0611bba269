"""Custom resource that accepts the peering of two transit gateways."""

from aws_cdk import Aws, CustomResource
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource
from patterns.network.attachment_placement.placement import (
    DESCRIBES_NAME_NOTHING,
    SERVICE_TIMEOUT,
    AttachmentFunction,
)


class PeeringAcceptance(Construct):
    """The acceptance of a peering of two transit gateways of this account, in the Region of the second.

    `AWS::EC2::TransitGatewayPeeringAttachment` only asks for a peering (2026-11-26): nothing can be associated with it
    or routed to it before the second gateway's Region has accepted it.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        attachment_id: The peering attachment.
        peer_region: The Region of the gateway that accepts it.

    Attributes:
        resource (CustomResource): Done once the peering is available.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, attachment_id: str, peer_region: str) -> None:
        super().__init__(scope, construct_id)
        function = AttachmentFunction.of(self)
        attachment = (
            f"arn:{Aws.PARTITION}:ec2:{peer_region}:{Aws.ACCOUNT_ID}:transit-gateway-attachment/{attachment_id}"
        )
        accepts = iam.Policy(
            self,
            "Accepts",
            roles=[function.role],
            statements=[
                iam.PolicyStatement(actions=["ec2:AcceptTransitGatewayPeeringAttachment"], resources=[attachment]),
                # To wait until the peering can be accepted, and then until it can be used.
                iam.PolicyStatement(actions=["ec2:DescribeTransitGatewayPeeringAttachments"], resources=["*"]),
            ],
        )
        acknowledge_wildcard_resource(accepts, "*", DESCRIBES_NAME_NOTHING)
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::TransitGatewayPeeringAcceptance",
            service_token=function.function.function_arn,
            service_timeout=SERVICE_TIMEOUT,
            properties={"AttachmentId": attachment_id, "PeerRegion": peer_region},
        )
        self.resource.node.add_dependency(accepts)
