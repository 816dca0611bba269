"""Network ACLs and security groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.resolving import (
    Stack,
)
from patternkit.resolving.values import CLOSE, Unknown, is_opaque, lifted, not_lifted
from patternkit.routes.addresses import (
    EVERY_PORT,
    EVERY_PROTOCOL,
    EVERYTHING,
    IPV4_END,
    IPV4_EXTENDED_END,
    IPV6_END,
    PUBLIC_IPV4,
    Spans,
    intersect,
    span_of,
)
from patternkit.routes.building.draft import Draft, Properties, shown, whole_number
from patternkit.routes.model import (
    AclRule,
    NetworkAcl,
    SecurityGroup,
    Subnet,
)

DEFAULT_GROUP = f".DefaultSecurityGroup{CLOSE}"


def add_acl(draft: Draft, stack: Stack, logical: str, _properties: Properties) -> None:
    """Add an `AWS::EC2::NetworkAcl`."""
    acl = draft.make(NetworkAcl, stack, logical)
    draft.model.network_acls[acl.identity] = acl


def add_acl_entry(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::NetworkAclEntry`."""
    identity = draft.get(stack, properties, "NetworkAclId")
    acl = _acl_by_id(draft, identity)
    if acl is None:
        found = draft.ours(draft.model.network_acls, identity, "network ACL")
        if isinstance(found, Unknown):
            draft.doubt(stack, logical, "adds a rule to a network ACL", found, "network ACL")
        return
    path = stack.path(logical)
    rule = _acl_rule(draft, stack, properties, path)
    outbound = draft.flag(draft.get(stack, properties, "Egress"), default=False)
    if isinstance(rule, Unknown):
        acl.unknown.append(f"{path}: {rule.reason}")
    elif isinstance(outbound, Unknown):
        acl.unknown.append(f"the direction of {path}: {outbound.reason}")
    else:
        (acl.outbound if outbound else acl.inbound).extend([rule, *_maybe_services(rule)])


def _acl_by_id(draft: Draft, identity: Any) -> NetworkAcl | None:
    if isinstance(identity, str) and identity.endswith(f".DefaultNetworkAcl{CLOSE}"):
        if identity not in draft.default_acls:
            allow = [AclRule(family, EVERY_PROTOCOL, EVERYTHING[family], EVERY_PORT, number=100) for family in (4, 6)]
            draft.default_acls[identity] = NetworkAcl(
                identity, shown(identity), "AWS::EC2::NetworkAcl", inbound=[*allow], outbound=[*allow]
            )
        return draft.default_acls[identity]
    return draft.model.network_acls.get(identity) if isinstance(identity, str) else None


def _acl_rule(draft: Draft, stack: Stack, properties: Properties, path: str) -> AclRule | Unknown:
    number = draft.get(stack, properties, "RuleNumber")
    protocol = draft.get(stack, properties, "Protocol")
    text = draft.get(stack, properties, "CidrBlock") or draft.get(stack, properties, "Ipv6CidrBlock")
    ports = draft.get(stack, properties, "PortRange")
    action = draft.get(stack, properties, "RuleAction")
    for value in (number, text, action):
        if isinstance(value, Unknown):
            return value
    block = draft.block(text, path)
    if isinstance(block, Unknown):
        return block
    allows = str(action).lower() == "allow"
    protocols, doubt = _protocols(protocol, path)
    span = EVERY_PORT
    if isinstance(ports, Unknown):
        doubt = doubt or f"the ports of {path}: {ports.reason}"
    elif isinstance(ports, dict) and protocols in (((6, 6),), ((17, 17),)):
        span, unknown = _ports(ports.get("From"), ports.get("To"), path)
        doubt = doubt or unknown
    if doubt:
        return AclRule(
            block.family, protocols, span_of(block), span, allows, number=whole_number(number, path), doubt=doubt
        )
    if protocols in (((1, 1),), ((58, 58),)):
        icmp = draft.get(stack, properties, "Icmp")
        if isinstance(icmp, dict) and str(icmp.get("Type", -1)) != "-1":
            return AclRule(
                block.family,
                protocols,
                span_of(block),
                span,
                allows,
                number=whole_number(number, path),
                doubt=_one_type(path),
            )
    return AclRule(
        block.family,
        protocols,
        span_of(block),
        span,
        allows=allows,
        number=whole_number(number, path),
        text=path,
    )


