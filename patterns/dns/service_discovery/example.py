from typing import Any

from aws_cdk import Aws, CfnOutput, Environment, Fn, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.dns.service_discovery import Service, ServiceDiscovery


def network(scope: Construct) -> ec2.Vpc:
    made = ec2.Vpc(
        scope,
        "Vpc",
        ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"),
        availability_zones=[Fn.select(0, Fn.get_azs()), Fn.select(1, Fn.get_azs())],
        subnet_configuration=[
            ec2.SubnetConfiguration(
                name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24, map_public_ip_on_launch=False
            ),
            ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=20),
        ],
        restrict_default_security_group=False,
    )
    for address in made.node.find_all():
        if isinstance(address, ec2.CfnEIP):
            # Others may have allowed it through their firewalls.
            address.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    for_this_account = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    writer = iam.Role(
        scope,
        "WritesFlows",
        assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com", conditions=for_this_account),
    )
    flows = made.add_flow_log("Flows", destination=ec2.FlowLogDestination.to_cloud_watch_logs(iam_role=writer))
    flows.node.find_child("FlowLog").node.add_dependency(writer.node.find_child("DefaultPolicy"))
    return made


class ServiceDiscoveryStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        vpc = options.get("vpc") or network(self)
        # Functions, instances and others that run in the VPC, and not in the mesh.
        reports = ec2.SecurityGroup(self, "Reports", vpc=vpc, description="Reports on orders", allow_all_outbound=False)
        reports.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS services")
        given: dict[str, Any] = {
            "vpc": vpc,
            "services": {"shop": Service(), "orders": Service(callers=["shop"], clients=[reports])},
        }
        if "namespace" not in options:
            given["namespace_name"] = "shop.internal"
        self.mesh = ServiceDiscovery(self, "Mesh", **(given | options))
        for name, one in self.mesh.services.items():
            CfnOutput(self, f"{name.replace('-', '').capitalize()}Address", value=one.address)
