"""VPC endpoints: to AWS services without a NAT gateway, for principals of the account alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from annotated_types import Len, MaxLen
from aws_cdk import Aws, CfnTag
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.security_group import deployable

# A label of DNS has no more characters.
ServiceName = Annotated[
    str, MaxLen(63), Matches(r"[a-z0-9]+([.-][a-z0-9]+)*", "names such as ssm or ecr.dkr"), Known("its name")
]
"""A service of AWS with interface endpoints, as `com.amazonaws.REGION.` is followed by it."""

ServiceNames = Annotated[Sequence[ServiceName], Len(0, 50), Known("the number of endpoints")]
"""The services that get an interface endpoint."""


def check_services(argument: str, services: Sequence[str]) -> None:
    """Refuse interface endpoints of services that have a gateway endpoint here.

    Args:
        argument: The argument's own name.
        services: The services.

    Raises:
        ValueError: If one has a gateway endpoint.
    """
    for service in services:
        if service in ("s3", "dynamodb"):
            raise ValueError(f"{argument} must leave out {service}, which has a gateway endpoint")


def account_policy(*more: iam.PolicyStatement) -> iam.PolicyDocument:
    """The policy of an endpoint that serves principals of this account, and nobody's keys that were carried in.

    Args:
        more: What else it lets through.

    Returns:
        The policy.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    own = iam.PolicyStatement(
        sid="OwnPrincipals",
        principals=[iam.AnyPrincipal()],
        actions=["*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:PrincipalAccount": Aws.ACCOUNT_ID}},
    )
    return iam.PolicyDocument(statements=[own, *more])


