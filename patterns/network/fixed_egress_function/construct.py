"""A function in a VPC whose one way out is a NAT gateway with addresses that partners may let in."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Interval
from aws_cdk import CfnTag, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.lambda_function import (
    EnvironmentVariables,
    FunctionMemory,
    FunctionTimeout,
    LambdaFunction,
)
from patterns.building_blocks.nat_gateway_alarms import watch_nat_gateways
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.selected_subnets import after_ways_out
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr
from patterns.building_blocks.vpc.endpoints import gateway_endpoints
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.route_tables import route_table_of
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc

TIER = "Function"
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
_INTERFACES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


class FixedEgressFunction(Construct):
    """Run a function whose calls to the internet come from fixed addresses, and from no others.

    One NAT gateway with regional availability stands in every zone of the function, with Elastic IP addresses that are
    listed, kept, and put out for whoever lets them in. There are no public subnets, and nothing comes in.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        code: The function's code.
        handler: The function in the code: "module.function".
        runtime: The runtime. Default: the catalog's Python.
        memory: The function's memory. Default: 256 MiB.
        timeout: How long one invocation may take. Default: 30 seconds.
        environment: Environment variables. Default: none.
        vpc: The VPC, whose isolated subnets get the way out and the function. Default: a new one.
        cidr: The new VPC's range, at least a /24. Default: 10.0.0.0/24.
        availability_zones: Zones, by name: of the new VPC, or of the isolated subnets of `vpc`. Default: the Region's
            first `max_azs`, or those of `vpc`.
        max_azs: How many zones a new VPC has, if they are not named. Default: 2.
        addresses_per_zone: How many addresses each zone has, each for 55,000 connections to one destination at a time.
            Default: 1.
        egress_port: The TCP port that the function may call. Default: 443.
        encryption_key: The key that encrypts logs, environment and dead letters. Default: a new key for the flow logs,
            and keys that AWS owns.
        log_retention: How long logs are kept. Default: one year.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        function (lambda_.Function): The function.
        vpc (ec2.IVpc): The VPC.
        security_group (ec2.SecurityGroup): The function's: out at `egress_port`, nothing in.
        nat_gateway (ec2.CfnNatGateway): The gateway.
        elastic_ips (list[ec2.CfnEIP]): The addresses, zone by zone.
        addresses (list[str]): The same as text, for partners, known when it is deployed.
        dead_letters (sqs.Queue): Events of callers that do not wait which failed for good, each with its error.
        logs (NetworkLogs | None): Log group `Flows` of the new VPC, and its key.
        alarms (list[cloudwatch.Alarm]): Errors, throttles, events that failed for good, and connections that the
            gateway refuses.

    Raises:
        ValueError: If the range is too small, or `vpc` has no isolated subnets.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code,
        handler: Annotated[str, Matches(r"\S{1,128}", "up to 128 characters without a space")],
        runtime: lambda_.Runtime | None = None,
        memory: FunctionMemory | None = None,
        timeout: FunctionTimeout | None = None,
        environment: EnvironmentVariables | None = None,
        vpc: ec2.IVpc | None = None,
        cidr: VpcCidr = "10.0.0.0/24",
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        addresses_per_zone: Annotated[int, Interval(ge=1, le=8), Known("the number of addresses")] = 1,
        egress_port: Annotated[int, Interval(ge=1, le=65535), Known("the rules of the security group")] = 443,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        if vpc is not None and not vpc.isolated_subnets:
            raise ValueError(f"vpc must have isolated subnets, which have no way out yet, got {vpc.node.path}")
        zone_names = zones(availability_zones, max_azs)
        if vpc is not None and availability_zones is None:
            zone_names = list(dict.fromkeys(subnet.availability_zone for subnet in vpc.isolated_subnets))
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        super().__init__(scope, construct_id)
        self.logs: NetworkLogs | None = None
        self._network: TieredVpc | None = None
        self.vpc: ec2.IVpc = vpc or self._new_vpc(cidr, zone_names, settings)
        self._internet = self._internet_gateway()
        self.elastic_ips = self._addresses(len(zone_names), addresses_per_zone)
        self.addresses = [each.attr_public_ip for each in self.elastic_ips]
        self.nat_gateway = self._nat_gateway(zone_names, addresses_per_zone)
        routes = self._route()
        failed = DeadLetterQueue(
            self, "DeadLetters", holds="events that failed for good, each with its error", settings=settings
        )
        self.dead_letters: sqs.Queue = failed.queue
        made = LambdaFunction(
            self,
            "Function",
            code=code,
            handler=handler,
            description="Calls the internet from fixed addresses",
            runtime=runtime,
            memory=memory,
            timeout=timeout,
            environment=environment,
            settings=settings,
            dead_letters=failed,
        )
        self.function = made.function
        self.security_group = self._let_out(egress_port)
        self._place(made, routes)
        self.alarms: list[cloudwatch.Alarm] = [
            *made.alarms,
            failed.alarm,
            *watch_nat_gateways(self, [self.nat_gateway], settings.alarm_topic),
        ]

    def _new_vpc(self, cidr: str, zone_names: Sequence[str], settings: Settings) -> ec2.IVpc:
        self._network = network = TieredVpc(self, "Network", cidr=cidr, availability_zones=zone_names, tiers={TIER: 26})
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.logs.log_flows(network)
        return network.vpc

    def _internet_gateway(self) -> ec2.CfnVPCGatewayAttachment | None:
        """None where the VPC has public subnets, and so has one."""
        if self.vpc.public_subnets:
            return None
        gateway = ec2.CfnInternetGateway(
            self, "InternetGateway", tags=[CfnTag(key="Name", value=f"{self.node.path}/InternetGateway")]
        )
        return ec2.CfnVPCGatewayAttachment(
            self,
            "InternetGatewayAttachment",
            vpc_id=self.vpc.vpc_id,
            internet_gateway_id=gateway.attr_internet_gateway_id,
        )

    def _addresses(self, zones_: int, each: int) -> list[ec2.CfnEIP]:
        """Zone by zone; one more for each zone, or one more zone, leaves those that are there in theirs."""
        made = []
        names = [
            f"Address{zone}{f'Number{one}' if one > 1 else ''}"
            for zone in range(1, zones_ + 1)
            for one in range(1, each + 1)
        ]
        for name in names:
            tags = [CfnTag(key="Name", value=f"{self.node.path}/{name}")]
            address = ec2.CfnEIP(self, name, domain="vpc", tags=tags)
            # Partners let this address in: it outlives its stack, but not a creation that fails.
            address.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
            if self._internet is not None:
                address.node.add_dependency(self._internet)
            made.append(address)
        return made

    def _nat_gateway(self, zone_names: Sequence[str], each: int) -> ec2.CfnNatGateway:
        """With listed addresses: left to itself, a regional gateway takes addresses of AWS, and more as it grows."""
        gateway = ec2.CfnNatGateway(
            self,
            "NatGateway",
            vpc_id=self.vpc.vpc_id,
            availability_mode="regional",
            connectivity_type="public",
            availability_zone_addresses=[
                ec2.CfnNatGateway.AvailabilityZoneAddressProperty(
                    availability_zone=zone,
                    allocation_ids=[one.attr_allocation_id for one in self.elastic_ips[index * each :][:each]],
                )
                for index, zone in enumerate(zone_names)
            ],
            tags=[CfnTag(key="Name", value=f"{self.node.path}/NatGateway")],
        )
        if self._internet is not None:
            gateway.node.add_dependency(self._internet)
        return gateway

    def _route(self) -> list[ec2.CfnRoute]:
        tables = dict.fromkeys(route_table_of(subnet) for subnet in self.vpc.isolated_subnets)
        routes = [
            ec2.CfnRoute(
                self,
                f"ToInternet{number}",
                route_table_id=table,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=self.nat_gateway.attr_nat_gateway_id,
            )
            for number, table in enumerate(tables, start=1)
        ]
        if self.logs is not None:
            # What goes to them costs nothing there, and a NAT gateway's price by the gigabyte otherwise.
            gateway_endpoints(self, vpc_id=self.vpc.vpc_id, route_table_ids=list(tables), instances=False)
        return routes

    def _let_out(self, port: int) -> ec2.SecurityGroup:
        group = deployable(
            ec2.SecurityGroup(
                self, "SecurityGroup", vpc=self.vpc, description="A function that calls out", allow_all_outbound=False
            )
        )
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), "What the function calls")
        return group

    def _place(self, made: LambdaFunction, routes: Sequence[ec2.CfnRoute]) -> None:
        made.permit([iam.PolicyStatement(actions=list(_INTERFACES), resources=["*"])])
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        resource.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=[subnet.subnet_id for subnet in self.vpc.isolated_subnets],
            security_group_ids=[self.security_group.security_group_id],
        )
        # Lambda makes its interfaces when the function is made, by the role.
        resource.node.add_dependency(made.role)
        # Whatever is made after the function may call it at once.
        resource.node.add_dependency(*routes)
        after_ways_out(resource, self.vpc.isolated_subnets)
        if self._network is not None:
            self._network.before(TIER, resource)
