"""Route tables of subnets of a VPC that exists already."""

from aws_cdk import aws_ec2 as ec2


def route_table_of(subnet: ec2.ISubnet, argument: str = "vpc") -> str:
    """The route table of a subnet.

    Args:
        subnet: The subnet.
        argument: The argument that its VPC came by. Default: "vpc".

    Returns:
        The id of the table, or a token.

    Raises:
        ValueError: If it was imported without one.
    """
    try:
        return subnet.route_table.route_table_id
    except RuntimeError:
        raise ValueError(
            f"{argument} must have the route tables of its subnets, got {subnet.node.path} without one: import them by "
            "ec2.Vpc.from_lookup, or by private_subnet_route_table_ids and its like"
        ) from None
