"""VPC Block Public Access: a setting of the account in a Region, with exceptions."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct


def block_public_access(scope: Construct, *, but: Sequence[str]) -> ec2.CfnVPCBlockPublicAccessOptions:
    """Refuse what comes from the internet to any VPC of the account in this Region, but for some subnets.

    NAT gateways and egress-only internet gateways go on: nobody begins a connection through them from outside.

    Args:
        scope: Parent construct.
        but: The subnets that are reached nevertheless, for load balancers; or none.

    Returns:
        The setting.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    exclusions = [
        ec2.CfnVPCBlockPublicAccessExclusion(
            scope, f"PublicAccess{number}", subnet_id=subnet, internet_gateway_exclusion_mode="allow-bidirectional"
        )
        for number, subnet in enumerate(but, start=1)
    ]
    options = ec2.CfnVPCBlockPublicAccessOptions(
        scope, "BlockPublicAccess", internet_gateway_block_mode="block-ingress"
    )
    # Load balancers are never cut off, not even for the minutes of a deployment.
    for exclusion in exclusions:
        options.node.add_dependency(exclusion)
    return options
