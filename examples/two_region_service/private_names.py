"""The private names: a zone that VPCs and the company network share, and the company's own names for the VPCs."""

from collections.abc import Sequence

from aws_cdk import Aws, CfnOutput, Environment, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.dns.hybrid_dns import HybridDns
from patterns.dns.shared_private_zone import SharedPrivateZone

INTERNAL, COMPANY = "internal.example.com", "corp.example.com"
COMPANY_SERVERS = ["192.168.0.2", "192.168.0.3"]
COMPANY_RANGES = ["192.168.0.0/20"]
RECORDS = {"orders": ["10.0.80.10"], "stock": ["10.0.96.10"]}


class PrivateNames(Stack):
    """A VPC that the company network reaches by VPN, the endpoints in it that answer and ask, and the private zone.

    Args:
        vpcs: The VPCs of the service in this Region, which have the private zone and ask for the company's names.
        encryption_key: The key of its logs.
        alarm_topic: Who is told of failures.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpcs: Sequence[ec2.IVpc],
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env, cross_region_references=env is not None)
        hub = self._hub()
        SharedPrivateZone(self, "Zone", zone_name=INTERNAL, vpcs=[hub, *vpcs], records=RECORDS)
        names = HybridDns(
            self,
            "Names",
            vpc=hub,
            vpcs=vpcs,
            company_domains=[COMPANY],
            company_servers=COMPANY_SERVERS,
            company_ranges=COMPANY_RANGES,
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
        CfnOutput(self, "InboundEndpoint", value=names.inbound.attr_resolver_endpoint_id)

    def _hub(self) -> ec2.Vpc:
        inside = ec2.SubnetType.PRIVATE_ISOLATED
        hub = ec2.Vpc(
            self,
            "Hub",
            ip_addresses=ec2.IpAddresses.cidr("10.9.0.0/24"),
            availability_zones=[Fn.select(0, Fn.get_azs()), Fn.select(1, Fn.get_azs())],
            subnet_configuration=[ec2.SubnetConfiguration(name="Inside", subnet_type=inside, cidr_mask=26)],
            restrict_default_security_group=False,
            vpn_connections={"Company": ec2.VpnConnectionOptions(ip="198.51.100.1", static_routes=COMPANY_RANGES)},
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
        return hub
