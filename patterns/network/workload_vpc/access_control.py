"""The network ACLs of the three tiers: stateless, so that each way back is a rule of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Acknowledgment, CfnTag, Validations
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.network.tiers.tiered_vpc import PUBLIC, TieredVpc

PRIVATE, DATA = "Private", "Data"
ANYWHERE = "0.0.0.0/0"
# Where clients are answered: load balancers, NAT gateways, and every system that hosts run.
_ANSWERS = (1024, 65535)
_PROTOCOLS = {"all": -1, "icmp": 1, "tcp": 6, "udp": 17}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of a network ACL.

    Attributes:
        to_or_from: The range at the other end.
        protocol: "tcp", "udp", "icmp" or "all". Default: "tcp".
        ports: The first and the last destination port. Default: none, for protocols without.
        allow: Whether it lets packets through. Default: yes.
    """

    to_or_from: str
    protocol: str = "tcp"
    ports: tuple[int, int] | None = None
    allow: bool = True


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
    public, private, data = (network.range_of(tier) for tier in (PUBLIC, PRIVATE, DATA))
    from_anywhere = [
        Rule(to_or_from=ANYWHERE, ports=_ANSWERS),
        Rule(to_or_from=ANYWHERE, protocol="udp", ports=_ANSWERS),
        # Among it "fragmentation needed", without which large packets are lost and nobody says so.
        Rule(to_or_from=ANYWHERE, protocol="icmp"),
    ]
    rules = {
        PUBLIC: (
            [
                Rule(to_or_from=data, protocol="all", allow=False),
                Rule(to_or_from=ANYWHERE, ports=(443, 443)),
                Rule(to_or_from=ANYWHERE, ports=(80, 80)),
                # What it sends through the NAT gateways, to whatever port.
                Rule(to_or_from=private, protocol="all"),
                *from_anywhere,
            ],
            [Rule(to_or_from=data, protocol="all", allow=False), Rule(to_or_from=ANYWHERE, protocol="all")],
        ),
        PRIVATE: (
            [
                Rule(to_or_from=public, ports=(application_port, application_port)),
                Rule(to_or_from=public, protocol="all", allow=False),
                Rule(to_or_from=private, protocol="all"),
                *from_anywhere,
            ],
            [Rule(to_or_from=ANYWHERE, protocol="all")],
        ),
        DATA: (
            [Rule(to_or_from=private, ports=(data_port, data_port)), Rule(to_or_from=data, protocol="all")],
            [Rule(to_or_from=private, ports=_ANSWERS), Rule(to_or_from=data, protocol="all")],
        ),
    }
    return {tier: _acl(network, tier, inward, outward) for tier, (inward, outward) in rules.items()}


def _acl(network: TieredVpc, tier: str, inward: Sequence[Rule], outward: Sequence[Rule]) -> ec2.CfnNetworkAcl:
    place = Construct(network, f"{tier}Acl")
    Validations.of(place).acknowledge(
        Acknowledgment(
            id="AwsSolutions::AwsSolutions-VPC3",
            reason="The ACLs hold the tiers apart whatever security groups say; proofs hold their return ports.",
        )
    )
    acl = ec2.CfnNetworkAcl(place, "Acl", vpc_id=network.vpc_id, tags=[CfnTag(key="Name", value=place.node.path)])
    for egress, rules in ((False, inward), (True, outward)):
        for number, rule in enumerate(rules, start=1):
            ec2.CfnNetworkAclEntry(
                place,
                f"{'Out' if egress else 'In'}{number}",
                network_acl_id=acl.attr_id,
                egress=egress,
                rule_number=number * 100,
                cidr_block=rule.to_or_from,
                protocol=_PROTOCOLS[rule.protocol],
                rule_action="allow" if rule.allow else "deny",
                **_details(rule),
            )
    for each in network.subnets[tier]:
        ec2.CfnSubnetNetworkAclAssociation(
            place, f"Association{each.number}", network_acl_id=acl.attr_id, subnet_id=each.subnet.attr_subnet_id
        )
    return acl


def _details(rule: Rule) -> dict[str, Any]:
    if rule.ports is not None:
        low, high = rule.ports
        return {"port_range": ec2.CfnNetworkAclEntry.PortRangeProperty(from_=low, to=high)}
    if rule.protocol == "icmp":
        return {"icmp": ec2.CfnNetworkAclEntry.IcmpProperty(type=-1, code=-1)}
    return {}
