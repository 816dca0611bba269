"""What an upgrade lets through that it did not: wider rules of groups and network ACLs, wider routes."""

import ipaddress
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from patternkit.testing.permissions.intrinsics import described
from patternkit.upgrade.changes import Change, Kind, Template, pairs, properties_of, resources
from patternkit.upgrade.settings import ABSENT, mappings, possible, shown

_PEERS = (
    *("CidrIp", "CidrIpv6", "CidrBlock", "Ipv6CidrBlock"),
    *("SourcePrefixListId", "DestinationPrefixListId", "SourceSecurityGroupId", "DestinationSecurityGroupId"),
    "SourceSecurityGroupName",
)
_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
_TARGETS = (
    *("GatewayId", "NatGatewayId", "TransitGatewayId", "TransitGatewayAttachmentId", "VpcPeeringConnectionId"),
    *("InstanceId", "NetworkInterfaceId", "VpcEndpointId", "EgressOnlyInternetGatewayId", "CarrierGatewayId"),
    *("LocalGatewayId", "CoreNetworkArn", "LocalGatewayVirtualInterfaceGroupId"),
)
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_ROUTES = ("AWS::EC2::Route", "AWS::EC2::TransitGatewayRoute", "AWS::EC2::LocalGatewayRoute")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a security group or a network ACL.

    Attributes:
        written: The resource that has it.
        holder: The group or ACL.
        inbound: Whether it is for packets that come in.
        allow: Whether it lets them through.
        protocol: The protocol's number as text, "-1" for every one.
        first: The first port, as number; text where it is only known at deployment.
        last: The last port.
        peer: A block of addresses, or what else stands on the other side.
        number: The place among the rules of a network ACL, of which the first that fits decides; None in a group.
    """

    written: str
    holder: str
    inbound: bool
    allow: bool
    protocol: str
    first: int | str
    last: int | str
    peer: str
    number: int | str | None = None

    def covers(self, other: "Rule") -> bool:
        """Whether this rule is about all that another is about."""
        return (
            self.inbound == other.inbound
            and self.allow == other.allow
            and self.protocol in ("-1", other.protocol)
            and (self.protocol == "-1" or self._ports_cover(other))
            and _peer_covers(self.peer, other.peer)
        )

    def _ports_cover(self, other: "Rule") -> bool:
        if all(isinstance(one, int) for one in (self.first, self.last, other.first, other.last)):
            return int(self.first) <= int(other.first) and int(other.last) <= int(self.last)
        return (self.first, self.last) == (other.first, other.last)

    def meets(self, other: "Rule") -> bool:
        """Whether something is what both rules are about."""
        return (
            self.inbound == other.inbound
            and (self.protocol == other.protocol or "-1" in (self.protocol, other.protocol))
            and ("-1" in (self.protocol, other.protocol) or self._ports_meet(other))
            and (_peer_covers(self.peer, other.peer) or _peer_covers(other.peer, self.peer))
        )

    def _ports_meet(self, other: "Rule") -> bool:
        if all(isinstance(one, int) for one in (self.first, self.last, other.first, other.last)):
            return int(self.first) <= int(other.last) and int(other.first) <= int(self.last)
        return True

    def __str__(self) -> str:
        names = {number: name for name, number in _NUMBERS.items()}
        protocol = names.get(self.protocol, f"protocol {self.protocol}")
        ports = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        what = "every port" if self.protocol == "-1" else f"{protocol} port {ports}"
        return f"{what} {'from' if self.inbound else 'to'} {self.peer}"


def network_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find groups, network ACLs and routes that are there already and let more through.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.
    """
    # CloudFormation takes the rule for everything off a group when it adds a separate one, and brings none back.
    was_stripped, is_stripped = _sent_by_separate_rules(old), _sent_by_separate_rules(new)
    before = _by_holder(old, was_stripped.keys())
    after = _by_holder(new, was_stripped.keys() | is_stripped.keys())
    for holder, written in is_stripped.items():
        rules = [one for one in before.get(holder, []) if not one.inbound]
        if holder not in was_stripped and any(_is_everything(one) for one in rules):
            reason = f"CloudFormation takes the rule for everything off {holder} when it adds this one"
            yield Change(Kind.EXPOSURE, written, f"{reason}: what else {holder} sends stops", dangerous=False)
    for holder, rules in after.items():
        was = before.get(holder, [])
        for rule in rules if was or holder in resources(old) else ():
            if rule.allow and not any(one.covers(rule) for one in was) and not _is_from_anywhere(rule):
                yield Change(
                    Kind.EXPOSURE,
                    rule.written,
                    f"{holder} lets {rule} through, and did not",
                    dangerous=_reaches_what_was_there(rule, old, new),
                )
    for holder, rules in before.items():
        for rule in rules if holder in resources(new) or holder not in resources(old) else ():
            if not rule.allow and not any(one.covers(rule) for one in after.get(holder, [])):
                yield Change(Kind.EXPOSURE, rule.written, f"{holder} denied {rule}, and does not any more")
    for holder, rules in after.items():
        yield from _order_changes(holder, before.get(holder, []), rules)
    yield from _prefix_list_changes(old, new)
    yield from _route_changes(old, new)