def add_acl_association(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::SubnetNetworkAclAssociation`."""
    subnet = draft.ours(draft.model.subnets, draft.get(stack, properties, "SubnetId"), "subnet")
    acl_id = draft.get(stack, properties, "NetworkAclId")
    if isinstance(subnet, Subnet):
        again = subnet.acl is not None
        subnet.acl = _acl_by_id(draft, acl_id) or Unknown(
            f"network ACL {shown(acl_id)} is not in the set" + lifted("ids")
        )
        if again:
            # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclAssociation.html: the
            # one that is made later stands.
            subnet.acl = Unknown(
                f"{stack.path(logical)} gives it a second network ACL, and the order of deployment decides"
                + not_lifted()
            )
    elif isinstance(subnet, Unknown):
        draft.doubt(stack, logical, "gives a network ACL to a subnet", subnet, "subnet of a network ACL")


def add_security_group(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::SecurityGroup`."""
    group: SecurityGroup = draft.make(SecurityGroup, stack, logical)
    draft.model.security_groups[group.identity] = group
    for name, rules in (("SecurityGroupIngress", group.inbound), ("SecurityGroupEgress", group.outbound)):
        entries = draft.listed(stack, properties, name)
        if isinstance(entries, Unknown):
            group.unknown.append(entries.reason)
            continue
        for entry in entries:
            _group_rules(draft, entry, rules, group)
    if "SecurityGroupEgress" not in properties or draft.get(stack, properties, "SecurityGroupEgress") in (None, []):
        # EC2 adds it to a group that is made without egress rules.
        group.outbound += [AclRule(family, EVERY_PROTOCOL, EVERYTHING[family], EVERY_PORT) for family in (4, 6)]


def add_group_rule(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::SecurityGroupIngress` or `AWS::EC2::SecurityGroupEgress`."""
    identity = draft.get(stack, properties, "GroupId")
    if isinstance(identity, str) and identity.endswith(DEFAULT_GROUP):
        default_group(draft, identity)
    group = draft.ours(draft.model.security_groups, identity, "security group")
    if isinstance(group, Unknown):
        reason = f"{stack.path(logical)} adds a rule to a security group: {group.reason}"
        for other in draft.model.security_groups.values():
            other.unknown.append(reason)
        draft.unknown_groups.append(reason)
    elif group is not None:
        inward = stack.resources[logical]["Type"].endswith("Ingress")
        if not inward:
            _doubt_everything(group, stack.path(logical))
        _group_rules(draft, draft.value(stack, dict(properties)), group.inbound if inward else group.outbound, group)


def _doubt_everything(group: SecurityGroup, path: str) -> None:
    """CloudFormation takes a group's own rule for everything off it when it adds a separate one.

    AWS does not document it: https://github.com/aws/aws-cdk/pull/998.
    """
    if group.stripped:
        return
    group.stripped = True
    doubt = f"CloudFormation may take the rule for everything off {group.path} when it adds {path}"
    ending = not_lifted("a separate rule for everything says that it stays")
    for index, rule in enumerate(group.outbound):
        every = rule.protocols == EVERY_PROTOCOL and any(
            end - start >= _LEAST[rule.family] for start, end in rule.remote
        )
        if every and not rule.group and not rule.doubt:
            group.outbound[index] = replace(rule, doubt=doubt + ending)


_LEAST = {4: IPV4_END, 6: IPV6_END}
"""The width of all addresses of a family."""


def default_group(draft: Draft, identity: str) -> SecurityGroup:
    """A VPC's default security group: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html."""
    group = draft.model.security_groups.get(identity)
    if group is None:
        group = SecurityGroup(identity, shown(identity), "AWS::EC2::SecurityGroup")
        for family in (4, 6):
            every = AclRule(family, EVERY_PROTOCOL, EVERYTHING[family], EVERY_PORT)
            group.outbound.append(every)
            group.inbound.append(replace(every, group=identity))
        group.unknown += draft.unknown_groups
        draft.model.security_groups[identity] = draft.targets[identity] = group
    return group


def _group_rules(draft: Draft, entry: Any, rules: list[AclRule], group: SecurityGroup) -> None:
    if not isinstance(entry, dict):
        why = entry.reason if isinstance(entry, Unknown) else f"it is no mapping{not_lifted()}"
        group.unknown.append(f"a rule of {group.path}: {why}")
        return
    protocols, doubt = _protocols(entry.get("IpProtocol", "-1"), group.path)
    ports = EVERY_PORT
    if protocols in (((6, 6),), ((17, 17),)) and entry.get("FromPort") not in (None, -1, "-1"):
        ports, doubt = _ports(entry.get("FromPort"), entry.get("ToPort"), group.path)
    if protocols in (((1, 1),), ((58, 58),)) and entry.get("FromPort") not in (None, -1, "-1"):
        doubt = _one_type(group.path)
    if entry.get("CidrIp") or entry.get("CidrIpv6"):
        block = draft.block(entry.get("CidrIp") or entry["CidrIpv6"], group.path)
        if isinstance(block, Unknown):
            rules += _of_anyone(protocols, ports, f"the peers of a rule of {group.path}: {block.reason}")
        else:
            rule = AclRule(block.family, protocols, span_of(block), ports, text=group.path, doubt=doubt)
            rules += [rule, *_maybe_services(rule)]
        return
    for name in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
        if entry.get(name):
            peer = entry[name]
            if isinstance(peer, Unknown):
                rules += _of_anyone(protocols, ports, f"the peers of a rule of {group.path}: {peer.reason}")
                return
            rules += [
                AclRule(f, protocols, EVERYTHING[f], ports, group=str(peer), text=group.path, doubt=doubt)
                for f in (4, 6)
            ]
            return
    for name in ("SourcePrefixListId", "DestinationPrefixListId"):
        if entry.get(name):
            blocks = draft.find(draft.model.prefix_lists, entry[name], "prefix list")
            if isinstance(blocks, Unknown):
                rules += _of_anyone(protocols, ports, f"the peers of a rule of {group.path}: {blocks.reason}")
            else:
                for b in blocks:
                    rule = AclRule(b.family, protocols, span_of(b), ports, text=group.path, doubt=doubt)
                    rules += [rule, *_maybe_services(rule)]
            return
    group.unknown.append(f"a rule of {group.path} names no peer{not_lifted()}")


def _of_anyone(protocols: Spans, ports: Spans, doubt: str) -> list[AclRule]:
    """A rule for peers that are not known."""
    return [AclRule(family, protocols, EVERYTHING[family], ports, doubt=doubt) for family in (4, 6)]


def _one_type(path: str) -> str:
    return f"{path} matches one type of ICMP, which is not modelled{not_lifted()}"


def _maybe_services(rule: AclRule) -> list[AclRule]:
    """What a rule about public addresses may say of a gateway endpoint's service, whose addresses are AWS's."""
    if rule.family != 4 or rule.remote[-1][1] > IPV4_END or not intersect(rule.remote, PUBLIC_IPV4):
        return []
    services = ((IPV4_END + 1, IPV4_EXTENDED_END),)
    return [
        replace(
            rule, remote=services, doubt=f"whether {rule.text} covers the service is not in the template" + not_lifted()
        )
    ]


def _protocols(value: Any, path: str) -> tuple[Spans, str]:
    """The protocols of a rule, and why they may be fewer."""
    if doubt := _undecided(value, f"the protocol of a rule of {path}"):
        return EVERY_PROTOCOL, doubt
    names = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "all": -1}
    text = str(value).lower()
    number = names[text] if text in names else whole_number(value, path)
    return (EVERY_PROTOCOL if number == -1 else ((number, number),)), ""


def _ports(first: Any, last: Any, path: str) -> tuple[Spans, str]:
    """The ports of a rule, and why they may be fewer."""
    last = last if last is not None else first
    for value in (first, last):
        if doubt := _undecided(value, f"a port of a rule of {path}"):
            return EVERY_PORT, doubt
    low, high = whole_number(first, path), whole_number(last, path)
    return (EVERY_PORT if low == -1 else ((low, high),)), ""


def _undecided(value: Any, what: str) -> str:
    """Why a value is not known before AWS deploys it; "" where it is."""
    if isinstance(value, Unknown):
        return f"{what}: {value.reason}"
    if isinstance(value, str) and is_opaque(value):
        return f"{what} is known only to AWS: {shown(value)}{not_lifted()}"
    return ""
