"""Where a VPC's private tier may be called from its public one: what its network ACLs let through."""

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

_MARK = "patterns:called-by-public-tier"


def note_port(vpc: ec2.IVpc, port: int) -> None:
    """Say of a VPC where its private tier is called.

    Args:
        vpc: The VPC.
        port: The port.
    """
    vpc.node.add_metadata(_MARK, port)


def check_called(vpc: ec2.IVpc, first: int, last: int) -> None:
    """Refuse a VPC whose network ACLs would keep a load balancer in its public tier from what runs in the private one.

    Args:
        vpc: The argument `vpc`.
        first: The first port that the load balancer calls; a token passes.
        last: The last one.

    Raises:
        ValueError: If the VPC is known to let another port through.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
    """
    if Token.is_unresolved(first):
        return
    for port in [int(one.data) for one in vpc.node.metadata if one.type == _MARK]:
        if (first, last) != (port, port):
            called = f"port {first}" if first == last else f"ports {first} to {last}"
            raise ValueError(
                f"vpc must let its public subnets call the private ones at {called}, "
                f"got one that lets port {port} through (application_port)"
            )
