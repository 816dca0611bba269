"""Peering connections of the proxy's VPC, with the routes on both sides and names that resolve to private addresses."""

from aws_cdk import Acknowledgment, ArnFormat, CfnTag, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import custom_resources as cr
from aws_cdk.custom_resources import AwsCustomResourcePolicy, PhysicalResourceId
from constructs import Construct

from patterns.building_blocks.vpc.route_tables import route_table_of
from patterns.network.peering_proxy.place import ProxyPlace

_ROLE = {
    "AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
    "AWSLambdaBasicExecutionRole]": "The managed policy lets the CDK's own function write its log, and nothing else."
}
_FUNCTION = {
    "Serverless::Serverless-LambdaDLQ": "CloudFormation invokes it, and fails the deployment when no answer comes.",
    "Serverless::Serverless-LambdaTracing": "It runs when a peering is made, before the eyes of whoever deploys.",
}


class ProxyPeering(Construct):
    """One VPC peered with the proxy's, and routes between it and one tier of that.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        place: Where the proxy stands.
        tier: The tier that exchanges packets with it: of a new VPC no other has a route.
        vpc: The VPC.

    Attributes:
        peering (ec2.CfnVPCPeeringConnection): The connection.

    Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, place: ProxyPlace, tier: str, vpc: ec2.IVpc) -> None:
        super().__init__(scope, construct_id)
        self.peering = ec2.CfnVPCPeeringConnection(
            self,
            "Peering",
            vpc_id=place.vpc.vpc_id,
            peer_vpc_id=vpc.vpc_id,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )
        for name, table in place.tables[tier].items():
            self._route(name, table, vpc.vpc_cidr_block)
        for table, subnet_id in route_tables(vpc).items():
            for number, range_ in enumerate(place.ranges[tier], start=1):
                self._route(subnet_id if number == 1 else f"{subnet_id}To{number}", table, range_)
        self._resolve_names()

    def _route(self, name: str, table: str, destination: str) -> None:
        ec2.CfnRoute(
            self,
            name,
            route_table_id=table,
            destination_cidr_block=destination,
            vpc_peering_connection_id=self.peering.attr_id,
        )

    def _resolve_names(self) -> None:
        """Let each side's public names of EC2 resolve to private addresses on the other.

        CloudFormation has no property for it (2026-11-26).
        """
        options = {"AllowDnsResolutionFromRemoteVpc": True}
        call = cr.AwsSdkCall(
            service="EC2",
            action="modifyVpcPeeringConnectionOptions",
            parameters={
                "VpcPeeringConnectionId": self.peering.attr_id,
                "RequesterPeeringConnectionOptions": options,
                "AccepterPeeringConnectionOptions": options,
            },
            physical_resource_id=PhysicalResourceId.of(self.peering.attr_id),
        )
        arn = Stack.of(self).format_arn(
            service="ec2",
            resource="vpc-peering-connection",
            resource_name=self.peering.attr_id,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        self.names = cr.AwsCustomResource(
            self,
            "Names",
            on_create=call,
            on_update=call,
            install_latest_aws_sdk=False,
            memory_size=256,
            policy=AwsCustomResourcePolicy.from_sdk_calls(resources=[arn]),
        )
        # The function of the CDK's own, one in the stack.
        identity = cr.AwsCustomResource.PROVIDER_FUNCTION_UUID.replace("-", "")
        function = Stack.of(self).node.find_child(f"AWS{identity}")
        for child, findings in (("ServiceRole", _ROLE), ("Resource", _FUNCTION)):
            for finding, reason in findings.items():
                acknowledged = Acknowledgment(id=finding, reason=reason)
                Validations.of(function.node.find_child(child)).acknowledge(acknowledged)


def route_tables(vpc: ec2.IVpc) -> dict[str, str]:
    """The route tables of a VPC's subnets, each once, with the id of the first subnet that has it."""
    tables: dict[str, str] = {}
    for subnet in [*vpc.private_subnets, *vpc.isolated_subnets, *vpc.public_subnets]:
        tables.setdefault(route_table_of(subnet), subnet.node.id)
    return tables
