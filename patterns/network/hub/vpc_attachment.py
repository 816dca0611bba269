"""The attachment of a VPC to a transit gateway, on the side of the VPC's account."""

from collections.abc import Sequence

from aws_cdk import CfnTag
from aws_cdk import aws_ec2 as ec2
from constructs import Construct


def vpc_attachment(
    scope: Construct,
    construct_id: str,
    *,
    gateway_id: str,
    vpc_id: str,
    subnet_ids: Sequence[str],
    name: str | None = None,
    appliance_mode: bool = False,
    group_references: bool = False,
    ipv6: bool = False,
) -> ec2.CfnTransitGatewayAttachment:
    """The bare attachment of a VPC: what a spoke's own account makes on a gateway shared with it."""
    # Not TransitGatewayVpcAttachment: there a new zone means a new attachment, here it is added in place.
    return ec2.CfnTransitGatewayAttachment(
        scope,
        construct_id,
        transit_gateway_id=gateway_id,
        vpc_id=vpc_id,
        subnet_ids=list(subnet_ids),
        options={
            "ApplianceModeSupport": "enable" if appliance_mode else "disable",
            "DnsSupport": "enable",
            "Ipv6Support": "enable" if ipv6 else "disable",
            # Left alone elsewhere: it is on by default, and does nothing while the gateway's own is off.
            **({"SecurityGroupReferencingSupport": "enable"} if group_references else {}),
        },
        tags=[CfnTag(key="Name", value=name or scope.node.path)],
    )
