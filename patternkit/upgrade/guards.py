"""What stands between clients and what they ask for, and goes or lets more through."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from patternkit.testing.permissions.intrinsics import described
from patternkit.upgrade.changes import Change, Kind, Template, pairs, properties_of, resources
from patternkit.upgrade.guard_settings import (
    DEFAULTS,
    DEFAULTS_BY_TYPE,
    FAILURES,
    FALSE_FIRST,
    GUARDED,
    GUARDS,
    LEVELS,
    PRESENT,
    RECORDS,
    RECORDS_OF_ANY,
    TRUE_FIRST,
    Order,
)
from patternkit.upgrade.settings import ABSENT, OFF, UNKNOWN, Path, is_function, items, lowered, mappings, named, shown


def guard_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find guards that go or let more through: settings, web ACLs, firewalls, prefix lists.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-wafv2-webacl-defaultaction.html
    """
    before, after = resources(old), resources(new)
    for logical_id, resource in before.items():
        kind = resource["Type"]
        if kind in GUARDS and not _guards_the_same(resource, after) and _guarded(resource, after):
            sort, loss = GUARDS[kind]
            yield Change(sort, logical_id, f"the {kind} goes: {loss}")
    for logical_id, resource in after.items():
        if resource["Type"] == "AWS::EC2::VPCBlockPublicAccessExclusion" and logical_id not in before:
            yield from _excluded(logical_id, properties_of(resource), before, after)
    for logical_id, one, other in pairs(old, new):
        was, now, kind = properties_of(one), properties_of(other), other["Type"]
        for sort, level, end in (
            (Kind.EXPOSURE, partial(_level, kind), ""),
            (Kind.ALARMS, partial(_recorded, kind), ": less is recorded"),
            (Kind.RETENTION, _kept_failures, ": work that fails is lost, or done again"),
        ):
            for path, value, after_it in lowered(was, now, level):
                yield Change(sort, logical_id, f"{named(path)} was {shown(value)} and is {shown(after_it)}{end}")
        yield from _attributes(logical_id, was, now)
        if kind in _STOPPED and _runs(kind, was) and not _runs(kind, now):
            name = _STOPPED[kind]
            yield Change(Kind.ALARMS, logical_id, f"{name} is {shown(now.get(name))}: it does nothing any more")
        if kind == "AWS::WAFv2::WebACL":
            yield from _web_acl(logical_id, was, now)
        if kind == "AWS::NetworkFirewall::FirewallPolicy":
            yield from _rule_groups(logical_id, was, now)


def _subject(resource: Mapping[str, Any]) -> tuple[str, ...]:
    properties = properties_of(resource)
    return (resource["Type"], *(described(properties[name]) for name in GUARDED if name in properties))


def _guards_the_same(resource: Mapping[str, Any], after: Mapping[str, Mapping[str, Any]]) -> bool:
    return any(one["Type"] == resource["Type"] and _subject(one) == _subject(resource) for one in after.values())


