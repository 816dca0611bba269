"""The VPC endpoint by which an API is reached, in a VPC of one's own or one that is made."""

from collections.abc import Sequence

from aws_cdk import Acknowledgment, Aws, Token, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.building_blocks.availability_zones import zones
from patterns.building_blocks.security_group import check_rules, deployable
from patterns.building_blocks.selected_subnets import selected
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.vpc.vpc_range import range_of
from patterns.building_blocks.vpc_dns import check_private_names_are_free

HTTPS = ec2.Port.tcp(443)
RANGE = "10.0.0.0/16"
"""The range of a VPC that is made."""


def check_endpoint(
    scope: Construct, vpc: ec2.IVpc | None, subnets: ec2.SubnetSelection | None, *, private_dns: bool
) -> None:
    """Refuse an endpoint of a single zone, and private names in a VPC that has none, or has them already.

    Args:
        scope: A construct of the app.
        vpc: The VPC; None: one is made.
        subnets: Where the network interfaces are; None: in a private subnet of each zone.
        private_dns: Whether names of all APIs of the Region lead to the endpoint.

    Raises:
        ValueError: If there is one.
    """
    if vpc is None:
        if subnets is not None:
            raise ValueError("subnets needs vpc: those of a VPC that is made are its own")
        return
    chosen = selected(vpc, subnets or ec2.SubnetSelection(one_per_az=True), "subnets")
    found = len(set(chosen.availability_zones))
    if found < 2 and not chosen.is_pending_lookup:
        argument = "vpc must have private subnets" if subnets is None else "subnets must be"
        raise ValueError(f"{argument} in two zones at least, got {found}: the API is down with its zone")
    if private_dns and isinstance(vpc, ec2.Vpc) and not (vpc.dns_support_enabled and vpc.dns_hostnames_enabled):
        raise ValueError("private_dns needs a vpc with DNS support and DNS host names")
    if private_dns:
        check_private_names_are_free("private_dns", scope, vpc, "execute-api")


def isolated_vpc(scope: Construct, settings: Settings) -> ec2.Vpc:
    """Make a VPC of two zones without a way to the internet, whose traffic is logged.

    Args:
        scope: Parent construct.
        settings: The key and the retention of the log.

    Returns:
        The VPC.
    """
    vpc = ec2.Vpc(
        scope,
        "Vpc",
        ip_addresses=ec2.IpAddresses.cidr(RANGE),
        availability_zones=zones(None, 2),
        nat_gateways=0,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Clients", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)
        ],
        restrict_default_security_group=False,
    )
    log = settings.log_group(scope, "FlowLog")
    role = iam.Role(
        scope,
        "FlowLogRole",
        assumed_by=iam.ServicePrincipal(
            "vpc-flow-logs.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:ec2:{Aws.REGION}:{Aws.ACCOUNT_ID}:vpc-flow-log/*"},
            },
        ),
        description="Writes the VPC's flow logs",
    )
    flows = vpc.add_flow_log(
        "FlowLogs",
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(log, role),
        # The default of ten minutes is too slow to follow an incident.
        max_aggregation_interval=ec2.FlowLogMaxAggregationInterval.ONE_MINUTE,
    )
    # Before the role may write, flows are lost, and so they are if it may not any more.
    flows.node.find_child("FlowLog").node.add_dependency(role.node.find_child("DefaultPolicy"))
    return vpc


def api_endpoint(
    scope: Construct,
    vpc: ec2.IVpc,
    *,
    subnets: ec2.SubnetSelection | None,
    private_dns: bool,
    clients: Sequence[ec2.IConnectable],
    range_of_vpc: str | None,
) -> ec2.InterfaceVpcEndpoint:
    """Make the endpoint of API Gateway, with a network interface in each zone, open to clients on port 443.

    Its policy lets in requests of anybody to APIs of this account: a request without an Authorization header has no
    principal, and which callers are let in is asked by the API.

    Args:
        scope: Parent construct.
        vpc: The VPC.
        subnets: Where its network interfaces are; None: in a private subnet of each zone.
        private_dns: Whether names of all APIs of the Region lead to it.
        clients: Who may connect; none: the whole VPC.
        range_of_vpc: The VPC's range; None: its own.

    Returns:
        The endpoint.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
    """
    # What is no security group is one peer.
    check_rules("clients", sum(len(one.connections.security_groups) or 1 for one in clients))
    group = deployable(
        ec2.SecurityGroup(
            scope, "EndpointGroup", vpc=vpc, description="Lets clients reach private APIs", allow_all_outbound=False
        )
    )
    for client in clients:
        group.connections.allow_from(client, HTTPS, "Clients of private APIs")
    if not clients:
        block = range_of_vpc or range_of("vpc", vpc)
        group.add_ingress_rule(ec2.Peer.ipv4(block), HTTPS, "The VPC")
        if Token.is_unresolved(block):
            Validations.of(group).acknowledge(
                Acknowledgment(
                    id="AwsSolutions::AwsSolutions-EC23",
                    reason="The rule's range is that of the VPC, which the template knows as a reference and the rule "
                    "pack cannot read: nobody outside of the VPC is let in.",
                )
            )
    endpoint = ec2.InterfaceVpcEndpoint(
        scope,
        "Endpoint",
        vpc=vpc,
        service=ec2.InterfaceVpcEndpointAwsService.APIGATEWAY,
        subnets=subnets or ec2.SubnetSelection(one_per_az=True),
        private_dns_enabled=private_dns,
        security_groups=[group],
        open=False,
    )
    endpoint.add_to_policy(
        iam.PolicyStatement(
            principals=[iam.AnyPrincipal()],
            actions=["execute-api:Invoke"],
            resources=[f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"],
        )
    )
    return endpoint
