"""Transit gateway with named routing domains, and the attachments that they connect."""

from collections.abc import Sequence
from typing import Annotated

from aws_cdk import CfnResource, CfnTag, Names
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ram as ram
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.bounds import Matches
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import is_concrete, network
from patterns.network.attachment_placement import AttachmentPlacement, GatewayDefaults
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.gateway_asn import DEFAULT_ASN, GatewayAsn
from patterns.network.hub.ipv6_range import Ipv6Range
from patterns.network.hub.vpc_attachment import vpc_attachment

Principal = Annotated[
    str,
    Matches(
        r"\d{12}|arn:[\w-]+:organizations::\d{12}:(organization|ou)/[\w/-]+",
        "account ids or ARNs of an organization or its units",
    ),
]
"""Whom a gateway may be shared with."""


class Attachment(Construct):
    """Anything attached to a transit gateway, in the one routing domain that its packets are looked up in.

    Args:
        scope: The parent. It may be in another stack than the gateway.
        construct_id: The id.
        attachment_id: The id that routes, associations and propagations take.
        domain: The routing domain that it is associated with.
        after: What must have happened before the association. Default: nothing.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        attachment_id: str,
        domain: "RoutingDomain",
        after: Construct | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.attachment_id = attachment_id
        self.domain = domain
        self.after = after
        self.association = ec2.CfnTransitGatewayRouteTableAssociation(
            self,
            "Association",
            transit_gateway_attachment_id=attachment_id,
            transit_gateway_route_table_id=domain.route_table_id,
        )
        if after is not None:
            self.association.node.add_dependency(after)


class FoundAttachment(Attachment):
    """The attachment of something whose attachment id CloudFormation does not tell.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        placement: What found it.
        domain: The routing domain that it is associated with.
        made_by: What makes the attachment.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        placement: AttachmentPlacement,
        domain: "RoutingDomain",
        made_by: CfnResource,
    ) -> None:
        super().__init__(scope, construct_id, attachment_id=placement.attachment_id, domain=domain)
        self.placement = placement
        self.made_by = made_by


class RoutingDomain(Construct):
    """Transit gateway route table: what arrives from an associated attachment is looked up in it.

    Attributes:
        name: The domain's name, unique on its gateway.
        gateway: The transit gateway.
        route_table: The route table.
        destinations: What it has a static route or a blackhole for.
    """

    def __init__(self, gateway: "TransitGateway", *, name: str) -> None:
        super().__init__(gateway, f"{name}Domain")
        self.name = name
        self.gateway = gateway
        self.destinations: set[str] = set()
        self.route_table = ec2.CfnTransitGatewayRouteTable(
            self,
            "RouteTable",
            transit_gateway_id=gateway.gateway_id,
            tags=[CfnTag(key="Name", value=name)],
        )

    @property
    def route_table_id(self) -> str:
        """The id of the route table."""
        return self.route_table.attr_transit_gateway_route_table_id

    def propagate(self, attachment: Attachment) -> None:
        """Learn an attachment's routes: a VPC's CIDR blocks, or what a VPN's or Direct Connect's BGP announces."""
        propagation = ec2.CfnTransitGatewayRouteTablePropagation(
            attachment,
            f"PropagationTo{self.name}",
            transit_gateway_attachment_id=attachment.attachment_id,
            transit_gateway_route_table_id=self.route_table_id,
        )
        if attachment.after is not None:
            propagation.node.add_dependency(attachment.after)

    def route(self, destination: str, attachment: Attachment, *, scope: Construct | None = None) -> None:
        """Send a destination to an attachment: it beats what is propagated for the same prefix.

        Args:
            destination: An IPv4 or IPv6 CIDR block.
            attachment: Where it is sent.
            scope: Parent construct of the route, in a stack that may know of the attachment. Default: the domain.

        Raises:
            ValueError: The domain already has a static route to the destination.
        """
        self._static_route(destination, attachment, scope)

    def route_range(self, name: str, range_: Ipv6Range, attachment: Attachment | None, *, scope: Construct) -> None:
        """Send an IPv6 range to an attachment, or drop it.

        Args:
            name: The name of the route.
            range_: The range.
            attachment: Where it is sent. None: it is dropped, unless a longer prefix is known.
            scope: Parent construct of the route, in a stack that may know of the range.

        Raises:
            ValueError: The domain already has a static route to the range.
        """
        route = self._static_route(range_.cidr, attachment, scope, name)
        if range_.made_by is not None:
            route.node.add_dependency(range_.made_by)

    def blackhole(self, destination: str, *, scope: Construct | None = None) -> None:
        """Drop a destination unless a longer prefix is known: it beats a propagated route of equal length.

        Args:
            destination: An IPv4 or IPv6 CIDR block.
            scope: Parent construct of the route. Default: the domain.

        Raises:
            ValueError: The domain already has a static route to the destination.
        """
        self._static_route(destination, None, scope)

    def _static_route(
        self, destination: str, attachment: Attachment | None, scope: Construct | None, name: str | None = None
    ) -> ec2.CfnTransitGatewayRoute:
        if is_concrete(destination) and ":" not in destination:
            network("destination", destination)
        if destination in self.destinations:
            raise ValueError(f"destination must have one static route in domain {self.name}, got {destination} twice")
        self.destinations.add(destination)
        name = name or (
            destination.replace("/", "-").replace(":", "-") if is_concrete(destination) else str(len(self.destinations))
        )
        route = ec2.CfnTransitGatewayRoute(
            scope or self,
            f"{'Route' if attachment else 'Blackhole'}{name}{f'In{self.name}' if scope else ''}",
            transit_gateway_route_table_id=self.route_table_id,
            destination_cidr_block=destination,
            transit_gateway_attachment_id=attachment.attachment_id if attachment else None,
            blackhole=None if attachment else True,
        )
        if scope is not None and attachment is not None and attachment.after is not None:
            route.node.add_dependency(attachment.after)
        return route