def shared_policy(principals: Sequence[str]) -> iam.PolicyDocument:
    """The policy of an endpoint that serves principals of this account and of those that it is shared with.

    Args:
        principals: Account ids, and ARNs of the organization or its units, as AWS RAM takes them.

    Returns:
        The policy.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    conditions: dict[str, dict[str, dict[str, str]]] = {}
    for number, principal in enumerate(principals, start=1):
        path = principal.rpartition(":")[2].split("/")
        if path[0] == "organization":
            condition = {"StringEquals": {"aws:PrincipalOrgID": path[1]}}
        elif path[0] == "ou":
            # Of the unit and of those in it: an account's path begins with the organization and its root.
            condition = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{path[1]}/*/{path[2]}/*"}}
        else:
            condition = {"StringEquals": {"aws:PrincipalAccount": principal}}
        conditions[f"Shared{number}"] = condition
    return account_policy(
        *(
            iam.PolicyStatement(
                sid=sid, principals=[iam.AnyPrincipal()], actions=["*"], resources=["*"], conditions=condition
            )
            for sid, condition in conditions.items()
        )
    )


def image_layers() -> iam.PolicyStatement:
    """Let container images of Amazon ECR through, whose layers ECR itself signs for in buckets of its own.

    Returns:
        The statement.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    """
    return iam.PolicyStatement(
        sid="ImageLayers",
        principals=[iam.AnyPrincipal()],
        actions=["s3:GetObject"],
        resources=[f"arn:{Aws.PARTITION}:s3:::prod-{Aws.REGION}-starport-layer-bucket/*"],
    )


def amazon_linux_packages() -> iam.PolicyStatement:
    """Let packages of Amazon Linux through, which instances fetch from a bucket of AWS's without a signature.

    Where Amazon S3 has a gateway endpoint, they go by it even if there is a NAT gateway.

    Returns:
        The statement.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
    """
    return iam.PolicyStatement(
        sid="AmazonLinuxPackages",
        principals=[iam.AnyPrincipal()],
        actions=["s3:GetObject"],
        # https://docs.aws.amazon.com/linux/al2023/ug/managing-repos-os-updates.html
        resources=[f"arn:{Aws.PARTITION}:s3:::al2023-repos-{Aws.REGION}-de612dc2/*"],
    )


def gateway_endpoints(
    scope: Construct, *, vpc_id: str, route_table_ids: Sequence[str], instances: bool = True
) -> dict[str, ec2.CfnVPCEndpoint]:
    """Make the endpoints of Amazon S3 and Amazon DynamoDB, which cost nothing.

    Args:
        scope: Parent construct.
        vpc_id: The VPC.
        route_table_ids: The tables of the subnets that use them.
        instances: Whether instances stand in the subnets, which fetch packages. Default: yes.

    Returns:
        By service.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    """
    public = [image_layers(), *([amazon_linux_packages()] if instances else [])]
    policies = {"s3": account_policy(*public), "dynamodb": account_policy()}
    return {
        service: ec2.CfnVPCEndpoint(
            scope,
            "S3" if service == "s3" else "DynamoDb",
            vpc_endpoint_type="Gateway",
            vpc_id=vpc_id,
            service_name=f"com.amazonaws.{Aws.REGION}.{service}",
            route_table_ids=list(route_table_ids),
            policy_document=policy,
            tags=[CfnTag(key="Name", value=f"{scope.node.path}/{service}")],
        )
        for service, policy in policies.items()
    }


class InterfaceEndpoints(Construct):
    """Endpoints of AWS services in subnets of a VPC, that hosts of given ranges reach by HTTPS.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpc_id: The VPC.
        subnet_ids: One subnet in each zone.
        services: The services.
        clients: The IPv4 ranges of the hosts that use them, by what they are. Default: none.
        client_group: The security group of the hosts that use them, by IPv4 and IPv6. Default: none.
        private_dns: Whether the services' own names lead to them within the VPC. Default: yes.
        dual_stack: Whether they have IPv6 addresses, too. Default: no.
        policy: What they let through. Default: principals of this account.

    Attributes:
        security_group (ec2.CfnSecurityGroup): Lets the clients in.
        endpoints (dict[str, ec2.CfnVPCEndpoint]): By service.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_id: str,
        subnet_ids: Sequence[str],
        services: Iterable[str],
        clients: Mapping[str, str] | None = None,
        client_group: ec2.ISecurityGroup | None = None,
        private_dns: bool = True,
        dual_stack: bool = False,
        policy: iam.PolicyDocument | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.security_group = deployable(
            ec2.CfnSecurityGroup(
                self,
                "SecurityGroup",
                group_description="Interface endpoints",
                vpc_id=vpc_id,
                security_group_ingress=[
                    ec2.CfnSecurityGroup.IngressProperty(
                        ip_protocol="tcp", from_port=443, to_port=443, description=f"HTTPS from {who}", **{kind: value}
                    )
                    for who, kind, value in [
                        *((who, "cidr_ip", cidr) for who, cidr in (clients or {}).items()),
                        *(
                            [("hosts", "source_security_group_id", client_group.security_group_id)]
                            if client_group
                            else []
                        ),
                    ]
                ],
                # Endpoints answer and begin nothing; without a rule of its own, EC2 adds one for everything.
                security_group_egress=[
                    ec2.CfnSecurityGroup.EgressProperty(
                        ip_protocol="icmp",
                        from_port=252,
                        to_port=86,
                        cidr_ip="255.255.255.255/32",
                        description="Nothing",
                    )
                ],
            )
        )
        self.endpoints = {
            service: ec2.CfnVPCEndpoint(
                self,
                "".join(part.capitalize() for part in service.replace("-", ".").split(".")),
                vpc_endpoint_type="Interface",
                vpc_id=vpc_id,
                service_name=f"com.amazonaws.{Aws.REGION}.{service}",
                subnet_ids=list(subnet_ids),
                security_group_ids=[self.security_group.attr_group_id],
                private_dns_enabled=private_dns,
                policy_document=policy or account_policy(),
                ip_address_type="dualstack" if dual_stack else None,
                dns_options=ec2.CfnVPCEndpoint.DnsOptionsSpecificationProperty(dns_record_ip_type="dualstack")
                if dual_stack
                else None,
                tags=[CfnTag(key="Name", value=f"{self.node.path}/{service}")],
            )
            for service in services
        }
