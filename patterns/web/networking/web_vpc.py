"""VPCs of web applications: load balancers in public subnets, everything else in private ones."""

from ipaddress import IPv4Network

from aws_cdk import CfnTag, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.building_blocks.availability_zones import zones
from patterns.building_blocks.nat_gateway_alarms import watch_nat_gateways
from patterns.building_blocks.settings import Settings


class WebVpc(Construct):
    """A VPC with a public and a private subnet in each of two zones, a NAT gateway in each zone, and flow logs.

    Without private subnets it has no NAT gateways either: what stands in it has public addresses of its own.

    It is made of plain resources: `ec2.Vpc` asks for a lookup of zones in every stack with a concrete environment.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        settings: The retention and key of flow logs, and the topic of the alarms on NAT gateways.
        private_subnets: Whether there are private subnets with NAT gateways; targets that stand in no subnet need
            none. Default: yes.
        isolated_subnets: Whether there are subnets without any way out in their place, for a load balancer that
            nobody reaches from outside. Default: no.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        alarms (list[cloudwatch.Alarm]): Its alarms.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        private_subnets: bool = True,
        isolated_subnets: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        network = IPv4Network("10.0.0.0/16")
        self._resource = ec2.CfnVPC(
            self,
            "Resource",
            cidr_block=str(network),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )
        gateway = ec2.CfnInternetGateway(self, "InternetGateway")
        attached = ec2.CfnVPCGatewayAttachment(
            self,
            "InternetGatewayAttachment",
            vpc_id=self._resource.attr_vpc_id,
            internet_gateway_id=gateway.attr_internet_gateway_id,
        )
        names = zones(None, 2)
        blocks = list(network.subnets(new_prefix=20))
        public, private, isolated, gateways = [], [], [], []
        for number, zone in enumerate(names, start=1):
            outside = self._subnet(f"Public{number}", zone, blocks[number - 1])
            to_internet = self._default_route(
                f"Public{number}", outside[1], gateway_id=gateway.attr_internet_gateway_id
            )
            to_internet.node.add_dependency(attached)
            public.append(outside)
            if isolated_subnets:
                # Two blocks are kept for further zones.
                isolated.append(self._subnet(f"Isolated{number}", zone, blocks[number + 3]))
            if not private_subnets:
                continue
            address = ec2.CfnEIP(self, f"NatAddress{number}", domain="vpc")
            # Others may have allowed this address through their firewalls; one of a failed creation nobody knows.
            address.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
            address.node.add_dependency(attached)
            nat = ec2.CfnNatGateway(
                self,
                f"Nat{number}",
                subnet_id=outside[0].attr_subnet_id,
                allocation_id=address.attr_allocation_id,
            )
            nat.node.add_dependency(to_internet, outside[2])
            # Two blocks are kept for further zones.
            inside = self._subnet(f"Private{number}", zone, blocks[number + 3])
            self._default_route(f"Private{number}", inside[1], nat_gateway_id=nat.attr_nat_gateway_id)
            private.append(inside)
            gateways.append(nat)
        self.vpc: ec2.IVpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self._resource.attr_vpc_id,
            vpc_cidr_block=str(network),
            availability_zones=names,
            public_subnet_ids=[each[0].attr_subnet_id for each in public],
            public_subnet_names=["Public"],
            public_subnet_route_table_ids=[each[1].attr_route_table_id for each in public],
            private_subnet_ids=[each[0].attr_subnet_id for each in private] or None,
            private_subnet_names=["Private"] if private else None,
            private_subnet_route_table_ids=[each[1].attr_route_table_id for each in private] or None,
            isolated_subnet_ids=[each[0].attr_subnet_id for each in isolated] or None,
            isolated_subnet_names=["Isolated"] if isolated else None,
            isolated_subnet_route_table_ids=[each[1].attr_route_table_id for each in isolated] or None,
        )
        self._log_flows(settings)
        self.alarms: list[cloudwatch.Alarm] = watch_nat_gateways(self, gateways, settings.alarm_topic)

    def _subnet(
        self, name: str, zone: str, block: IPv4Network
    ) -> tuple[ec2.CfnSubnet, ec2.CfnRouteTable, ec2.CfnSubnetRouteTableAssociation]:
        tags = [CfnTag(key="Name", value=f"{self.node.path}/{name}")]
        subnet = ec2.CfnSubnet(
            self,
            name,
            vpc_id=self._resource.attr_vpc_id,
            cidr_block=str(block),
            availability_zone=zone,
            map_public_ip_on_launch=False,
            tags=tags,
        )
        table = ec2.CfnRouteTable(self, f"{name}Routes", vpc_id=self._resource.attr_vpc_id, tags=tags)
        association = ec2.CfnSubnetRouteTableAssociation(
            self, f"{name}Association", subnet_id=subnet.attr_subnet_id, route_table_id=table.attr_route_table_id
        )
        return subnet, table, association

    def _default_route(
        self, name: str, table: ec2.CfnRouteTable, *, gateway_id: str | None = None, nat_gateway_id: str | None = None
    ) -> ec2.CfnRoute:
        return ec2.CfnRoute(
            self,
            f"{name}Default",
            route_table_id=table.attr_route_table_id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
        )

    def _log_flows(self, settings: Settings) -> None:
        group = settings.log_group(self, "Flows")
        role = iam.Role(
            self,
            "FlowLogRole",
            assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com", conditions=_of_flow_logs(self)),
            description="Lets the VPC write its flow logs",
        )
        permission = iam.Policy(
            self,
            "WritesFlows",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    resources=[group.log_group_arn],
                )
            ],
        )
        flow_log = ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=self._resource.attr_vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.log_group_name,
            deliver_logs_permission_arn=role.role_arn,
            max_aggregation_interval=60,
        )
        flow_log.node.add_dependency(permission)


def _of_flow_logs(scope: Construct) -> dict[str, dict[str, str]]:
    # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    stack = Stack.of(scope)
    flow_logs = stack.format_arn(service="ec2", resource="vpc-flow-log", resource_name="*")
    return {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": flow_logs}}
