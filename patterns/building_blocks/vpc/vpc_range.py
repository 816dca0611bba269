"""The IPv4 range of a VPC that may be imported."""

from aws_cdk import aws_ec2 as ec2


def range_of(argument: str, vpc: ec2.IVpc) -> str:
    """Read the range of a VPC, or refuse one that was imported without.

    Args:
        argument: The argument's name, for the message.
        vpc: The VPC.

    Returns:
        The range, which may be known at deployment alone.

    Raises:
        ValueError: If the VPC was imported without its range.

    Source: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.VpcAttributes.html
    """
    try:
        return vpc.vpc_cidr_block
    except RuntimeError:  # The CDK's own.
        raise ValueError(
            f"{argument} must have a range, got {vpc.node.path} without one: import it by ec2.Vpc.from_lookup, or with "
            "vpc_cidr_block"
        ) from None
