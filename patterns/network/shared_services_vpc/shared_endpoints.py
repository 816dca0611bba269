"""Central endpoints in a VPC that others reach already, by whatever network is between them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.security_group import check_rules
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import ORGANIZATION_NETWORKS, PrivateCidrs, private_networks
from patterns.building_blocks.vpc.endpoints import ServiceName, ServiceNames
from patterns.building_blocks.vpc_dns import check_vpcs
from patterns.network.hub.spoke import attachment_subnets_of, require_same_account
from patterns.network.hub.transit_gateway import Principal
from patterns.network.shared_services_vpc.central_endpoints import central_endpoints
from patterns.network.shared_services_vpc.service_names import ServiceNamesShared, SharedBy, check_names, check_zones

_OWN_NAMES: Mapping[str, str] = MappingProxyType({})


class SharedEndpoints(Construct):
    """Serve every VPC of a network by interface endpoints in one of them, under the services' own names.

    The network is another construct's: a transit gateway with a shared spoke, a hub of peerings, a VPC behind sites.
    What reaches the VPC reaches the endpoints; the names are shared with those VPCs that `share_names` is told of.

    Args:
        scope: Parent construct, in the VPC's stack or a later one.
        construct_id: Construct id.
        vpc: The VPC of the endpoints.
        subnets: Their subnets, one in each zone. Default: the first in each that is neither public nor a gateway's.
        interface_endpoints: AWS services that are reached by an interface endpoint. Default: those of AWS Systems
            Manager.
        private_names: The names of services that do not follow from the service's: whole domain names, with the Region.
            Default: none.
        names_shared_by: How other VPCs get the services' names: "zones" associates a private hosted zone of each
            service with each VPC of this stack; "profile" associates one Route 53 Profile with each, also in other
            stacks and accounts. Default: "zones", or "profile" with `share_with`.
        networks: The private ranges that clients are in: those of VPCs, and of sites. Default: 10.0.0.0/8,
            172.16.0.0/12 and 192.168.0.0/16 (RFC 1918).
        share_with: Accounts of the organization, and ARNs of it or its units, that may use the endpoints and get the
            names through RAM. Default: nobody.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        endpoints (InterfaceEndpoints): The endpoints, by service, and their security group.
        names (ServiceNamesShared): The zones, and the Profile where there is one.

    Raises:
        ValueError: If a service comes twice, or names cannot be shared as asked.

    Source: https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection | None = None,
        interface_endpoints: ServiceNames = ("ssm", "ssmmessages"),
        private_names: Annotated[Mapping[ServiceName, DomainName], Known("the names of private zones")] = _OWN_NAMES,
        names_shared_by: SharedBy | None = None,
        networks: PrivateCidrs = ORGANIZATION_NETWORKS,
        share_with: Sequence[Principal] = (),
    ) -> None:
        clients = private_networks("networks", networks)
        check_rules("networks", len(clients))
        shared_by = check_names(interface_endpoints, private_names, names_shared_by, share_with)
        require_same_account(scope, vpc, "endpoints stand in a VPC of their own account")
        check_vpcs("vpc", [vpc])
        chosen = attachment_subnets_of(vpc, subnets, argument="subnets", dedicated=False)
        super().__init__(scope, construct_id)
        self.vpc = vpc
        self.endpoints = central_endpoints(
            self,
            vpc_id=vpc.vpc_id,
            subnet_ids=[one.subnet_id for one in chosen],
            services=interface_endpoints,
            networks=clients,
            share_with=share_with,
        )
        self.names = ServiceNamesShared(
            self,
            "Names",
            vpc=vpc,
            endpoints=self.endpoints.endpoints,
            names=private_names,
            shared_by=shared_by,
            share_with=share_with,
        )

    @checked
    def share_names(self, vpc: ec2.IVpc) -> None:
        """Answer the services' names with these endpoints in a VPC of this account that reaches theirs.

        Args:
            vpc: The VPC, of this stack or another one.

        Raises:
            ValueError: If the VPC does not resolve private names, or is in another stack while names are shared by
                zones.
        """
        check_vpcs("vpc", [vpc])
        check_zones(self, self.names, vpc)
        inside = [one.node.id for one in vpc.node.scopes][len(Stack.of(vpc).node.scopes) :]
        place = f"{''.join(inside)}NamesOf{self.node.id}"
        if vpc.node.addr == self.vpc.node.addr or Stack.of(vpc).node.try_find_child(place) is not None:
            raise ValueError(f"vpc must be told of once, got {vpc.node.path}, which has the names")
        self.names.add_vpc(vpc, Construct(Stack.of(vpc), place))
