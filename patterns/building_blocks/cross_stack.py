"""Resources of another stack: what may name what, so that no two stacks wait for each other."""

from aws_cdk import Stack
from constructs import IConstruct


def in_one_stack(one: IConstruct, other: IConstruct) -> bool:
    """Say whether two constructs stand in the same stack.

    Args:
        one: A construct.
        other: Another.

    Returns:
        Whether they do.
    """
    return Stack.of(one).node.addr == Stack.of(other).node.addr
