from typing import Any

from aws_cdk import Aws, CfnOutput, Environment, Fn, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from constructs import Construct

from patterns.dns.shared_private_zone import SharedPrivateZone


def network(scope: Construct, name: str, cidr: str) -> ec2.Vpc:
    inside = ec2.SubnetConfiguration(name="Inside", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=26)
    made = ec2.Vpc(
        scope,
        name,
        ip_addresses=ec2.IpAddresses.cidr(cidr),
        availability_zones=[Fn.select(0, Fn.get_azs()), Fn.select(1, Fn.get_azs())],
        subnet_configuration=[inside],
        restrict_default_security_group=False,
    )
    for_this_account = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    writer = iam.Role(
        scope,
        f"{name}WritesFlows",
        assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com", conditions=for_this_account),
    )
    flows = made.add_flow_log(f"{name}Flows", destination=ec2.FlowLogDestination.to_cloud_watch_logs(iam_role=writer))
    flows.node.find_child("FlowLog").node.add_dependency(writer.node.find_child("DefaultPolicy"))
    return made


class SharedPrivateZoneStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        public = route53.PublicHostedZone(self, "Public", zone_name="example.com")
        public.apply_removal_policy(RemovalPolicy.RETAIN)
        given: dict[str, Any] = {
            "zone_name": "example.com",
            "vpcs": [network(self, "Shop", "10.1.0.0/24"), network(self, "Billing", "10.2.0.0/24")],
            "profile_vpcs": [network(self, "Wiki", "10.3.0.0/24")],
            "shared_with": ["222233334444"],
            "records": {"db": ["10.1.0.10"], "queue": ["10.2.0.10"]},
            "public_zone": public,
            "public_names": {"www": ["203.0.113.10"]},
        }
        self.names = SharedPrivateZone(self, "Names", **(given | options))
        if self.names.profile is not None:
            CfnOutput(self, "ProfileId", value=self.names.profile.attr_id)
