"""Shared services as a spoke of a hub with a firewall."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr
from patterns.building_blocks.vpc.endpoints import ServiceName, ServiceNames
from patterns.building_blocks.vpc_dns import check_vpcs
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.inspected_hub import InspectedHub
from patterns.network.hub.spoke import Spoke
from patterns.network.shared_services_vpc.central_endpoints import central_endpoints
from patterns.network.shared_services_vpc.construct import ENDPOINTS, SERVICES
from patterns.network.shared_services_vpc.service_names import ServiceNamesShared, check_names

_OWN_NAMES: Mapping[str, str] = MappingProxyType({})


class InspectedServices(Construct):
    """Share one VPC's services and endpoints behind a hub's firewall, also with spokes that reach nothing else.

    The shared VPC is a spoke of the hub. `add_spoke` puts a VPC behind the hub that reaches it and no other spoke;
    `share_names` gives the services' names to a spoke that reaches every other one.

    Args:
        scope: Parent construct, in a stack of the hub's Region.
        construct_id: Construct id.
        hub: The hub that the shared VPC joins.
        cidr: The shared VPC's range, at least a /21, in the hub's networks.
        interface_endpoints: AWS services that spokes reach by an interface endpoint in the shared VPC. Default:
            those of AWS Systems Manager.
        private_names: The names of services that do not follow from the service's: whole domain names, with the Region.
            Default: none.

    Attributes:
        network (AttachmentVpc): The shared VPC; services stand in its tier `Services`.
        spoke (Spoke): What joins it to the hub.
        endpoints (InterfaceEndpoints): The endpoints, by service, and their security group.
        names (ServiceNamesShared): The zones, and the Profile that spokes get them by.

    Raises:
        ValueError: If ranges overlap, or a service comes twice.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-isolated-shared.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        hub: InspectedHub,
        cidr: VpcCidr,
        interface_endpoints: ServiceNames = ("ssm", "ssmmessages"),
        private_names: Annotated[Mapping[ServiceName, DomainName], Known("the names of private zones")] = _OWN_NAMES,
    ) -> None:
        check_names(interface_endpoints, private_names, "profile", ())
        super().__init__(scope, construct_id)
        self._hub = hub
        self.network = AttachmentVpc(
            self, "Network", cidr=cidr, availability_zones=hub.availability_zones, tiers={SERVICES: 24, ENDPOINTS: 26}
        )
        hub.logs.log_flows(self.network)
        self.spoke = hub.add_spoke(self.network.vpc, role="shared")
        self.endpoints = central_endpoints(
            self,
            vpc_id=self.network.vpc_id,
            subnet_ids=[each.subnet.attr_subnet_id for each in self.network.subnets[ENDPOINTS]],
            services=interface_endpoints,
            networks=hub.networks,
        )
        # By a Profile: a private zone would have to name the VPCs of stacks that come after its own.
        self.names = ServiceNamesShared(
            self,
            "Names",
            vpc=self.network.vpc,
            endpoints=self.endpoints.endpoints,
            names=private_names,
            shared_by="profile",
            share_with=(),
        )

    @checked
    def add_spoke(self, vpc: ec2.IVpc, *, attachment_subnets: ec2.SubnetSelection | None = None) -> Spoke:
        """Put a VPC behind the hub that reaches the shared services and the internet, and no other spoke or site.

        Args:
            vpc: The VPC, of this stack or another one.
            attachment_subnets: One subnet in each of the hub's zones for the gateway's interfaces. Default: those of
                the group `Attachment`, or else the first in each zone.

        Returns:
            The spoke, in the VPC's own stack.

        Raises:
            ValueError: If the VPC cannot be a spoke of the hub, or does not resolve private names.
        """
        check_vpcs("vpc", [vpc])
        spoke = self._hub.add_spoke(vpc, attachment_subnets=attachment_subnets, role="apart")
        self.names.add_vpc(vpc, spoke)
        return spoke

    @checked
    def share_names(self, vpc: ec2.IVpc) -> None:
        """Answer the services' names in a VPC that is a spoke of the hub already.

        Args:
            vpc: The VPC, of this stack or another one.

        Raises:
            ValueError: If the VPC does not resolve private names.
        """
        check_vpcs("vpc", [vpc])
        inside = [one.node.id for one in vpc.node.scopes][len(Stack.of(vpc).node.scopes) :]
        self.names.add_vpc(vpc, Construct(Stack.of(vpc), f"{''.join(inside)}NamesOf{self.node.id}"))