def _reaches_what_was_there(rule: Rule, old: Template, new: Template) -> bool:
    group = rule.peer.removesuffix(".GroupId")
    return not (group in resources(new) and group not in resources(old))


def _is_from_anywhere(rule: Rule) -> bool:
    # Told as what is open to the internet.
    block = _block(rule.peer)
    return rule.number is None and rule.inbound and block is not None and block.prefixlen <= 1


def _sent_by_separate_rules(template: Template) -> dict[str, str]:
    """The groups to which separate outbound rules are added, and by what: https://github.com/aws/aws-cdk/pull/998."""
    return {
        _plain(described(properties_of(one).get("GroupId"))): logical_id
        for logical_id, one in resources(template).items()
        if one["Type"] == "AWS::EC2::SecurityGroupEgress"
    }


def _is_everything(rule: Rule) -> bool:
    return rule.protocol == "-1" and rule.peer == "0.0.0.0/0"


def _by_holder(template: Template, stripped: Set[str]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in _rules(template, stripped):
        found.setdefault(rule.holder, []).append(rule)
    return found


def _rules(template: Template, stripped: Set[str]) -> Iterator[Rule]:
    for logical_id, resource in resources(template).items():
        properties = properties_of(resource)
        match resource["Type"]:
            case "AWS::EC2::SecurityGroup":
                for one in mappings(properties.get("SecurityGroupIngress")):
                    yield from _group_rules(logical_id, logical_id, one, inbound=True)
                outbound = properties.get("SecurityGroupEgress", ABSENT)
                # A group that is given no outbound rule is made with one for everything.
                everything = [] if logical_id in stripped else [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]
                may_be_none = any(one is ABSENT for one in possible(outbound))
                for one in (*mappings(outbound), *(everything if may_be_none else ())):
                    yield from _group_rules(logical_id, logical_id, one, inbound=False)
            case "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress" as kind:
                holder = described(properties.get("GroupId", properties.get("GroupName")))
                yield from _group_rules(logical_id, _plain(holder), properties, inbound=kind.endswith("Ingress"))
            case "AWS::EC2::NetworkAclEntry":
                yield from _acl_rules(logical_id, properties)


def _plain(holder: str) -> str:
    return holder.removesuffix(".GroupId").removesuffix(".Id")


def _group_rules(written: str, holder: str, rule: Mapping[str, Any], *, inbound: bool) -> Iterator[Rule]:
    protocol = described(rule.get("IpProtocol", "-1")).lower()
    for peer in _PEERS:
        if peer in rule:
            yield Rule(
                written,
                holder,
                inbound,
                True,  # noqa: FBT003 - groups only allow
                _NUMBERS.get(protocol, protocol),
                _port(rule.get("FromPort", -1), 0),
                _port(rule.get("ToPort", -1), 65535),
                described(rule[peer]),
            )


def _acl_rules(written: str, entry: Mapping[str, Any]) -> Iterator[Rule]:
    ports = next(iter(mappings(entry.get("PortRange"))), {})
    for peer in _PEERS:
        if peer in entry:
            yield Rule(
                written,
                _plain(described(entry.get("NetworkAclId"))),
                entry.get("Egress") not in (True, "true"),
                described(entry.get("RuleAction")).lower() == "allow",
                described(entry.get("Protocol", "-1")),
                _port(ports.get("From", -1), 0),
                _port(ports.get("To", -1), 65535),
                described(entry[peer]),
                _port(entry.get("RuleNumber"), 0),
            )


def _order_changes(holder: str, was: list[Rule], now: list[Rule]) -> Iterator[Change]:
    """Rules of a network ACL that come before a denial, and came after it.

    https://docs.aws.amazon.com/fms/2018-01-01/APIReference/API_EntryDescription.html
    """
    for denial in was:
        kept = [one.number for one in now if one.covers(denial) and isinstance(one.number, int)]
        if denial.allow or not kept or not isinstance(denial.number, int):
            continue
        for rule in now:
            before = [one.number for one in was if one.covers(rule) and isinstance(one.number, int)]
            if not rule.allow or not before or not isinstance(rule.number, int) or not rule.meets(denial):
                continue
            if rule.number < min(kept) and denial.number < min(before):
                reason = f"{holder} denied {denial}, and lets {rule} through before that"
                yield Change(Kind.EXPOSURE, rule.written, reason)


def _prefix_list_changes(old: Template, new: Template) -> Iterator[Change]:
    for logical_id, one, other in pairs(old, new):
        if other["Type"] == "AWS::EC2::PrefixList":
            was, now = (
                [described(entry.get("Cidr")) for entry in mappings(properties_of(each).get("Entries"))]
                for each in (one, other)
            )
            for block in now:
                if not any(_peer_covers(known, block) for known in was):
                    reason = f"the prefix list has {block}, and had not: all that names it is about that, too"
                    yield Change(Kind.EXPOSURE, logical_id, reason)


def _port(value: Any, every: int) -> int | str:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return shown(value)
    return every if number == -1 else number


def _block(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _peer_covers(wide: str, narrow: str) -> bool:
    one, other = _block(wide), _block(narrow)
    if isinstance(one, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return other.subnet_of(one)
    if isinstance(one, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return other.subnet_of(one)
    return wide == narrow


def _route_changes(old: Template, new: Template) -> Iterator[Change]:
    before, after = list(_routes(old)), list(_routes(new))
    tables = {table for _, table, _, _ in before} | resources(old).keys()
    for logical_id, table, destination, target in after:
        if table not in tables or target == "nothing":
            continue
        same = [one for one in before if one[1] == table and _peer_covers(one[2], destination)]
        if any(one[3] == target for one in same):
            continue
        exact = next((one for one in before if one[1] == table and one[2] == destination), None)
        was = f", and led to {exact[3]}" if exact else ", and led nowhere of its own"
        yield Change(Kind.EXPOSURE, logical_id, f"the route of {table} to {destination} leads to {target}{was}")
    for logical_id, table, destination, target in before:
        gone = table in resources(new) and not any(one[1:3] == (table, destination) for one in after)
        if target == "nothing" and gone:
            reason = f"{table} dropped what goes to {destination}, and does not any more"
            yield Change(Kind.EXPOSURE, logical_id, reason)


def _routes(template: Template) -> Iterator[tuple[str, str, str, str]]:
    """Static routes: the resource, the table, the destination and the target."""
    for logical_id, resource in resources(template).items():
        if resource["Type"] not in _ROUTES:
            continue
        properties = properties_of(resource)
        table = described(
            properties.get("RouteTableId")
            or properties.get("TransitGatewayRouteTableId")
            or properties.get("LocalGatewayRouteTableId")
        )
        target = next((described(properties[name]) for name in _TARGETS if name in properties), "nothing")
        for name in _DESTINATIONS:
            if name in properties:
                yield logical_id, _plain(table).removesuffix(".RouteTableId"), described(properties[name]), target
