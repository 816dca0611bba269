"""The VPC of an application, made or existing, and the subnets in it that the application uses."""

from collections.abc import Sequence
from typing import Annotated, Any

from annotated_types import MinLen, Unit
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IConstruct

from patterns.building_blocks.availability_zones import zone_of
from patterns.building_blocks.selected_subnets import after_ways_out
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.vpc.tier_ports import check_called
from patterns.web.networking.web_vpc import WebVpc

Subnets = Annotated[Sequence[ec2.ISubnet], MinLen(1), Unit("subnets")]
"""Subnets of an existing VPC, one in each zone."""


class ApplicationNetwork:
    """The VPC that was given, or a new one.

    Args:
        scope: The construct that the VPC belongs to.
        vpc: An existing VPC. None: a new one is made.
        settings: The settings of flow logs and alarms.
        public_subnets: The subnets of an existing VPC that clients connect to. Default: the first public one in each
            zone.
        private_subnets: The subnets of an existing VPC that the application runs in. Default: its private ones.
        runs_inside: Whether the application runs in private subnets, with NAT gateways. Default: yes.
        edge: Whether clients reach Amazon CloudFront, and it alone what stands in the VPC. Default: no.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        public (ec2.SubnetSelection): The subnets of what clients connect to.
        private (ec2.SubnetSelection): The subnets of what only the VPC reaches.
        entrance (ec2.SubnetSelection): The subnets of a load balancer.
        alarms (list[cloudwatch.Alarm]): The alarms of a VPC that was made.
    """

    def __init__(
        self,
        scope: Construct,
        vpc: ec2.IVpc | None,
        settings: Settings,
        *,
        public_subnets: Sequence[ec2.ISubnet] | None = None,
        private_subnets: Sequence[ec2.ISubnet] | None = None,
        runs_inside: bool = True,
        edge: bool = False,
    ) -> None:
        self._made = None
        if vpc is None:
            self._made = WebVpc(
                scope,
                "Network",
                settings=settings,
                private_subnets=runs_inside,
                isolated_subnets=edge and not runs_inside,
            )
            vpc = self._made.vpc
        self.vpc = vpc
        self.public = _selected(public_subnets, ec2.SubnetType.PUBLIC)
        self.private = _selected(private_subnets, ec2.SubnetType.PRIVATE_WITH_EGRESS)
        self.entrance = self.public
        if edge:
            inside = self.private if runs_inside else _selected(_without_public(vpc), ec2.SubnetType.PRIVATE_ISOLATED)
            self.entrance = inside
        self._inside = self.private if runs_inside else self.entrance
        self.alarms: list[cloudwatch.Alarm] = self._made.alarms if self._made else []

    def before(self, *users: IConstruct) -> None:
        """Make constructs wait for the gateways and routes of the VPC, as far as they are made in this app.

        A load balancer needs the internet gateway, and what starts in a private subnet a NAT gateway.

        Args:
            users: The constructs.
        """
        for user in users:
            if self._made is not None:
                user.node.add_dependency(self._made)
                continue
            for selection in (self.entrance, self._inside):
                after_ways_out(user, self.vpc.select_subnets(**_arguments(selection)).subnets)


def _arguments(selection: ec2.SubnetSelection) -> dict[str, Any]:
    if selection.subnets is not None:
        return {"subnets": selection.subnets}
    return {"subnet_type": selection.subnet_type, "one_per_az": selection.one_per_az}


def _selected(subnets: Sequence[ec2.ISubnet] | None, kind: ec2.SubnetType) -> ec2.SubnetSelection:
    if subnets is not None:
        return ec2.SubnetSelection(subnets=list(subnets))
    return ec2.SubnetSelection(subnet_type=kind, one_per_az=True)


def _without_public(vpc: ec2.IVpc) -> Sequence[ec2.ISubnet]:
    """The first subnet of each zone that clients do not reach."""
    zones: dict[str, ec2.ISubnet] = {}
    for subnet in [*vpc.private_subnets, *vpc.isolated_subnets]:
        zones.setdefault(subnet.availability_zone, subnet)
    return list(zones.values())


def check_network(
    vpc: ec2.IVpc | None,
    public_subnets: Sequence[ec2.ISubnet] | None,
    private_subnets: Sequence[ec2.ISubnet] | None = None,
    *,
    runs_inside: bool = True,
    edge: bool = False,
    called_at: tuple[int, int] | None = None,
) -> None:
    """Refuse an existing VPC, or a choice of its subnets, that cannot hold the application.

    Args:
        vpc: The argument `vpc`; None passes.
        public_subnets: The argument `public_subnets`.
        private_subnets: The argument `private_subnets`. Default: none.
        runs_inside: Whether the application runs in private subnets. Default: yes.
        edge: Whether the load balancer stands in subnets without a way in from the internet. Default: no.
        called_at: The first and the last port at which a load balancer calls private subnets. Default: none.

    Raises:
        ValueError: If the VPC keeps public subnets from calling private ones, public subnets are not in two zones,
            private ones are missing, two of the chosen ones are in one zone, which private ones are meant cannot be
            told, or subnets are given that nothing stands in.
    """
    if edge and public_subnets is not None:
        raise ValueError("public_subnets must not be given with edge: the load balancer stands in private ones")
    chosen = {"public_subnets": public_subnets, "private_subnets": private_subnets}
    for argument, subnets in chosen.items():
        if subnets is not None and vpc is None:
            raise ValueError(f"{argument} must be given with vpc: the subnets of a VPC that is made are its own")
        twice = _zone_with_two([zone_of(one, argument) for one in subnets or ()])
        if twice is not None:
            raise ValueError(f"{argument} must be in different zones, got two in {twice}")
    if vpc is None:
        return
    if edge:
        _check_inner_entrance(vpc, private_subnets if runs_inside else None)
    else:
        zones = {one.availability_zone for one in public_subnets or vpc.public_subnets}
        if len(zones) < 2:
            argument = "public_subnets must be" if public_subnets else "vpc must have public subnets"
            raise ValueError(f"{argument} in two zones, got {len(zones)}")
        if called_at is not None:
            check_called(vpc, *called_at)
    if not runs_inside or private_subnets is not None:
        return
    if not vpc.private_subnets:
        raise ValueError("vpc must have private subnets with a NAT gateway, got none")
    several = _zone_with_two([one.availability_zone for one in vpc.private_subnets])
    if several is not None:
        # One of them may be a database's.
        raise ValueError(
            f"private_subnets must be given: vpc has several private subnets in {several}, "
            f"and vpc.select_subnets(subnet_group_name=...).subnets says which"
        )


def _check_inner_entrance(vpc: ec2.IVpc, private_subnets: Sequence[ec2.ISubnet] | None) -> None:
    zones = {one.availability_zone for one in private_subnets or _without_public(vpc)}
    if len(zones) < 2:
        argument = "private_subnets must be" if private_subnets else "vpc must have private subnets"
        raise ValueError(f"{argument} in two zones with edge, got {len(zones)}")


def _zone_with_two(zones: Sequence[str]) -> str | None:
    return next((one for one in zones if zones.count(one) > 1), None)