class TransitGateway(Construct):
    """Transit gateway whose attachments reach nothing until a routing domain says so.

    Args:
        scope: The parent.
        construct_id: The id.
        existing: A transit gateway of this account and region to use instead of a new one. Its default
            association and propagation must be off; its domains are made here. Default: a new one.
        asn: The gateway's private BGP number. Default: 64512.
        ecmp: Spread flows over VPN tunnels that announce equal routes by BGP. Default: on.
        share_with: Account ids, and ARNs of the organization or its units, that may attach their own VPCs
            through RAM. What they attach is accepted, and placed by the gateway's defaults. Default: nobody.
        accept_attachments: Whether what others attach is accepted without asking: other accounts, if it is shared,
            and AWS Network Firewall. Default: only if it is shared.
        cidr_blocks: Ranges that the gateway takes addresses of its own from, for tunnels over Direct Connect.
            Default: none.
        group_references: Whether inbound rules of security groups may name groups of other attached VPCs, which takes
            the gateway's consent and each attachment's. An existing gateway has it on already. Default: off.

    Raises:
        ValueError: If an argument is out of its bounds, or `share_with` comes with `existing`.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        existing: ec2_interfaces.ITransitGatewayRef | None = None,
        asn: GatewayAsn = DEFAULT_ASN,
        ecmp: bool = True,
        share_with: Sequence[Principal] = (),
        accept_attachments: bool = False,
        group_references: bool = False,
        cidr_blocks: Sequence[str] = (),
    ) -> None:
        if existing is not None and share_with:
            raise ValueError("share_with must be empty with an existing gateway: share it where it is made")
        super().__init__(scope, construct_id)
        self.asn = asn
        self.shared = bool(share_with)
        self.group_references = group_references
        self.domains: dict[str, RoutingDomain] = {}
        self.default_domain: RoutingDomain | None = None
        self.defaults: GatewayDefaults | None = None
        self.resource: ec2_interfaces.ITransitGatewayRef = existing or ec2.CfnTransitGateway(
            self,
            "Resource",
            amazon_side_asn=asn,
            # Off: an attachment that no domain knows reaches nothing. A shared gateway turns them on
            # afterwards (GatewayDefaults): the gateway cannot name its own tables, which need it first.
            default_route_table_association="disable",
            default_route_table_propagation="disable",
            auto_accept_shared_attachments="enable" if share_with or accept_attachments else "disable",
            dns_support="enable",
            vpn_ecmp_support="enable" if ecmp else "disable",
            transit_gateway_cidr_blocks=list(cidr_blocks) or None,
            security_group_referencing_support="enable" if group_references else None,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )
        if share_with:
            self.share = ram.CfnResourceShare(
                self,
                "Share",
                name=Names.unique_resource_name(self, max_length=64),
                principals=list(share_with),
                resource_arns=[self.resource.transit_gateway_ref.transit_gateway_arn],
                allow_external_principals=False,
            )

    @property
    def gateway_id(self) -> str:
        """The id of the transit gateway."""
        return self.resource.transit_gateway_ref.transit_gateway_id

    def domain(self, name: str) -> RoutingDomain:
        """The routing domain of this name, made when it is first asked for."""
        if name not in self.domains:
            self.domains[name] = RoutingDomain(self, name=name)
        return self.domains[name]

    def attach_vpc(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_id: str,
        subnet_ids: Sequence[str],
        domain: RoutingDomain,
        name: str | None = None,
        appliance_mode: bool = False,
        ipv6: bool = False,
    ) -> Attachment:
        """Attach a VPC of this account by one subnet in each of its zones.

        Args:
            scope: Where the attachment is made, in any stack of this account and region.
            construct_id: Its id.
            vpc_id: The VPC.
            subnet_ids: One subnet in each zone, best a /28 that holds nothing else.
            domain: The routing domain that what it sends is looked up in.
            name: The attachment's name in the console. Default: the scope's path.
            appliance_mode: Keep both directions of a flow in one zone. Only for a VPC with stateful
                appliances: elsewhere it costs traffic between zones. Default: off.
            ipv6: Whether it carries IPv6, too: the VPC and its subnets have ranges. Default: no.

        Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
        """
        resource = vpc_attachment(
            scope,
            f"{construct_id}Resource",
            gateway_id=self.gateway_id,
            vpc_id=vpc_id,
            subnet_ids=subnet_ids,
            name=name,
            appliance_mode=appliance_mode,
            group_references=self.group_references,
            ipv6=ipv6,
        )
        if self.defaults is None:
            return Attachment(scope, construct_id, attachment_id=resource.attr_id, domain=domain)
        # Without this the gateway might not have placed it yet when it is freed.
        resource.node.add_dependency(self.defaults)
        placement = self._placement(scope, construct_id, vpc_id, domain)
        placement.node.add_dependency(resource)
        return Attachment(scope, construct_id, attachment_id=resource.attr_id, domain=domain, after=placement)

    def attach_hub_vpc(
        self,
        scope: Construct,
        construct_id: str,
        vpc: AttachmentVpc,
        domain: RoutingDomain,
        *,
        appliance_mode: bool = False,
        ipv6: bool = True,
    ) -> Attachment:
        """Attach a VPC by the subnets that it has for it.

        Args:
            scope: Where it stands in the tree.
            construct_id: Its id.
            vpc: The VPC.
            domain: The routing domain that what it sends is looked up in.
            appliance_mode: See `attach_vpc`.
            ipv6: Whether it carries IPv6 of a VPC that has it. Default: yes.

        Returns:
            The attachment.
        """
        return self.attach_vpc(
            scope,
            construct_id,
            vpc_id=vpc.vpc_id,
            subnet_ids=[each.subnet.attr_subnet_id for each in vpc.attachment_subnets],
            domain=domain,
            appliance_mode=appliance_mode,
            ipv6=ipv6 and vpc.ipv6 is not None,
        )

    def attach(
        self, scope: Construct, construct_id: str, *, resource_id: str, made_by: CfnResource, domain: RoutingDomain
    ) -> FoundAttachment:
        """Attach a VPN connection or Direct Connect gateway, whose attachment CloudFormation does not tell.

        Args:
            scope: Where it stands in the tree.
            construct_id: Its id.
            resource_id: The id of what is attached.
            made_by: What makes the attachment: the VPN connection, the Direct Connect gateway's association.
            domain: The routing domain that what it sends is looked up in.

        Returns:
            The attachment.
        """
        if self.defaults is not None:
            # Without this the gateway might not have placed the attachment yet when it is freed.
            made_by.node.add_dependency(self.defaults)
        placement = self._placement(scope, construct_id, resource_id, domain)
        if not isinstance(made_by, ec2.CfnVPNConnection):
            # Of a connection the id names what makes the attachment. A Direct Connect gateway is there before that: its
            # attachment would be looked for while it is made, and be gone before its routes when all is deleted.
            placement.node.add_dependency(made_by)
        return FoundAttachment(scope, construct_id, placement=placement, domain=domain, made_by=made_by)

    def _placement(
        self, scope: Construct, construct_id: str, resource_id: str, domain: RoutingDomain
    ) -> AttachmentPlacement:
        return AttachmentPlacement(
            scope,
            f"{construct_id}Placement",
            transit_gateway_id=self.gateway_id,
            resource_id=resource_id,
            domain=domain.route_table_id,
            default=self.default_domain.route_table_id if self.default_domain else None,
        )

    def place_joining(self, domain: RoutingDomain, *, propagated_into: RoutingDomain) -> GatewayDefaults:
        """Place what other accounts attach: associate it with one domain, propagate it into another.

        Only for a shared gateway, before anything is attached. The gateway then places every new attachment
        so, also those made here, and a small function takes these out again before their own domain takes
        them. The domain is therefore for joining attachments alone.
        """
        if not self.shared:
            raise ValueError("share_with must name who may join before their attachments are placed")
        self.default_domain = domain
        self.defaults = GatewayDefaults(
            self,
            "Defaults",
            transit_gateway_id=self.gateway_id,
            transit_gateway_arn=self.resource.transit_gateway_ref.transit_gateway_arn,
            association_table_id=domain.route_table_id,
            propagation_table_id=propagated_into.route_table_id,
        )
        return self.defaults

    def watch_lost_packets(self, scope: Construct, settings: Settings, *, look: str) -> cloudwatch.Alarm:
        """Make the alarm on packets that the gateway knows no route for: without it nobody hears of them.

        Args:
            scope: Parent construct.
            settings: Whom alarms notify.
            look: Why that may be, and where to look.

        Returns:
            The alarm.

        Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-cloudwatch-metrics.html
        """
        return settings.alarm(
            scope,
            "NoRoute",
            metric=self.metric("PacketDropCountNoRoute"),
            description=f"The transit gateway dropped packets that it knows no route for: {look}.",
            evaluation_periods=3,
        )

    def metric(self, name: str) -> cloudwatch.Metric:
        """A metric of the whole gateway, e.g. `PacketDropCountNoRoute`: the sum of five minutes."""
        return cloudwatch.Metric(
            namespace="AWS/TransitGateway",
            metric_name=name,
            dimensions_map={"TransitGateway": self.gateway_id},
            statistic="Sum",
            period=FIVE_MINUTES,
        )
