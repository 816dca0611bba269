"""Spokes use what is in one hub VPC, each by a peering connection, and nothing beyond it."""

from collections.abc import Sequence
from ipaddress import IPv4Network

from aws_cdk import CfnTag, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.spoke import network_of, require_same_account
from patterns.network.tiers.cidr_block import VpcCidr, reject_overlap, vpc_network
from patterns.network.tiers.network_logs import NetworkLogs


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
        encryption_key: The key that encrypts the new VPC's flow logs. Default: a new key.
        log_retention: How long they are kept. Default: one year.

    Attributes:
        vpc (ec2.IVpc): The hub VPC.
        logs (NetworkLogs): Log group `Flows` of the VPCs that it is asked to log, the new one included; and its key.
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
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
    ) -> None:
        network = vpc_network("cidr", cidr) if vpc is None else network_of(vpc)
        self._taken: dict[str, list[IPv4Network]] = {} if network is None else {"the hub": [network]}
        zone_names = zones(availability_zones, max_azs)
        super().__init__(scope, construct_id)
        self.peerings: dict[str, ec2.CfnVPCPeeringConnection] = {}
        self.logs = NetworkLogs(
            self, "Logs", settings=Settings(encryption_key=encryption_key, log_retention=log_retention)
        )
        self.vpc = vpc or self._new_vpc(cidr, zone_names)

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
        return peering

    def _new_vpc(self, cidr: str, zone_names: Sequence[str]) -> ec2.IVpc:
        network = AttachmentVpc(self, "Network", cidr=cidr, availability_zones=zone_names, tiers={"Services": 24})
        self.logs.log_flows(network)
        return network.vpc


def _route(
    place: Construct, source: ec2.IVpc, target: ec2.IVpc, peering: ec2.CfnVPCPeeringConnection, side: str
) -> None:
    tables: dict[str, str] = {}
    for subnet in [*source.private_subnets, *source.isolated_subnets, *source.public_subnets]:
        tables.setdefault(subnet.route_table.route_table_id, subnet.node.id)
    for table, subnet_id in tables.items():
        ec2.CfnRoute(
            place,
            f"{side}{subnet_id}",
            route_table_id=table,
            destination_cidr_block=target.vpc_cidr_block,
            vpc_peering_connection_id=peering.attr_id,
        )
