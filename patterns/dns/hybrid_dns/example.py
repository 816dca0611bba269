from typing import Any

from aws_cdk import Aws, CfnOutput, Environment, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.dns.hybrid_dns import HybridDns

COMPANY = "192.168.0.0/20"


class HybridDnsStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        inside = ec2.SubnetType.PRIVATE_ISOLATED
        hub = ec2.Vpc(
            self,
            "Hub",
            ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/24"),
            availability_zones=[Fn.select(0, Fn.get_azs()), Fn.select(1, Fn.get_azs())],
            subnet_configuration=[ec2.SubnetConfiguration(name="Inside", subnet_type=inside, cidr_mask=26)],
            restrict_default_security_group=False,
            vpn_connections={
                "Company": ec2.VpnConnectionOptions(ip="198.51.100.1", static_routes=[COMPANY]),
            },
            vpn_route_propagation=[ec2.SubnetSelection(subnet_type=inside)],
        )
        for_this_account = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        writer = iam.Role(
            self,
            "WritesFlows",
            assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com", conditions=for_this_account),
        )
        flows = hub.add_flow_log("Flows", destination=ec2.FlowLogDestination.to_cloud_watch_logs(iam_role=writer))
        flows.node.find_child("FlowLog").node.add_dependency(writer.node.find_child("DefaultPolicy"))
        given: dict[str, Any] = {
            "vpc": hub,
            "company_domains": ["corp.example.com"],
            "company_servers": ["192.168.0.2", "192.168.0.3"],
            "company_ranges": [COMPANY],
            "shared_with": ["222233334444"],
        }
        self.names = HybridDns(self, "Names", **(given | options))
        CfnOutput(self, "InboundEndpoint", value=self.names.inbound.attr_resolver_endpoint_id)
