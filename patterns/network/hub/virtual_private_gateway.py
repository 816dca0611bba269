"""Virtual private gateways of VPCs, and the ranges inside the tunnels that end on them."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from aws_cdk import CfnTag
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IDependable

from patterns.building_blocks.vpc.route_tables import route_table_of

_MARK = "patterns:virtual-private-gateway"
# Of 169.254.0.0/16, AWS keeps seven /30s for itself; none of them is in here.
# https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
_INSIDE = IPv4Network("169.254.32.0/20")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedVpnGateway:
    """A virtual private gateway on a VPC.

    Attributes:
        vpc: The VPC.
        gateway: The gateway.
        attachment: What attaches it to the VPC.
    """

    vpc: ec2.IVpc
    gateway: ec2.CfnVPNGateway
    attachment: ec2.CfnVPCGatewayAttachment

    @property
    def gateway_id(self) -> str:
        """The id of the gateway."""
        return self.gateway.attr_vpn_gateway_id


def attach_vpn_gateway(scope: Construct, vpc: ec2.IVpc, *, asn: int) -> AttachedVpnGateway:
    """Give a VPC a virtual private gateway.

    Args:
        scope: Parent construct.
        vpc: The VPC.
        asn: The gateway's private BGP number.

    Returns:
        The gateway and its attachment.

    Raises:
        ValueError: If the VPC has one already: AWS attaches one alone.
    """
    if vpc.vpn_gateway_id is not None or any(one.type == _MARK for one in vpc.node.metadata):
        raise ValueError(
            f"vpc must have no virtual private gateway yet: AWS attaches one alone, and {vpc.node.path} has it"
        )
    # Whoever comes next finds it, in whichever stack.
    vpc.node.add_metadata(_MARK, scope.node.path)
    gateway = ec2.CfnVPNGateway(
        scope,
        "VpnGateway",
        type="ipsec.1",
        amazon_side_asn=asn,
        tags=[CfnTag(key="Name", value=scope.node.path)],
    )
    attachment = ec2.CfnVPCGatewayAttachment(
        scope, "VpnGatewayAttachment", vpc_id=vpc.vpc_id, vpn_gateway_id=gateway.attr_vpn_gateway_id
    )
    return AttachedVpnGateway(vpc=vpc, gateway=gateway, attachment=attachment)


def propagate_routes(
    scope: Construct, attached: AttachedVpnGateway, *, after: IDependable | None = None
) -> ec2.CfnVPNGatewayRoutePropagation:
    """Let every route table of a VPC's subnets learn what its virtual private gateway learns.

    Args:
        scope: Parent construct.
        attached: The gateway on its VPC.
        after: What must exist first. Default: the attachment alone.

    Returns:
        The propagation.
    """
    vpc = attached.vpc
    tables = dict.fromkeys(
        route_table_of(subnet) for subnet in [*vpc.private_subnets, *vpc.isolated_subnets, *vpc.public_subnets]
    )
    propagation = ec2.CfnVPNGatewayRoutePropagation(
        scope, "RoutePropagation", route_table_ids=list(tables), vpn_gateway_id=attached.gateway_id
    )
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpngatewayroutepropagation.html
    propagation.node.add_dependency(attached.attachment)
    if after is not None:
        propagation.node.add_dependency(after)
    return propagation


def inside_ranges(vpc_number: int, devices: int) -> list[IPv4Network]:
    """Choose the inside ranges of the tunnels of one VPC, so that no two of a site's device are the same.

    Args:
        vpc_number: Which VPC of the site, from 0.
        devices: How many devices the site has, 1 or 2.

    Returns:
        Two /30s for each device. Four are kept for each VPC: none moves when a VPC or a device is added.
    """
    every = list(_INSIDE.subnets(new_prefix=30))
    first = vpc_number * 4
    return every[first : first + 2 * devices]
