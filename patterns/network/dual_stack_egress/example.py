from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.network.dual_stack_egress import DualStackEgress


class DualStackEgressStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.network = DualStackEgress(self, "Crawler", **{"interface_endpoints": ["ssm"], **options})
        # What a host has of the network, and what it costs: nothing.
        for tier in ("DualStack", "Ipv6Only"):
            ec2.CfnNetworkInterface(
                self,
                f"{tier}Host",
                subnet_id=self.network.network.subnets[tier][0].subnet.attr_subnet_id,
                group_set=[self.network.security_group.security_group_id],
                ipv6_address_count=1,
            )
        CfnOutput(self, "Vpc", value=self.network.vpc.vpc_id)
