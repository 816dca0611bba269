"""Which VPC a subnet or a target group is of, where that is known at synthesis."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aws_cdk import (
    DefaultTokenResolver,
    IPostProcessor,
    IResolvable,
    IResolveContext,
    Reference,
    StringConcat,
    Token,
    Tokenization,
)
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import IConstruct


def check_subnets_of(vpc: ec2.IVpc, argument: str, subnets: Iterable[ec2.ISubnet]) -> None:
    """Refuse subnets of another VPC.

    Args:
        vpc: The VPC.
        argument: The argument's own name.
        subnets: The subnets; one passes whose VPC is not known, as that of a subnet that was imported by itself, or is
            not known to be another one, as where one of both was made here and the other was imported.

    Raises:
        ValueError: If one is certain to be of another VPC.
    """
    for subnet in subnets:
        if are_apart(vpc_of(subnet), identity(vpc.vpc_id)):
            raise ValueError(f"{argument} must be subnets of {vpc.node.path}, got {subnet.node.path} of another VPC")


def check_subnets_given(given: Mapping[str, Any]) -> None:
    """Refuse arguments of a construct that are subnets of another VPC than its `vpc`.

    Args:
        given: Its arguments, by name.

    Raises:
        ValueError: If a subnet is certain to be of another VPC.
    """
    vpc = given.get("vpc")
    if vpc is None:
        return
    for name, value in given.items():
        subnets = value.subnets if isinstance(value, ec2.SubnetSelection) else value
        if isinstance(subnets, Sequence) and not isinstance(subnets, str):
            check_subnets_of(vpc, name, [one for one in subnets if hasattr(one, "subnet_id")])


def check_targets_of(vpc: ec2.IVpc | None, given: Mapping[str, elbv2.ApplicationTargetGroup | None]) -> None:
    """Refuse target groups of another VPC, or of two.

    Args:
        vpc: The VPC of the load balancer; None: a new one.
        given: The target groups, by argument; None passes, and so does one of no VPC, as a function's.

    Raises:
        ValueError: If one is certain to be of another VPC than the load balancer or the ones before it.
    """
    of_each = {name: vpc_of_targets(one) for name, one in given.items() if one is not None}
    for number, (name, own) in enumerate(of_each.items()):
        if vpc is None and own is not None:
            raise ValueError(f"{name} needs vpc, the VPC of its targets: the one that is made is another")
        if vpc is not None and are_apart(own, identity(vpc.vpc_id)):
            raise ValueError(f"{name} must have its targets in vpc, has them in another VPC")
        for other, before in [*of_each.items()][:number]:
            if are_apart(own, before):
                raise ValueError(f"{name} must have its targets in the VPC of {other}, has them in another")


def are_apart(one: str | None, other: str | None) -> bool:
    """Whether two VPCs are certain to be different ones.

    Args:
        one: The `identity` of one; None is not known.
        other: That of the other.

    Returns:
        Whether both were made here, or both were imported, and they differ.
    """
    return one is not None and other is not None and one.startswith("vpc-") == other.startswith("vpc-") and one != other


def identity(vpc_id: str) -> str | None:
    """Tell VPCs apart.

    Args:
        vpc_id: The id of a VPC.

    Returns:
        The id, or the path of the resource that it is of; None where only a deployment knows.
    """
    if not Token.is_unresolved(vpc_id):
        return vpc_id if vpc_id.startswith("vpc-") else None
    made = _referred_to(vpc_id)
    return made.node.path if isinstance(made, ec2.CfnVPC) else None


def vpc_of(subnet: ec2.ISubnet) -> str | None:
    """Find out of which VPC a subnet is.

    Args:
        subnet: The subnet, made or imported in any way.

    Returns:
        The `identity` of its VPC.
    """
    made = _referred_to(subnet.subnet_id)
    if isinstance(made, ec2.CfnSubnet):
        return identity(str(made.vpc_id))
    # What was imported with its VPC stands in it.
    vpc_id = getattr(subnet.node.scope, "vpc_id", None)
    return identity(vpc_id) if isinstance(vpc_id, str) else None


def vpc_of_targets(targets: elbv2.ApplicationTargetGroup) -> str | None:
    """Find out of which VPC the targets of a group are.

    Args:
        targets: The target group.

    Returns:
        The `identity` of its VPC; None if it has none.
    """
    made = targets.node.default_child
    if not isinstance(made, elbv2.CfnTargetGroup) or made.vpc_id is None:
        return None
    # The CDK finds out late which VPC it is: a target may say it.
    found = _Referred()
    text = Tokenization.resolve(made.vpc_id, scope=targets, resolver=found, preparing=True)
    if isinstance(text, str):
        return identity(text)
    return found.targets[0].node.path if [type(one) for one in found.targets] == [ec2.CfnVPC] else None


class _Referred(DefaultTokenResolver):
    """Resolves tokens, and notes the resources that they refer to."""

    def __init__(self) -> None:
        super().__init__(StringConcat())
        self.targets: list[IConstruct] = []

    def resolve_token(self, t: IResolvable, context: IResolveContext, post_processor: IPostProcessor) -> Any:
        """Resolve a token."""
        if isinstance(t, Reference):
            self.targets.append(t.target)
        return super().resolve_token(t, context, post_processor)


def _referred_to(text: str) -> IConstruct | None:
    """The resource that a token's text refers to, and to nothing else."""
    if not Token.is_unresolved(text):
        return None
    parts = Tokenization.reverse_string(text)
    token = parts.first_token
    return token.target if len(parts.tokens) == 1 and isinstance(token, Reference) else None
