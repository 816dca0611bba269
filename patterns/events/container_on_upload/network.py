"""The network of the tasks: private subnets, and endpoints instead of a way to the internet."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.availability_zones import zones
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.vpc.endpoints import InterfaceEndpoints, gateway_endpoints
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc

SERVICES = ("ecr.api", "ecr.dkr", "logs")
"""What a task needs to start and to log, beside Amazon S3, which has the layers of its image."""


class TaskNetwork(Construct):
    """A VPC without a way to the internet, or an existing one, and the security group of the tasks.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpc: An existing VPC. None: a new one is made.
        settings: The key and retention of flow logs.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        subnets (list[ec2.ISubnet]): The subnets of the tasks.
        security_group (ec2.SecurityGroup): The group of the tasks, which nobody reaches.
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc: ec2.IVpc | None, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        made = None
        if vpc is None:
            made = TieredVpc(self, "Vpc", cidr="10.0.0.0/16", availability_zones=zones(None, 2), tiers={"Tasks": 20})
            vpc = made.vpc
        self.vpc = vpc
        self.subnets: list[ec2.ISubnet] = list(vpc.private_subnets or vpc.isolated_subnets)
        self.security_group = deployable(
            ec2.SecurityGroup(
                self,
                "Tasks",
                vpc=vpc,
                description="Tasks that work on uploads: HTTPS out, nothing in",
                allow_all_outbound=False,
            )
        )
        self.security_group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "HTTPS to AWS services")
        if made is not None:
            self._connect(made, settings)

    def _connect(self, made: TieredVpc, settings: Settings) -> None:
        gateway_endpoints(
            self,
            vpc_id=made.vpc_id,
            route_table_ids=[one.route_table.attr_route_table_id for one in made.all_subnets],
            instances=False,
        )
        InterfaceEndpoints(
            self,
            "Endpoints",
            vpc_id=made.vpc_id,
            subnet_ids=[one.subnet.attr_subnet_id for one in made.all_subnets],
            services=SERVICES,
            clients={"tasks": made.range_of("Tasks")},
        )
        NetworkLogs(self, "Logs", settings=settings).log_flows(made)
