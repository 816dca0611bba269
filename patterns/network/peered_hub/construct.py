"""Spokes use what is in one hub VPC, each by a peering connection, and nothing beyond it."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Annotated

from aws_cdk import CfnTag, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Matches
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr, reject_overlap, vpc_network
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.vpc_range import range_of
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource
from patterns.network.access.consumers import Accounts, root_of
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.ipv6_range import Ipv6Range, ipv6_range_of, require_ipv6
from patterns.network.hub.spoke import network_of, require_same_account

PeeringId = Annotated[str, Matches(r"pcx-[0-9a-f]+", "ids such as pcx-0123456789abcdef0")]
"""The id of a peering connection."""


class PeeredHub(Construct):
    """Let spokes use the services of one hub VPC by peering, without reaching each other.

    Peering costs nothing while it stands still and adds no hop, but it leads to the hub VPC and no further: not to
    another spoke, nor through the hub's VPN, Direct Connect, NAT, internet gateway or gateway endpoints.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        vpc: The hub VPC. Default: a new one, without a way to the internet.
        cidr: The new VPC's range, at least a /21. Default: 10.0.0.0/20.
        availability_zones: Zones of the new VPC, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        ipv6: Whether IPv6 is carried, too, between the hub, which then has it, and spokes that have it. Default: no.
        accounts: The accounts whose VPCs may be peered with the hub by `JoiningPeer`. Default: none.
        encryption_key: The key that encrypts the new VPC's flow logs. Default: a new key.
        log_retention: How long they are kept. Default: one year.

    Attributes:
        vpc (ec2.IVpc): The hub VPC.
        logs (NetworkLogs): Log group `Flows` of the VPCs that it is asked to log, the new one included; and its key.
        acceptance_role (iam.Role | None): What accepts peerings that `accounts` ask for.
        peerings (dict[str, ec2.CfnVPCPeeringConnection]): One for each spoke, by the path of its VPC.

    Raises:
        ValueError: If ranges overlap, or there are too many spokes.

    Source: https://docs.aws.amazon.com/vpc/latest/peering/peering-configurations-full-access.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc | None = None,
        cidr: VpcCidr = "10.0.0.0/20",
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        ipv6: bool = False,
        accounts: Accounts = (),
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
    ) -> None:
        network = vpc_network("cidr", cidr) if vpc is None else network_of(vpc)
        self._taken: dict[str, list[IPv4Network]] = {} if network is None else {"the hub": [network]}
        zone_names = zones(availability_zones, max_azs)
        if ipv6 and vpc is not None:
            require_ipv6("vpc", vpc)
        super().__init__(scope, construct_id)
        self.peerings: dict[str, ec2.CfnVPCPeeringConnection] = {}
        self.logs = NetworkLogs(
            self, "Logs", settings=Settings(encryption_key=encryption_key, log_retention=log_retention)
        )
        self.vpc = vpc or self._new_vpc(cidr, zone_names, ipv6=ipv6)
        self._ipv6 = require_ipv6("vpc", self.vpc) if ipv6 else None
        self.acceptance_role = self._accept(accounts) if accounts else None

    @checked
    def add_spoke(self, vpc: ec2.IVpc) -> ec2.CfnVPCPeeringConnection:
        """Peer a VPC of this account with the hub, and route each to the other.

        Args:
            vpc: The VPC, of this stack or another one.

        Returns:
            The peering connection, in the VPC's own stack.

        Raises:
            ValueError: If the VPC overlaps the hub or another spoke, comes twice, or is one too many.
        """
        require_same_account(self, vpc)
        # https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: 50, or 125 on request.
        if len(self.peerings) == 125:
            raise ValueError("add_spoke must be called at most 125 times: a VPC has no more peering connections")
        if vpc.node.path in self.peerings:
            raise ValueError(f"vpc must be added once, got {vpc.node.path} twice")
        network = network_of(vpc)
        if network is not None:
            # Spokes that overlap each other could be peered, but the hub could answer only one of them.
            reject_overlap(f"vpc {vpc.node.path}", network, self._taken)
            self._taken[f"spoke {vpc.node.path}"] = [network]
        name = "".join(scope.node.id for scope in vpc.node.scopes[len(Stack.of(vpc).node.scopes) :])
        place = Construct(Stack.of(vpc), f"{name}PeeredWith{self.node.id}")
        peering = ec2.CfnVPCPeeringConnection(
            place,
            "Peering",
            vpc_id=vpc.vpc_id,
            peer_vpc_id=self.vpc.vpc_id,
            tags=[CfnTag(key="Name", value=place.node.path)],
        )
        self.peerings[vpc.node.path] = peering
        _route(place, vpc, self.vpc, peering, name)
        _route(place, self.vpc, vpc, peering, "Hub")
        spoke = ipv6_range_of(vpc) if self._ipv6 else None
        if self._ipv6 is not None and spoke is not None:
            _route_range(place, vpc, self._ipv6, peering, name)
            _route_range(place, self.vpc, spoke, peering, "Hub")
        return peering

    @checked
    def add_joined(self, peering_id: PeeringId, *, network: VpcCidr) -> None:
        """Answer a VPC of another account, which has peered itself with the hub.

        Args:
            peering_id: The peering connection, as its owner tells it.
            network: The range of the VPC.

        Raises:
            ValueError: If the range overlaps the hub or a spoke.
        """
        there = vpc_network("network", network)
        reject_overlap("network", there, self._taken)
        self._taken[f"peering {peering_id}"] = [there]
        route_to_peer(self, self.vpc, network, peering_id, f"Joined{network.replace('/', '-')}")

    def _accept(self, accounts: Sequence[str]) -> iam.Role:
        """A role that accepts peerings with the hub VPC and no other, which CloudFormation takes in those accounts."""
        role = iam.Role(
            self,
            "Acceptance",
            assumed_by=iam.CompositePrincipal(*(iam.ArnPrincipal(root_of(one)) for one in accounts)),
            description="Accepts peering connections with the hub that other accounts ask for",
        )
        stack = Stack.of(self)
        hub = stack.format_arn(service="ec2", resource="vpc", resource_name=self.vpc.vpc_id)
        # Whose account stands in a peering's ARN is the one that asked for it.
        peerings = stack.format_arn(service="ec2", account="*", resource="vpc-peering-connection", resource_name="*")
        role.add_to_policy(iam.PolicyStatement(actions=["ec2:AcceptVpcPeeringConnection"], resources=[hub]))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["ec2:AcceptVpcPeeringConnection"],
                resources=[peerings],
                conditions={"ArnEquals": {"ec2:AccepterVpc": hub}},
            )
        )
        acknowledge_wildcard_resource(
            role, peerings, "A peering has no id before it is asked for; the statement names the one VPC that accepts."
        )
        return role

    def _new_vpc(self, cidr: str, zone_names: Sequence[str], *, ipv6: bool) -> ec2.IVpc:
        network = AttachmentVpc(
            self, "Network", cidr=cidr, availability_zones=zone_names, tiers={"Services": 24}, ipv6=ipv6
        )
        self.logs.log_flows(network)
        return network.vpc


