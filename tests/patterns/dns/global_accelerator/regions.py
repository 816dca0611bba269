"""Load balancers in two Regions, an accelerator in front, and its way in, synthesized once."""

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as targets
from constructs import Construct

from patternkit.testing.synthesis import synthesize
from patterns.dns.global_accelerator import Endpoint, GlobalAccelerator, RegionalEndpoints
from tests.conftest import context

CITIES = {"Dublin": "eu-west-1", "Oregon": "us-west-2"}
ACCOUNT = "111122223333"


def vpc(scope: Construct, region: str, block: str) -> ec2.Vpc:
    kinds = {"Outside": ec2.SubnetType.PUBLIC, "Inside": ec2.SubnetType.PRIVATE_ISOLATED}
    return ec2.Vpc(
        scope,
        "Vpc",
        ip_addresses=ec2.IpAddresses.cidr(block),
        availability_zones=[f"{region}a", f"{region}b"],
        subnet_configuration=[
            ec2.SubnetConfiguration(name=name, subnet_type=kind, cidr_mask=24) for name, kind in kinds.items()
        ],
    )


class RegionStack(cdk.Stack):
    """A load balancer without public addresses, whose security group has no rule, and what it forwards to."""

    def __init__(self, scope: Construct, construct_id: str, *, region: str, block: str) -> None:
        env = cdk.Environment(account=ACCOUNT, region=region)
        super().__init__(scope, construct_id, env=env, cross_region_references=True)
        self.vpc = vpc(self, region, block)
        inside = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        self.group = ec2.SecurityGroup(self, "Group", vpc=self.vpc, allow_all_outbound=False)
        self.balancer = elbv2.ApplicationLoadBalancer(
            self, "Balancer", vpc=self.vpc, vpc_subnets=inside, internet_facing=False, security_group=self.group
        )
        server = ec2.Instance(
            self,
            "Server",
            vpc=self.vpc,
            vpc_subnets=inside,
            instance_type=ec2.InstanceType("t4g.small"),
            machine_image=ec2.MachineImage.generic_linux({region: "ami-0123456789abcdef0"}),
            allow_all_outbound=False,
        )
        self.balancer.connections.allow_to(server, ec2.Port.tcp(8080))
        self.balancer.add_listener("Web", port=443, protocol=elbv2.ApplicationProtocol.HTTP, open=False).add_targets(
            "Server", port=8080, targets=[targets.InstanceTarget(server, 8080)]
        )


@cache
def _templates() -> Mapping[str, Any]:
    def build(app: cdk.App) -> None:
        blocks = iter(("10.1.0.0/16", "10.2.0.0/16"))
        stacks = {city: RegionStack(app, city, region=region, block=next(blocks)) for city, region in CITIES.items()}
        env = cdk.Environment(account=ACCOUNT, region="us-west-2")
        front_stack = cdk.Stack(app, "Front", env=env, cross_region_references=True)
        front = GlobalAccelerator(
            front_stack,
            "Front",
            regions={
                CITIES[city]: RegionalEndpoints(endpoints=[Endpoint(balancer=one.balancer)])
                for city, one in stacks.items()
            },
        )
        for city, one in stacks.items():
            entrance = cdk.Stack(
                app,
                f"{city}Entrance",
                env=cdk.Environment(account=ACCOUNT, region=CITIES[city]),
                cross_region_references=True,
            )
            front.let_in(entrance, "Entrance", region=CITIES[city], vpc=one.vpc, security_group=one.group)

    made = synthesize(build, context={**context(), "aws:cdk:enable-path-metadata": True})
    assert not [one for one in made.findings if one.severity == "error"]
    return dict(made.templates)


def templates() -> dict[str, Any]:
    """The templates of all stacks, to change."""
    return copy.deepcopy(dict(_templates()))
