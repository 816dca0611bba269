"""What a VPC's resolver knows: which rule or private zone a name belongs to.

The most specific domain wins, and of one domain a forwarding rule before a private zone; names outside all of them go
to the internet.

Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html and
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-autodefined-rules.html
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TypeVar

from patternkit.dns.domain_names import shown
from patternkit.dns.model import HostedZone, Model, ResolverRule, Vpc

OWN_DOMAINS = ("compute.internal", "ec2.internal", "compute.amazonaws.com", "compute-1.amazonaws.com", "localhost")
"""Domains that every resolver answers by itself unless a rule for just that domain says otherwise."""


@dataclass(frozen=True, slots=True)
class VpcView:
    """What a VPC's resolver goes by.

    Attributes:
        vpc: The VPC.
        rules: By domain the rule that its queries follow.
        zones: By domain the private zone that answers.
    """

    vpc: Vpc
    rules: dict[str, ResolverRule]
    zones: dict[str, HostedZone]

    @property
    def key(self) -> Hashable:
        """Equal for VPCs that are answered alike."""
        vpc = self.vpc
        return (
            vpc.region,
            vpc.dns_support,
            vpc.dns_hostnames,
            vpc.validates,
            tuple(vpc.doubts),
            frozenset((domain, rule.identity) for domain, rule in self.rules.items()),
            frozenset(zone.identity for zone in self.zones.values()),
        )

    def found(self, name: str) -> ResolverRule | HostedZone | str | None:
        """What a name belongs to.

        Args:
            name: The name.

        Returns:
            The rule or private zone that its query goes to; one of `OWN_DOMAINS`; None for the internet.
        """
        local, domain = False, name
        own = name.endswith(OWN_DOMAINS)
        while True:
            rule = self.rules.get(domain)
            if rule is not None and not local:
                if rule.type == "FORWARD":
                    return rule
                # A system rule: forwarding rules of the domains around it do not count any more.
                local = rule.type == "SYSTEM"
            zone = self.zones.get(domain)
            if zone is not None:
                return zone
            if own and (domain in OWN_DOMAINS or domain.endswith(".compute.internal")):
                return domain
            if not domain:
                return None
            domain = domain.partition(".")[2]


def vpc_view(model: Model, vpc: Vpc) -> VpcView:
    """Collect what a VPC's resolver goes by; what AWS refuses is noted in the model.

    What is associated with the VPC itself counts before what a Profile brings.
    """
    rules: dict[str, ResolverRule] = {}
    zones: dict[str, HostedZone] = {}
    for rule in model.rules.values():
        if vpc.identity in rule.vpcs:
            _take(model, vpc, rules, rule.domain, rule, "rules for")
    for zone in model.zones.values():
        if vpc.identity in zone.vpcs and zone.private is True:
            _take(model, vpc, zones, zone.name, zone, "private zones")
    return VpcView(vpc, rules, zones)


Held = TypeVar("Held", HostedZone, ResolverRule)


def _take(model: Model, vpc: Vpc, taken: dict[str, Held], domain: str, one: Held, what: str) -> None:
    before = taken.get(domain)
    if before is not None:
        ways = [other.vpcs[vpc.identity].startswith("Profile ") for other in (before, one)]
        if ways == [False, True]:
            return
        if ways[0] == ways[1]:
            paths = f"{before.path}, {one.path}"
            model.refuse(
                f"two {what} {shown(domain)} are associated with {vpc.path}: {paths} [ConflictingDomainExists]"
            )
    taken[domain] = one
