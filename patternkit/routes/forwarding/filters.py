"""What network ACLs and security groups let pass."""

from __future__ import annotations

from dataclasses import replace

from patternkit.resolving.values import Unknown, is_opaque, lifted, not_lifted
from patternkit.routes.addresses import Box
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import AclRule, Attachment, Interface, Subnet, TransitGateway


def leave(forwarder: Forwarder, subnet: Subnet, walk: Walk) -> list[Walk]:
    """What the network ACL of a subnet lets out of it."""
    return _acl(forwarder, subnet, walk, inward=False)


def enter(forwarder: Forwarder, subnet: Subnet, walk: Walk) -> list[Walk]:
    """What the network ACL of a subnet lets into it."""
    return [walk] if walk.past_acls else _acl(forwarder, subnet, walk, inward=True)


def _acl(forwarder: Forwarder, subnet: Subnet, walk: Walk, *, inward: bool) -> list[Walk]:
    acl = subnet.acl
    if acl is None:
        return [walk]
    if isinstance(acl, Unknown):
        return [walk.doubted(f"the network ACL of {subnet.path}: {acl.reason}")]
    if acl.unknown or acl.tainted:
        reasons = [*([acl.tainted] if acl.tainted else []), *acl.unknown]
        return [walk.doubted(*(f"the network ACL of {subnet.path}: {reason}" for reason in reasons))]
    if not acl.contracts <= walk.contracts:
        walk = replace(walk, contracts=walk.contracts | acl.contracts)
    allowed, denied, doubted = match(acl.inbound if inward else acl.outbound, walk.box, source_is_remote=inward)
    word = "into" if inward else "out of"
    for box, reason in doubted:
        forwarder.unknown(replace(walk, box=box), f"the network ACL of {subnet.path}: {reason}")
    for box in denied:
        forwarder.drop(replace(walk, box=box), f"the network ACL {acl.path} denies it {word} {subnet.path}", "filter")
    return [walk if box is walk.box else replace(walk, box=box) for box in allowed]


def security_group(forwarder: Forwarder, interface: Interface, walk: Walk, *, inward: bool) -> list[Walk]:
    """Pass a host's security groups: stateful, so only the flow's first packet is asked."""
    groups = interface.security_groups
    if isinstance(groups, Unknown):
        forwarder.unknown(walk, f"the security groups of {interface.path}: {groups.reason}")
        return []
    peer = walk.interface if inward else walk.peer
    rules: list[AclRule] = []
    naming: list[AclRule] = []
    doubts: list[str] = []
    for group in groups:
        if isinstance(group, Unknown):
            doubts.append(f"the security groups of {interface.path}: {group.reason}")
            continue
        if group.unknown or group.tainted:
            reasons = [*([group.tainted] if group.tainted else []), *group.unknown]
            doubts += [f"the security groups of {interface.path}: {reason}" for reason in reasons]
            continue
        walk = replace(walk, contracts=walk.contracts | group.contracts)
        for rule in group.inbound if inward else group.outbound:
            if not rule.group:
                rules.append(rule)
            elif inward and is_opaque(rule.group) and not _references(forwarder, interface, peer, walk):
                # Of an id that is given as text nobody knows the VPC.
                continue
            elif peer is None:
                naming.append(
                    replace(
                        rule,
                        doubt=f"a rule of {group.path} names a group, and the peer may be of it"
                        + not_lifted("ask of an interface"),
                    )
                )
            elif isinstance(peer.security_groups, Unknown):
                naming.append(replace(rule, doubt=f"the groups of {peer.path}: {peer.security_groups.reason}"))
            elif any(isinstance(g, Unknown) or g.identity == rule.group for g in peer.security_groups):
                doubt = reference(forwarder, interface, peer, walk) if inward else ""
                for other in peer.security_groups:
                    if isinstance(other, Unknown):
                        doubt = f"the groups of {peer.path}: {other.reason}"
                naming.append(replace(rule, doubt=rule.doubt or doubt))
            elif not is_opaque(rule.group):
                doubt = (
                    f"security group {rule.group}, which {group.path} names, may be one of {peer.path}{lifted('ids')}"
                )
                naming.append(replace(rule, doubt=doubt))
    if doubts:
        return [walk.doubted(*doubts)]
    # They only allow: what one rule surely lets pass needs no other.
    passed: list[Walk] = []
    rest = [walk.box]
    for asked, by_group in (
        ([rule for rule in rules if not rule.doubt], False),
        ([rule for rule in naming if not rule.doubt], not inward),
        ([rule for rule in (*rules, *naming) if rule.doubt], False),
    ):
        left: list[Box] = []
        for box in rest:
            allowed, denied, doubted = match(asked, box, source_is_remote=inward)
            passed += [replace(walk, box=part, by_group=walk.by_group or by_group) for part in allowed]
            left += denied
            for part, reason in doubted:
                forwarder.unknown(replace(walk, box=part), f"the security groups of {interface.path}: {reason}")
        rest = left
    for box in rest:
        word = "into" if inward else "out of"
        forwarder.drop(replace(walk, box=box), f"the security groups deny it {word} {interface.path}", "filter")
    return passed


