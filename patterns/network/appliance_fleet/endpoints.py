"""Gateway Load Balancer endpoints: where packets leave a network for the appliances and come back."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Len
from aws_cdk import CfnTag
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.tiered_vpc import ZonalSubnet


class ApplianceEndpoints(Construct):
    """An endpoint of the appliances in each zone, so that no flow leaves its zone on the way to them.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        service_name: The endpoint service, `ApplianceFleet.service_name`.
        vpc_id: The VPC.
        subnets: One subnet in each zone, whose route table decides where packets go once they are inspected.
        ipv6: Whether they take IPv6, too, as the fleet does: their subnets have it. Default: no.

    Attributes:
        endpoints (dict[int, ec2.CfnVPCEndpoint]): By the zone's number.

    Raises:
        ValueError: If two subnets are in one zone.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-gateway-load-balancer-endpoint-service.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service_name: str,
        vpc_id: Annotated[str, Matches(r"vpc-([0-9a-f]{8}|[0-9a-f]{17})", "ids such as vpc-0123456789abcdef0")],
        subnets: Annotated[Sequence[ZonalSubnet], Len(1), Known("the zones")],
        ipv6: bool = False,
    ) -> None:
        numbers = [one.number for one in subnets]
        for number in numbers:
            if numbers.count(number) > 1:
                raise ValueError(f"subnets must be one in each zone, got {numbers.count(number)} in zone {number}")
        super().__init__(scope, construct_id)
        self.endpoints = {
            each.number: ec2.CfnVPCEndpoint(
                self,
                f"Zone{each.number}",
                vpc_endpoint_type="GatewayLoadBalancer",
                vpc_id=vpc_id,
                service_name=service_name,
                subnet_ids=[each.subnet.attr_subnet_id],
                ip_address_type="dualstack" if ipv6 else None,
                tags=[CfnTag(key="Name", value=f"{self.node.path}/Zone{each.number}")],
            )
            for each in subnets
        }

    @checked
    def in_zone(self, number: int) -> str:
        """Find the endpoint of a zone.

        Args:
            number: The zone's number, from 1.

        Returns:
            Its id.
        """
        return self.endpoints[number].attr_id
