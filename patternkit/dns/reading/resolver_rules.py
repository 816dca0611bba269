"""Resolver endpoints, rules and their associations; sites."""

from __future__ import annotations

from typing import Any

from patternkit.dns.domain_names import is_address, normal
from patternkit.dns.model import ResolverEndpoint, ResolverRule, Site, Unknown, Vpc
from patternkit.dns.reading.draft import Draft
from patternkit.dns.reading.template_resources import Resource

_RULE = "AWS::Route53Resolver::ResolverRule"
_ENDPOINT = "AWS::Route53Resolver::ResolverEndpoint"


def read_rules(draft: Draft) -> None:
    """Read the endpoints, then the rules, then who uses them."""
    for one in draft.resources.of(_ENDPOINT):
        draft.model.resolver_endpoints[one.identity] = _endpoint(draft, one)
    for one in draft.resources.of(_RULE):
        domain = one.text("DomainName") or one.text("DelegationRecord")
        if isinstance(domain, Unknown) or "\u27e8" in domain:
            why = domain.reason if isinstance(domain, Unknown) else "it is known only to AWS"
            draft.model.unknown.append(f"the domain of {one.path} is not known: {why}")
            continue
        draft.model.rules[one.identity] = _rule(draft, one, normal(domain))
    for one in draft.resources.of("AWS::Route53Resolver::ResolverRuleAssociation"):
        rule = draft.resources.owner(one.get("ResolverRuleId"))
        vpc = draft.vpc(one.get("VPCId"))
        if rule is None or rule.identity not in draft.model.rules or isinstance(vpc, Unknown):
            draft.model.unknown.append(f"what {one.path} associates is not known")
        else:
            draft.model.rules[rule.identity].vpcs[vpc.identity] = one.path
    for rule_ in draft.model.rules.values():
        if not rule_.vpcs:
            draft.model.notes.append(f"{rule_.path} is associated with no VPC, and forwards nothing")


def _endpoint(draft: Draft, one: Resource) -> ResolverEndpoint:
    addresses, vpc = [], None
    given = one.many("IpAddresses")
    for number, entry in enumerate(given if isinstance(given, list) else ()):
        address = entry.get("Ip") if isinstance(entry, dict) else None
        addresses.append(address if isinstance(address, str) else f"{one.identity}#{number}")
        vpc = vpc or _vpc_of(draft, entry.get("SubnetId") if isinstance(entry, dict) else None)
    if isinstance(given, list) and len(given) < 2:
        draft.model.refuse(f"{one.path} has {len(given)} addresses, and needs two or more")
    for group in one.listed("SecurityGroupIds"):
        vpc = vpc or _vpc_of(draft, group)
    direction = one.text("Direction")
    return ResolverEndpoint(
        one.identity, one.path, direction, vpc or Unknown(f"the VPC of {one.path} is not known"), tuple(addresses)
    )


def _vpc_of(draft: Draft, value: Any) -> str | None:
    """The VPC of a subnet or security group."""
    owner = draft.resources.owner(value)
    vpc = draft.vpc(owner.get("VpcId")) if owner is not None else None
    return vpc.identity if isinstance(vpc, Vpc) else None


def _rule(draft: Draft, one: Resource, domain: str) -> ResolverRule:
    kind = one.text("RuleType")
    given = one.many("TargetIps")
    targets: tuple[str, ...] | Unknown
    if isinstance(given, Unknown):
        targets = given
    else:
        addresses = [(entry.get("Ip") or entry.get("Ipv6")) if isinstance(entry, dict) else None for entry in given]
        unknown = next((address for address in addresses if not isinstance(address, str)), "")
        targets = (
            Unknown(f"a target of {one.path} is not known: {getattr(unknown, 'reason', 'it has no Ip')}")
            if unknown != ""
            else tuple(map(str, addresses))
        )
    endpoint = one.get("ResolverEndpointId")
    owner = draft.resources.owner(endpoint)
    rule = ResolverRule(one.identity, one.path, domain, str(kind), targets, owner.identity if owner else endpoint)
    if kind == "FORWARD":
        if endpoint is None:
            draft.model.refuse(f"{one.path} forwards, and has no ResolverEndpointId")
        elif owner is not None and owner.identity in draft.model.resolver_endpoints:
            through = draft.model.resolver_endpoints[owner.identity]
            if isinstance(through.direction, str) and through.direction != "OUTBOUND":
                draft.model.refuse(f"{one.path} forwards through {through.path}, which is {through.direction}")
        if targets == ():
            draft.model.refuse(f"{one.path} forwards, and has no TargetIps")
    return rule


def read_sites(draft: Draft) -> None:
    """Take the declared sites into the model; they may forward to inbound endpoints by name."""
    for name, declared in draft.contracts.sites.items():
        draft.leans(f"sites {name}")
        forwards: dict[str, tuple[str, ...]] = {}
        for domain, targets in declared.forwards.items():
            addresses: list[str] = []
            for target in targets:
                if is_address(target):
                    addresses.append(target)
                    continue
                what = f"contracts: sites of {name}: forwards"
                inbound = draft.model.resolver_endpoints[draft.must_name(target, what, _ENDPOINT).identity]
                addresses += inbound.addresses
            forwards[domain] = tuple(addresses)
        draft.model.sites[name] = Site(
            name, declared.servers, declared.zones, forwards, declared.internet, declared.ttl
        )
