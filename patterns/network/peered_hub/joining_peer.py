"""A VPC of another account, which peers itself with the hub by the role that the hub's owner gives."""

from aws_cdk import CfnTag
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.building_blocks.account_id import AccountId
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import reject_overlap
from patterns.network.hub.spoke import network_of
from patterns.network.peered_hub.construct import route_to_peer


class JoiningPeer(Construct):
    """Peer a VPC of this account with a hub of another account, and route to it.

    CloudFormation accepts the peering by the hub's `acceptance_role`. The hub answers once its owner has called
    `add_joined` with the peering's id.

    Args:
        scope: Parent construct, in a stack of the VPC's account.
        construct_id: Construct id.
        vpc: The VPC.
        hub: The hub VPC with its range: `ec2.Vpc.from_vpc_attributes(..., vpc_cidr_block=...)`.
        account: The hub's account.
        role: The hub's role, which accepts the peering: `iam.Role.from_role_arn(...)`.

    Attributes:
        peering (ec2.CfnVPCPeeringConnection): The peering connection, whose id the hub's owner is told.

    Raises:
        ValueError: If the hub's range is not known, or the VPC overlaps it.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/peer-with-vpc-in-another-account.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        hub: ec2.IVpc,
        account: AccountId,
        role: iam.IRole,
    ) -> None:
        there, here = network_of(hub), network_of(vpc)
        if there is None:
            raise ValueError("hub must have a range that is known at synthesis: routes name it")
        if here is not None:
            reject_overlap(f"vpc {vpc.node.path}", here, {"the hub": [there]})
        super().__init__(scope, construct_id)
        self.peering = ec2.CfnVPCPeeringConnection(
            self,
            "Peering",
            vpc_id=vpc.vpc_id,
            peer_vpc_id=hub.vpc_id,
            peer_owner_id=account,
            peer_role_arn=role.role_arn,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )
        route_to_peer(self, vpc, str(there), self.peering.attr_id, "ToHub")