def _guarded(resource: Mapping[str, Any], after: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether what it guards stays: what another template has does."""
    for name in GUARDED:
        match properties_of(resource).get(name):
            case {"Ref": str(logical_id)} | {"Fn::GetAtt": [str(logical_id), *_]}:
                return logical_id in after
    return True


def _excluded(
    logical_id: str,
    properties: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Iterator[Change]:
    where = properties.get("VpcId", properties.get("SubnetId"))
    name = where.get("Ref") if isinstance(where, Mapping) else None
    if name not in after or name in before:
        mode = described(properties.get("InternetGatewayExclusionMode"))
        yield Change(Kind.EXPOSURE, logical_id, f"{described(where)} is excluded from block public access with {mode}")


def _level(kind: str, path: Path, value: Any) -> float | None:
    if kind == "AWS::NetworkFirewall::FirewallPolicy" and path[-1] in _ACTIONS:
        return _actions(path[-1], value)
    if path[-1] in _ORIGINS:
        # From some origins to any; without any, no page of another origin reads an answer.
        return UNKNOWN if is_function(value) else 0 if value is ABSENT or "*" in items(value) else 1
    order = _order(LEVELS.get(kind, {}), path)
    return None if order is None else _of_order(kind, path[-1], order, value)


_ORIGINS = ("AllowOrigins", "AllowedOrigins", "AccessControlAllowOrigins")


def _recorded(kind: str, path: Path, value: Any) -> float | None:
    if path[-1] in RECORDS_OF_ANY and kind != "AWS::StepFunctions::StateMachine":
        return _of_order(kind, path[-1], PRESENT, value)
    order = _order(RECORDS.get(kind, {}), path)
    return None if order is None else _of_order(kind, path[-1], order, value)


def _kept_failures(path: Path, value: Any) -> float | None:
    order = FAILURES.get(path[-1])
    return None if order is None else _of_order("", path[-1], order, value)


def _order(orders: Mapping[str, Order], path: Path) -> Order | None:
    within = [one for one in path if one != "*"]
    return next((order for key, order in orders.items() if within[-1 - key.count(".") :] == key.split(".")), None)


def _of_order(kind: str, name: str, order: Order, value: Any) -> float:
    if order == PRESENT:
        return 0 if value is ABSENT or value in ("", [], {}, None) else 1
    if value is ABSENT:
        value = DEFAULTS_BY_TYPE.get((kind, name), DEFAULTS.get(name, order[0])) or order[-1]
    if is_function(value):
        return UNKNOWN
    text = str(value).lower() if order in (FALSE_FIRST, TRUE_FIRST) else str(value)
    return order.index(text) if text in order else len(order) - 1


_STOPPED = {
    "AWS::Events::Rule": "State",
    "AWS::Lambda::EventSourceMapping": "Enabled",
    "AWS::Lambda::Function": "ReservedConcurrentExecutions",
    "AWS::Pipes::Pipe": "DesiredState",
    "AWS::Scheduler::Schedule": "State",
}
"""What starts work or does it, and the setting that stops it."""


def _runs(kind: str, properties: Mapping[str, Any]) -> bool:
    stopped = [*OFF, 0, "0", "DISABLED", "STOPPED"]
    return not any(one in stopped for one in items(properties.get(_STOPPED[kind])))


_ATTRIBUTES = {
    "access_logs.s3.enabled": (Kind.ALARMS, FALSE_FIRST, "false"),
    "connection_logs.s3.enabled": (Kind.ALARMS, FALSE_FIRST, "false"),
    "routing.http.desync_mitigation_mode": (Kind.EXPOSURE, ("monitor", "defensive", "strictest"), "defensive"),
    "routing.http.drop_invalid_header_fields.enabled": (Kind.EXPOSURE, FALSE_FIRST, "false"),
    "waf.fail_open.enabled": (Kind.EXPOSURE, TRUE_FIRST, "false"),
}
"""Attributes of load balancers, their values from the weakest on, and what AWS takes without one."""


def _attributes(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    was, now = (
        {str(one.get("Key")): one.get("Value") for one in mappings(each.get("LoadBalancerAttributes"))}
        for each in (before, after)
    )
    for key, (sort, order, default) in _ATTRIBUTES.items():
        one, other = was.get(key, default), now.get(key, default)
        if _of_order("", key, order, other) < _of_order("", key, order, one):
            yield Change(sort, logical_id, f"{key} was {shown(one)} and is {shown(other)}")


_ACTIONS = ("StatelessDefaultActions", "StatelessFragmentDefaultActions", "StatefulDefaultActions")


def _actions(name: str, value: Any) -> float:
    if is_function(value):
        return UNKNOWN
    found = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if name == "StatefulDefaultActions":
        return 1 if any(one.startswith("aws:drop") for one in found) else 0
    return 0 if "aws:pass" in found else 1


def _rule_groups(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Rule groups that a firewall's policy names no more, or only to alert."""

    def groups(properties: Mapping[str, Any]) -> dict[str, bool]:
        policy = next(iter(mappings(properties.get("FirewallPolicy"))), {})
        return {
            described(one.get("ResourceArn")): next(iter(mappings(one.get("Override"))), {}).get("Action") is None
            for name in ("StatefulRuleGroupReferences", "StatelessRuleGroupReferences")
            for one in mappings(policy.get(name))
        }

    now = groups(after)
    for group, drops in groups(before).items():
        if group not in now:
            yield Change(Kind.EXPOSURE, logical_id, f"the rules of {shown(group)} are not asked any more")
        elif drops and not now[group]:
            yield Change(Kind.EXPOSURE, logical_id, f"the rules of {shown(group)} dropped packets, and only alert")


def _web_acl(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    defaults = [next(iter(mappings(one.get("DefaultAction"))), {}) for one in (before, after)]
    if "Block" in defaults[0] and "Block" not in defaults[1]:
        yield Change(Kind.EXPOSURE, logical_id, "DefaultAction was Block and is not: requests of no rule pass")
    rules = {described(one.get("Name")): one for one in mappings(after.get("Rules"))}
    for rule in mappings(before.get("Rules")):
        name = described(rule.get("Name"))
        if _blocks(rule) and not _blocks(rules.get(name, {})):
            how = "only counts or allows" if name in rules else "is gone"
            yield Change(Kind.EXPOSURE, logical_id, f"the rule {name} stopped requests, and {how}")


def _blocks(rule: Mapping[str, Any]) -> bool:
    """Whether a rule may stop requests: by its own action, or by those of its group."""
    action = next(iter(mappings(rule.get("Action"))), {})
    override = next(iter(mappings(rule.get("OverrideAction"))), {})
    return bool(action.keys() & {"Block", "Captcha", "Challenge"}) or "None" in override
