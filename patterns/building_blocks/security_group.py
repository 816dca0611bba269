"""Amazon EC2 security groups: names that EC2 takes, and no more rules than a group can hold."""

from collections import Counter
from typing import Any, Literal, TypeVar

import jsii
from aws_cdk import Annotations, Names, Stack, Token
from aws_cdk import aws_ec2 as ec2
from constructs import IConstruct, IValidation

from patterns.building_blocks.network_interface import groups_of_interfaces

Group = TypeVar("Group", bound=ec2.ISecurityGroup | ec2.CfnSecurityGroup)
Direction = Literal["inbound", "outbound"]

RESERVED = "sg-"
MOST_RULES = 60
"""Rules of a group in each direction, as long as AWS has not raised the account's quota."""
MOST_RULES_OF_AN_INTERFACE = 1000
"""The quota of rules times that of groups of a network interface; AWS raises neither beyond it."""
CHECKERS_LIST_RULES = 25
"""What the managed prefix list of Route 53's health checkers counts as: the most entries that it may ever hold."""
_LONGEST = 200


def deployable(group: Group) -> Group:
    """Make a security group one that Amazon EC2 takes: its name, and how many rules it holds.

    Rules beyond the default quota are warned of at synthesis, since AWS may have raised it; rules that no quota allows
    are an error there. Those that a pattern's arguments make are refused by `check_rules` before.

    Args:
        group: The group.

    Returns:
        The same.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
    """
    _name(group)
    group.node.add_validation(_Rules(group))
    return group


def check_rules(argument: str, rules: int) -> None:
    """Refuse an argument that makes more rules than a security group holds by default.

    Args:
        argument: The argument's own name.
        rules: How many rules it makes of one group, in one direction.

    Raises:
        ValueError: If they are too many.
    """
    if rules > MOST_RULES:
        raise ValueError(f"{argument} must make at most {MOST_RULES} rules of a security group, got {rules}")


def rules_of(group: ec2.ISecurityGroup | ec2.CfnSecurityGroup, direction: Direction) -> int:
    """Count the rules of a security group, prefix lists by the most entries that they may hold.

    EC2 counts rules of IPv4 and of IPv6 apart, and what names a group or a list as one of each: the greater number
    counts. A list that is imported counts as one: its size is not known.

    Args:
        group: The group; of one that is imported, the rules that this app adds.
        direction: Which rules.

    Returns:
        How many they are.
    """
    resource = group if isinstance(group, ec2.CfnSecurityGroup) else group.node.default_child
    inbound = direction == "inbound"
    rules: list[tuple[Any, Any, Any]] = []
    if isinstance(resource, ec2.CfnSecurityGroup):
        inline = resource.security_group_ingress if inbound else resource.security_group_egress
        lists = "sourcePrefixListId" if inbound else "destinationPrefixListId"
        resolved = Stack.of(group).resolve(inline) or []
        rules += [(one.get("cidrIp"), one.get("cidrIpv6"), one.get(lists)) for one in resolved]
    for one in group.node.find_all():
        if inbound and isinstance(one, ec2.CfnSecurityGroupIngress):
            rules.append((one.cidr_ip, one.cidr_ipv6, one.source_prefix_list_id))
        if not inbound and isinstance(one, ec2.CfnSecurityGroupEgress):
            rules.append((one.cidr_ip, one.cidr_ipv6, one.destination_prefix_list_id))
    families: Counter[str] = Counter()
    for cidr, cidr_ipv6, prefix_list in rules:
        weight = _weight(group, prefix_list)
        families["IPv4"] += 0 if cidr_ipv6 is not None else weight
        families["IPv6"] += 0 if cidr is not None else weight
    return max(families.values(), default=0)


def _weight(group: IConstruct, prefix_list: Any) -> int:
    """How many rules one counts as that names a prefix list, or none."""
    if prefix_list is None:
        return 1
    stack = Stack.of(group)
    wanted = stack.resolve(prefix_list)
    for one in group.node.root.node.find_all():
        if isinstance(one, ec2.CfnPrefixList) and stack.resolve(one.attr_prefix_list_id) == wanted:
            most = one.max_entries
            return 1 if most is None or Token.is_unresolved(most) else int(most)
    return 1


@jsii.implements(IValidation)
class _Rules:
    """Counts when the CDK asks for what is wrong, by which time all rules are there."""

    def __init__(self, group: ec2.ISecurityGroup | ec2.CfnSecurityGroup) -> None:
        self._group = group

    def validate(self) -> list[str]:
        wrong = []
        directions: tuple[Direction, ...] = ("inbound", "outbound")
        for direction in directions:
            rules = rules_of(self._group, direction)
            if rules > MOST_RULES_OF_AN_INTERFACE:
                wrong.append(
                    f"the security group has {rules} {direction} rules, and a network interface takes "
                    f"{MOST_RULES_OF_AN_INTERFACE} of all its groups"
                )
            elif rules > MOST_RULES:
                left = MOST_RULES_OF_AN_INTERFACE // rules
                wrong += [
                    f"the security group has {rules} {direction} rules, for which the quota of groups of a network "
                    f"interface comes down to {left} in its account and Region, and {path} has {number}"
                    for path, number in groups_of_interfaces(self._group).items()
                    if number > left
                ]
                Annotations.of(self._group).add_warning_v2(
                    "patterns:security-group-rules",
                    f"the security group has {rules} {direction} rules, more than {MOST_RULES}: EC2 refuses them until "
                    f"the quota is raised, and that of groups of a network interface brought down to at most {left}",
                )
        return wrong


def _name(group: ec2.ISecurityGroup | ec2.CfnSecurityGroup) -> None:
    """Name a group, if the name that CloudFormation would give it is refused.

    Amazon EC2 refuses names that begin with `sg-`, and CloudFormation begins a group's name with that of its stack. In
    all other stacks the group has no name of its own, so that it can be replaced.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    """
    stack = Stack.of(group)
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    name = stack.stack_name
    if not Token.is_unresolved(name) and name.lower().startswith(RESERVED):
        resource = group if isinstance(group, ec2.CfnSecurityGroup) else group.node.default_child
        assert isinstance(resource, ec2.CfnSecurityGroup)
        unique = Names.unique_resource_name(resource, max_length=_LONGEST, separator="-")
        resource.group_name = f"group-{unique}"
