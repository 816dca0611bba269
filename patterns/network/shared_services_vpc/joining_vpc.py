"""A VPC of another account, which joins the shared services by what is shared with that account."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Len
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53profiles as profiles
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.bounds import Matches
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc_dns import check_vpcs
from patterns.network.hub.spoke import Destination, JoiningSpoke
from patterns.network.shared_services_vpc.service_names import associate

ProfileId = Annotated[str, Matches(r"rp-[0-9a-z]+", "ids such as rp-0123456789abcdef")]
"""The id of a Route 53 Profile."""


class JoiningVpc(Construct):
    """Reach shared services of another account from a VPC of this one, by routes and by names.

    The gateway and the Profile are shared with this account by AWS RAM. The owner's gateway places the attachment by
    its defaults, in a domain that knows the shared services alone: nothing changes there.

    Args:
        scope: Parent construct, in a stack of the VPC's account.
        construct_id: Construct id.
        vpc: The VPC, in zones of the shared services.
        gateway: The shared gateway.
        destinations: The ranges of the shared VPC.
        profile_id: The shared Profile, of which a VPC has one at most. Its id, because the CDK has no interface for an
            existing one. Default: none; the names stay those of AWS.
        attachment_subnets: The subnets that the gateway's interfaces go into, one in each zone. Default: those of the
            group `Attachment`, or else the first that is not public in each zone.

    Attributes:
        spoke (JoiningSpoke): The attachment and the routes.
        names (profiles.CfnProfileAssociation | None): What gives the VPC the names.

    Raises:
        ValueError: If a destination is malformed, or the VPC does not resolve private names.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profile-share.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        gateway: ec2_interfaces.ITransitGatewayRef,
        destinations: Annotated[Sequence[Destination], Len(1)],
        profile_id: ProfileId | None = None,
        attachment_subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        if profile_id is not None:
            check_vpcs("vpc", [vpc])
        super().__init__(scope, construct_id)
        self.spoke = JoiningSpoke(
            self,
            "Spoke",
            vpc=vpc,
            gateway=gateway,
            destinations=destinations,
            attachment_subnets=attachment_subnets,
        )
        self.names: profiles.CfnProfileAssociation | None = None
        if profile_id is not None:
            self.names = associate(self, profile_id, vpc)