def reference(forwarder: Forwarder, interface: Interface, peer: Interface, walk: Walk) -> str:
    """Why a rule that names a group may not hold on this way; "" where it does.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing and
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
    """
    if walk.middleboxes or walk.translations:
        return f"a rule that names a security group does not hold through {_middlebox(walk)}{not_lifted()}"
    for element in _crossed(forwarder, walk, interface, peer):
        if isinstance(element.references_groups, Unknown):
            return (
                f"{element.path} does not surely support references to security groups: "
                f"{element.references_groups.reason}"
            )
    return ""


def _references(forwarder: Forwarder, interface: Interface, peer: Interface | None, walk: Walk) -> bool:
    """Whether a rule that names a group of another VPC counts at all on this way.

    Only within one transit gateway, if it and the attachments of both VPCs say so, and never for an interface endpoint:
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html#vpc-attachment-security
    """
    crossed = _crossed(forwarder, walk, interface, peer)
    if crossed and interface.kind == "AWS::EC2::VPCEndpoint":
        return False
    if any(isinstance(one, Attachment) and one.medium == "peering" for one in crossed):
        return False
    return all(one.references_groups is not False for one in crossed)


def crosses_gateway(forwarder: Forwarder, interface: Interface, peer: Interface, walk: Walk) -> bool:
    """Whether a walk between two hosts has crossed a transit gateway, which outbound rules name no group beyond."""
    return bool(_crossed(forwarder, walk, interface, peer))


def _crossed(
    forwarder: Forwarder, walk: Walk, interface: Interface, peer: Interface | None
) -> list[TransitGateway | Attachment]:
    """The transit gateways that a walk has crossed, with the attachments of both VPCs and peerings between."""
    vpcs = {one.subnet.vpc.identity for one in (interface, peer) if one and isinstance(one.subnet, Subnet)}
    found: list[TransitGateway | Attachment] = []
    for hop in walk.hops:
        gateway = forwarder.model.transit_gateways.get(hop.identity)
        attachment = forwarder.model.attachments.get(hop.identity)
        if gateway is not None:
            found += [gateway, *(one for one in gateway.attachments if one.vpc and one.vpc.identity in vpcs)]
        elif attachment is not None and attachment.medium == "peering":
            found.append(attachment)
    return found


def _middlebox(walk: Walk) -> str:
    """What a walk has crossed, as people call it."""
    crossed = {*walk.middleboxes, *(one.gateway.identity for one in walk.translations)}
    return next((hop.element for hop in walk.hops if hop.identity in crossed), "a middlebox")


def between(forwarder: Forwarder, subnet: Subnet, target: Subnet, walk: Walk) -> list[Walk]:
    """What the network ACLs let pass from one subnet to another of its VPC."""
    # Within one subnet no ACL is asked.
    if subnet is target:
        return [walk]
    return [inner for passed in leave(forwarder, subnet, walk) for inner in enter(forwarder, target, passed)]


def match(
    rules: list[AclRule], box: Box, *, source_is_remote: bool
) -> tuple[list[Box], list[Box], list[tuple[Box, str]]]:
    """Cut packets by the first rule that matches each; what none matches is denied.

    Args:
        rules: The rules, in the order in which they are asked.
        box: The packets.
        source_is_remote: Whether the rules' addresses are the packets' sources.

    Returns:
        The allowed packets, the denied ones, and those of which a rule may take some, with the reason.
    """
    allowed: list[Box] = []
    denied: list[Box] = []
    doubted: list[tuple[Box, str]] = []
    rest = [box]
    for number, rule in enumerate(rules, 1):
        if rule.family != box.family:
            continue
        pattern = Box(
            box.family,
            rule.protocols,
            rule.remote if source_is_remote else box.source,
            rule.local_ports or box.source_port,
            (rule.local or box.destination) if source_is_remote else rule.remote,
            rule.ports,
        )
        if not rest:
            break
        left: list[Box] = []
        for part in rest:
            common = part.meet(pattern)
            if common is None:
                left.append(part)
                continue
            taken = part if common == part else common
            if rule.doubt:
                # Where the rules after it do the same, it does not matter what it takes.
                passed, lost, open_ = match(rules[number:], taken, source_is_remote=source_is_remote)
                (allowed if rule.allows else denied).extend(passed if rule.allows else lost)
                doubted += [(other, rule.doubt) for other in (lost if rule.allows else passed)]
                doubted += open_
            else:
                (allowed if rule.allows else denied).append(taken)
            if common != part:
                left += part.without(common)
        rest = left
    return allowed, [*denied, *rest], doubted