def route_to_peer(scope: Construct, vpc: ec2.IVpc, destination: str, peering_id: str, name: str) -> None:
    """Send a range to a peering connection from every subnet of a VPC.

    Args:
        scope: Parent construct.
        vpc: The VPC.
        destination: The range.
        peering_id: The peering connection.
        name: What the routes' ids begin with.
    """
    for table, subnet_id in _tables(vpc).items():
        ec2.CfnRoute(
            scope,
            f"{name}{subnet_id}",
            route_table_id=table,
            destination_cidr_block=destination,
            vpc_peering_connection_id=peering_id,
        )


def _route(
    place: Construct, source: ec2.IVpc, target: ec2.IVpc, peering: ec2.CfnVPCPeeringConnection, side: str
) -> None:
    route_to_peer(place, source, range_of("vpc", target), peering.attr_id, side)


def _route_range(
    place: Construct, source: ec2.IVpc, target: Ipv6Range, peering: ec2.CfnVPCPeeringConnection, side: str
) -> None:
    for table, subnet_id in _tables(source).items():
        route = ec2.CfnRoute(
            place,
            f"{side}{subnet_id}ByIpv6",
            route_table_id=table,
            destination_ipv6_cidr_block=target.cidr,
            vpc_peering_connection_id=peering.attr_id,
        )
        if target.made_by is not None:
            route.node.add_dependency(target.made_by)


def _tables(vpc: ec2.IVpc) -> dict[str, str]:
    tables: dict[str, str] = {}
    for subnet in [*vpc.private_subnets, *vpc.isolated_subnets, *vpc.public_subnets]:
        tables.setdefault(subnet.route_table.route_table_id, subnet.node.id)
    return tables
