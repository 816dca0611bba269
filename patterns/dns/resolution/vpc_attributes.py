"""The DNS attributes of VPCs, without which private zones and rules answer nothing."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2


def check_vpcs(argument: str, vpcs: Sequence[ec2.IVpc]) -> None:
    """Refuse VPCs that do not resolve private names, or are given twice.

    Args:
        argument: The argument's own name.
        vpcs: The VPCs; of an imported one nothing is known, and it passes.

    Raises:
        ValueError: If DNS support or DNS host names are off, or one is given twice.

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
    paths = [one.node.addr for one in vpcs]
    if twice := [one.node.path for number, one in enumerate(vpcs) if one.node.addr in paths[:number]]:
        raise ValueError(f"{argument} must name each VPC once, got {twice[0]} twice")
