"""The VPC of an application, made or existing, and the subnets in it that the application uses."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IConstruct

from patterns.building_blocks.settings import Settings
from patterns.web.networking.web_vpc import WebVpc


class ApplicationNetwork:
    """The VPC that was given, or a new one.

    Args:
        scope: The construct that the VPC belongs to.
        vpc: An existing VPC. None: a new one is made.
        settings: The settings of flow logs and alarms.
        private_subnets: Whether the application runs in private subnets with NAT gateways. Default: yes.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        public (ec2.SubnetSelection): The subnets of what clients connect to.
        private (ec2.SubnetSelection): The subnets of what only the VPC reaches.
        alarms (list[cloudwatch.Alarm]): The alarms of a VPC that was made.
    """

    def __init__(
        self, scope: Construct, vpc: ec2.IVpc | None, settings: Settings, *, private_subnets: bool = True
    ) -> None:
        self._made = None
        if vpc is None:
            self._made = WebVpc(scope, "Network", settings=settings, private_subnets=private_subnets)
            vpc = self._made.vpc
        self.vpc = vpc
        self.public = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        self.private = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
        self.alarms: list[cloudwatch.Alarm] = self._made.alarms if self._made else []

    def before(self, *users: IConstruct) -> None:
        """Make constructs wait for the gateways and routes of a VPC that was made.

        A load balancer needs the internet gateway, and what starts in a private subnet a NAT gateway.

        Args:
            users: The constructs.
        """
        if self._made is not None:
            for user in users:
                user.node.add_dependency(self._made)
