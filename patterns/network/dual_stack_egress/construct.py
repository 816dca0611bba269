"""Out to the internet by IPv6 for nothing, by NAT64 to what has only IPv4, and nothing in."""

from typing import Any

from aws_cdk import CfnTag
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.nat_gateway_alarms import watch_nat_gateways
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr
from patterns.building_blocks.vpc.endpoints import InterfaceEndpoints, ServiceNames, check_services, gateway_endpoints
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import PUBLIC, TieredVpc
from patterns.network.access.public_access import block_public_access as block

DUAL_STACK, IPV6_ONLY = "DualStack", "Ipv6Only"
EVERY_IPV4, EVERY_IPV6 = "0.0.0.0/0", "::/0"
# Where DNS64 puts the addresses of hosts that have only IPv4: RFC 6052.
NAT64 = "64:ff9b::/96"


class DualStackEgress(Construct):
    """Let hosts out by IPv6 without charge, and by NAT64 to what has only IPv4, and nothing in.

    A dual-stack tier is for what still needs an IPv4 address of its own, such as functions; an IPv6-only tier has none,
    and never runs out of addresses. An egress-only internet gateway takes IPv6 out and no connection in.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        cidr: The VPC's IPv4 range, at least a /20. Default: 10.0.0.0/16.
        availability_zones: The zones, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        nat64: Whether a NAT gateway in each zone takes hosts to what has only IPv4. Without, there are no public
            subnets, no public addresses, and nothing to pay for. Default: yes.
        interface_endpoints: AWS services that hosts reach by a dual-stack interface endpoint, such as "ssm".
            Default: none; Amazon S3 and Amazon DynamoDB have gateway endpoints for IPv4 always.
        block_public_access: Whether AWS refuses what comes from the internet to any VPC of the account in this Region,
            whatever address it has. It is one setting of the account. With NAT64 the VPC has an internet gateway, which
            delivers what comes to a host's IPv6 address as far as its security group. Default: no.
        encryption_key: The key that encrypts the flow logs. Default: a new key.
        log_retention: How long they are kept. Default: one year.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        network (TieredVpc): The VPC with its subnets and route tables.
        vpc (ec2.IVpc): The same, for constructs that ask for it.
        egress_only_gateway (ec2.CfnEgressOnlyInternetGateway): The way out by IPv6.
        nat_gateways (list[ec2.CfnNatGateway]): One for each zone, or none.
        security_group (ec2.ISecurityGroup): Lets hosts out by HTTPS, by both families, and nobody in.
        gateway_endpoints (dict[str, ec2.CfnVPCEndpoint]): By service.
        interface_endpoints (dict[str, ec2.CfnVPCEndpoint]): By service.
        logs (NetworkLogs): Log group `Flows`, and its key.
        environment (dict[str, str]): What makes the SDKs of AWS use services' dual-stack names.
        alarms (list[cloudwatch.Alarm]): One for each NAT gateway.

    Raises:
        ValueError: If the range is too small, or an endpoint is asked for twice or has no use.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cidr: VpcCidr = "10.0.0.0/16",
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        nat64: bool = True,
        interface_endpoints: ServiceNames = (),
        block_public_access: bool = False,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        settings = Settings(encryption_key=encryption_key, log_retention=log_retention, alarm_topic=alarm_topic)
        zone_names = zones(availability_zones, max_azs)
        check_services("interface_endpoints", interface_endpoints)
        super().__init__(scope, construct_id)
        self.network = TieredVpc(
            self,
            "Network",
            cidr=cidr,
            availability_zones=zone_names,
            # The IPv6-only tier uses none of its IPv4 range, which keeps the place of its /64s.
            tiers={DUAL_STACK: 23, **({PUBLIC: 28} if nat64 else {}), IPV6_ONLY: 28},
            with_egress=[DUAL_STACK],
            ipv6=True,
            ipv6_only=[IPV6_ONLY],
        )
        self.vpc: ec2.IVpc = self.network.vpc
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.logs.log_flows(self.network)
        self.egress_only_gateway = ec2.CfnEgressOnlyInternetGateway(
            self,
            "EgressOnlyGateway",
            vpc_id=self.network.vpc_id,
            tags=[CfnTag(key="Name", value=f"{self.node.path}/EgressOnlyGateway")],
        )
        self.nat_gateways = self.network.nat_gateways() if nat64 else []
        self._route()
        if block_public_access:
            block(self, but=[])
        self.environment = {"AWS_USE_DUALSTACK_ENDPOINT": "true"}
        self.security_group = self._let_out()
        self._add_endpoints(interface_endpoints)
        self.alarms: list[cloudwatch.Alarm] = watch_nat_gateways(self, self.nat_gateways, settings.alarm_topic)

    def function_settings(self) -> dict[str, Any]:
        """What puts a function of AWS Lambda into the dual-stack tier, as arguments of its construct.

        Functions take no IPv6-only subnets, and use IPv6 only where they are told to.

        Returns:
            `vpc`, `vpc_subnets`, `security_groups` and `ipv6_allowed_for_dual_stack`.
        """
        return {
            "vpc": self.vpc,
            "vpc_subnets": ec2.SubnetSelection(subnet_group_name=DUAL_STACK),
            "security_groups": [self.security_group],
            "ipv6_allowed_for_dual_stack": True,
        }

    def _route(self) -> None:
        for tier in (DUAL_STACK, IPV6_ONLY):
            for number, subnet in enumerate(self.network.subnets[tier]):
                subnet.route("OutByIpv6", EVERY_IPV6, egress_only_internet_gateway_id=self.egress_only_gateway.attr_id)
                if self.nat_gateways:
                    # In its own zone, so that no zone depends on another. Packets to NAT64's range are IPv6's.
                    name, destination = ("OutByIpv4", EVERY_IPV4) if tier == DUAL_STACK else ("OutByNat64", NAT64)
                    subnet.route(name, destination, nat_gateway_id=self.nat_gateways[number].attr_nat_gateway_id)

    def _let_out(self) -> ec2.ISecurityGroup:
        group = deployable(
            ec2.SecurityGroup(
                self, "Hosts", vpc=self.vpc, description="Hosts that go out by HTTPS", allow_all_outbound=False
            )
        )
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "HTTPS by IPv4")
        group.add_egress_rule(ec2.Peer.any_ipv6(), ec2.Port.tcp(443), "HTTPS by IPv6")
        return group

    def _add_endpoints(self, services: ServiceNames) -> None:
        dual_stack = self.network.subnets[DUAL_STACK]
        self.gateway_endpoints = gateway_endpoints(
            self,
            vpc_id=self.network.vpc_id,
            route_table_ids=[each.route_table.attr_route_table_id for each in dual_stack],
        )
        self.interface_endpoints: dict[str, ec2.CfnVPCEndpoint] = {}
        if services:
            self.interface_endpoints = InterfaceEndpoints(
                self,
                "Endpoints",
                vpc_id=self.network.vpc_id,
                subnet_ids=[each.subnet.attr_subnet_id for each in dual_stack],
                services=services,
                client_group=self.security_group,
                dual_stack=True,
            ).endpoints
