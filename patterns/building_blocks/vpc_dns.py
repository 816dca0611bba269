"""What VPCs answer privately: the DNS attributes that they need for it, and the zones that they have already."""

from collections.abc import Iterator, Sequence

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct, IConstruct


def check_vpcs(argument: str, vpcs: Sequence[ec2.IVpc]) -> None:
    """Refuse VPCs that do not resolve private names.

    Args:
        argument: The argument's own name.
        vpcs: The VPCs; of an imported one nothing is known, and it passes.

    Raises:
        ValueError: If DNS support or DNS host names are off.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
    """
    for number, vpc in enumerate(vpcs):
        resource = vpc.node.default_child
        if not isinstance(resource, ec2.CfnVPC):
            continue
        for what, on in (
            ("enable_dns_support", resource.enable_dns_support is not False),
            # Of VPCs that are not the default one it is off unless it is asked for.
            ("enable_dns_hostnames", resource.enable_dns_hostnames not in (None, False)),
        ):
            if not on:
                raise ValueError(f"{argument}[{number}] must have {what}, got {vpc.node.path}, which has it off")


def check_zone_is_new(argument: str, scope: Construct, name: str, vpcs: Sequence[ec2.IVpc]) -> None:
    """Refuse a private zone, or namespace, of a name that one of its VPCs has already.

    Args:
        argument: The argument's own name.
        scope: A construct of the app.
        name: The zone's name.
        vpcs: Its VPCs.

    Raises:
        ValueError: If the app has a zone or namespace of that name in one of the VPCs, which Route 53 refuses.

    Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
    """
    # Of one VPC the id is one token, in whichever stack it is named.
    wanted = {one.vpc_id: one for one in vpcs}
    for made in scope.node.root.node.find_all():
        for vpc_id in _vpcs_of_zone(made, name.rstrip(".").lower()):
            if vpc := wanted.get(vpc_id):
                raise ValueError(
                    f"{argument} must be no zone that its VPC has, got {name}, which {vpc.node.path} has by "
                    f"{made.node.path}"
                )


def check_private_names_are_free(argument: str, scope: Construct, vpc: ec2.IVpc, service: str) -> None:
    """Refuse a second endpoint of an AWS service whose own names lead to it, in one VPC.

    Args:
        argument: The argument's own name.
        scope: A construct of the app.
        vpc: The VPC.
        service: The service, as its endpoints name it: "execute-api".

    Raises:
        ValueError: If the app has one in the VPC, beside which Amazon EC2 takes no other with private DNS.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    """
    for made in scope.node.root.node.find_all():
        if not isinstance(made, ec2.CfnVPCEndpoint) or made.private_dns_enabled is not True:
            continue
        if made.vpc_id == vpc.vpc_id and _is_of(made, service):
            raise ValueError(
                f"{argument} must be False where vpc has an endpoint of {service} with private DNS, which "
                f"{made.node.path} is"
            )


def _is_of(endpoint: ec2.CfnVPCEndpoint, service: str) -> bool:
    name = Stack.of(endpoint).resolve(endpoint.service_name)
    # The Region is the template's own, or a name.
    last = name["Fn::Join"][1][-1] if isinstance(name, dict) and "Fn::Join" in name else name
    return isinstance(last, str) and last.endswith(f".{service}")


def _vpcs_of_zone(made: IConstruct, name: str) -> Iterator[str]:
    """The ids of VPCs in which a construct answers a zone of a name."""
    if isinstance(made, servicediscovery.CfnPrivateDnsNamespace) and _is_named(made.name, name):
        yield str(made.vpc)
    elif isinstance(made, route53.HostedZone) and _is_named(made.zone_name, name):
        # Of the resource itself they are known at synthesis alone.
        yield from (one.vpc_id for one in made._vpcs)  # noqa: SLF001 - protected: nothing public tells them
    elif isinstance(made, route53.CfnHostedZone) and isinstance(made.vpcs, list) and _is_named(made.name or "", name):
        yield from (one.vpc_id for one in made.vpcs if isinstance(one, route53.CfnHostedZone.VPCProperty))


def _is_named(given: str, name: str) -> bool:
    return given.rstrip(".").lower() == name
