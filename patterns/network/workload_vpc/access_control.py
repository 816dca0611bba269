"""The network ACLs of the three tiers: stateless, so that each way back is a rule of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aws_cdk import Acknowledgment, CfnTag, Validations
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.vpc.tier_ports import note_port
from patterns.building_blocks.vpc.tiered_vpc import PUBLIC, TieredVpc

PRIVATE, DATA = "Private", "Data"
ANYWHERE, ANYWHERE_BY_IPV6 = "0.0.0.0/0", "::/0"
# Where clients are answered: load balancers, NAT gateways, and every system that hosts run.
_ANSWERS = (1024, 65535)
_PROTOCOLS = {"all": -1, "icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of a network ACL.

    Attributes:
        to_or_from: The range at the other end.
        protocol: "tcp", "udp", "icmp", "icmpv6" or "all". Default: "tcp".
        ports: The first and the last destination port. Default: none, for protocols without.
        allow: Whether it lets packets through. Default: yes.
        ipv6: Whether the range is one of IPv6. Default: no.
    """

    to_or_from: str
    protocol: str = "tcp"
    ports: tuple[int, int] | None = None
    allow: bool = True
    ipv6: bool = False


def guard_tiers(network: TieredVpc, *, application_port: int, data_port: int) -> dict[str, ec2.CfnNetworkAcl]:
    """Give each tier the network ACL that lets it be used from the tier above, and no other.

    Args:
        network: The VPC, with the three tiers.
        application_port: Where the private tier is called by the public tier.
        data_port: Where the data tier is called by the private tier.

    Returns:
        By tier.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
    """
    families = [_rules(network.range_of, application_port, data_port, ipv6=False)]
    if network.ipv6 is not None:
        families.append(_rules(network.ipv6_range_of, application_port, data_port, ipv6=True))
    note_port(network.vpc, application_port)
    return {
        tier: _acl(network, tier, *([rule for rules in families for rule in rules[tier][way]] for way in (0, 1)))
        for tier in (PUBLIC, PRIVATE, DATA)
    }


def _rules(
    range_of: Callable[[str], str], application_port: int, data_port: int, *, ipv6: bool
) -> dict[str, tuple[list[Rule], list[Rule]]]:
    """The rules of each tier, inward and outward, for one family of addresses."""
    public, private, data = (range_of(tier) for tier in (PUBLIC, PRIVATE, DATA))
    anywhere = ANYWHERE_BY_IPV6 if ipv6 else ANYWHERE
    rule = partial(Rule, ipv6=ipv6)
    from_anywhere = [
        rule(to_or_from=anywhere, ports=_ANSWERS),
        rule(to_or_from=anywhere, protocol="udp", ports=_ANSWERS),
        # Among it "fragmentation needed", or "packet too big": without it large packets are lost and nobody says so.
        rule(to_or_from=anywhere, protocol="icmpv6" if ipv6 else "icmp"),
    ]
    return {
        PUBLIC: (
            [
                rule(to_or_from=data, protocol="all", allow=False),
                rule(to_or_from=anywhere, ports=(443, 443)),
                rule(to_or_from=anywhere, ports=(80, 80)),
                # What it sends through the NAT gateways, to whatever port; IPv6 has none.
                *([] if ipv6 else [rule(to_or_from=private, protocol="all")]),
                *from_anywhere,
            ],
            [rule(to_or_from=data, protocol="all", allow=False), rule(to_or_from=anywhere, protocol="all")],
        ),
        PRIVATE: (
            [
                rule(to_or_from=public, ports=(application_port, application_port)),
                rule(to_or_from=public, protocol="all", allow=False),
                rule(to_or_from=private, protocol="all"),
                *from_anywhere,
            ],
            [rule(to_or_from=anywhere, protocol="all")],
        ),
        DATA: (
            [rule(to_or_from=private, ports=(data_port, data_port)), rule(to_or_from=data, protocol="all")],
            [rule(to_or_from=private, ports=_ANSWERS), rule(to_or_from=data, protocol="all")],
        ),
    }


def _acl(network: TieredVpc, tier: str, inward: Sequence[Rule], outward: Sequence[Rule]) -> ec2.CfnNetworkAcl:
    place = Construct(network, f"{tier}Acl")
    Validations.of(place).acknowledge(
        Acknowledgment(
            id="AwsSolutions::AwsSolutions-VPC3",
            reason="The network ACLs keep the tiers apart even where a security group lets more in; that replies pass "
            "them is proved from promises.yaml.",
        )
    )
    acl = ec2.CfnNetworkAcl(place, "Acl", vpc_id=network.vpc_id, tags=[CfnTag(key="Name", value=place.node.path)])
    for egress, rules in ((False, inward), (True, outward)):
        for number, rule in enumerate(rules, start=1):
            entry = ec2.CfnNetworkAclEntry(
                place,
                f"{'Out' if egress else 'In'}{number}",
                network_acl_id=acl.attr_id,
                egress=egress,
                rule_number=number * 100,
                cidr_block=None if rule.ipv6 else rule.to_or_from,
                ipv6_cidr_block=rule.to_or_from if rule.ipv6 else None,
                protocol=_PROTOCOLS[rule.protocol],
                rule_action="allow" if rule.allow else "deny",
                **_details(rule),
            )
            if rule.ipv6 and network.ipv6 is not None:
                # A VPC has no range to take a tier's from before.
                entry.node.add_dependency(network.ipv6)
    for each in network.subnets[tier]:
        ec2.CfnSubnetNetworkAclAssociation(
            place, f"Association{each.number}", network_acl_id=acl.attr_id, subnet_id=each.subnet.attr_subnet_id
        )
    return acl


def _details(rule: Rule) -> dict[str, Any]:
    if rule.ports is not None:
        low, high = rule.ports
        return {"port_range": ec2.CfnNetworkAclEntry.PortRangeProperty(from_=low, to=high)}
    if rule.protocol in ("icmp", "icmpv6"):
        return {"icmp": ec2.CfnNetworkAclEntry.IcmpProperty(type=-1, code=-1)}
    return {}
