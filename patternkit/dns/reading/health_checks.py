"""Health checks and the alarms that they use; load balancers with their target groups."""

from __future__ import annotations

import ipaddress
from typing import Any

from patternkit.dns.domain_names import is_address, normal, upwards
from patternkit.dns.model import (
    Alarm,
    AlarmCheck,
    CalculatedCheck,
    Endpoint,
    EndpointCheck,
    HealthCheck,
    RecordSet,
    RoutingControlCheck,
    TargetGroup,
    Unknown,
)
from patternkit.dns.reading.draft import Draft, flag, number
from patternkit.dns.reading.template_resources import Resource, only_mark

_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_CHECK = "AWS::Route53::HealthCheck"


def read_health_checks(draft: Draft) -> None:
    """Read the health checks; calculated ones find their children when all are there."""
    configs: list[tuple[Resource, dict[str, Any]]] = []
    for one in draft.resources.of(_CHECK):
        config = one.get("HealthCheckConfig")
        if isinstance(config, dict):
            draft.model.checks[one.identity] = _check(draft, one, config)
            configs.append((one, config))
        else:
            draft.model.unknown.append(f"the configuration of {one.path} is not known")
    for one, config in configs:
        check = draft.model.checks[one.identity]
        if isinstance(check, CalculatedCheck):
            _children(draft, check, config)


def _check(draft: Draft, one: Resource, config: dict[str, Any]) -> HealthCheck:
    common: dict[str, Any] = {
        "identity": one.identity,
        "path": one.path,
        "inverted": flag(config.get("Inverted"), default=False),
        "disabled": flag(config.get("Disabled"), default=False),
    }
    kind = config.get("Type")
    match kind:
        case "CALCULATED":
            return CalculatedCheck(**common, threshold=number(config.get("HealthThreshold"), 0))
        case "CLOUDWATCH_METRIC":
            insufficient = config.get("InsufficientDataHealthStatus") or "LastKnownStatus"
            return AlarmCheck(**common, alarm=_alarm(draft, one, config), insufficient=insufficient)
        case "RECOVERY_CONTROL":
            owner = draft.resources.owner(config.get("RoutingControlArn"))
            return RoutingControlCheck(
                **common, control=owner.identity if owner else str(config.get("RoutingControlArn"))
            )
    check = EndpointCheck(
        **common,
        protocol=str(kind),
        interval=number(config.get("RequestInterval"), 30),
        threshold=number(config.get("FailureThreshold"), 3),
    )
    address, domain = config.get("IPAddress"), config.get("FullyQualifiedDomainName")
    if address is not None:
        _looks_at_address(draft, check, address)
    elif domain is not None:
        _looks_at_name(draft, check, domain)
    return check


def _looks_at_address(draft: Draft, check: EndpointCheck, address: Any) -> None:
    owner = draft.resources.owner(address)
    check.looks_at = (owner.identity,) if owner else () if isinstance(address, Unknown) else (str(address),)
    check.address = str(address)
    try:
        private = not ipaddress.ip_address(check.address).is_global
    except ValueError:
        return
    # Addresses kept for documentation stand for public ones.
    if private and not any(ipaddress.ip_address(check.address) in block for block in _DOCUMENTATION):
        draft.model.refuse(f"{check.path}: no checker reaches the private address {address} [InvalidInput]")


_DOCUMENTATION = [
    ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]


def _looks_at_name(draft: Draft, check: EndpointCheck, domain: Any) -> None:
    owner = draft.resources.owner(domain)
    if owner is not None:
        check.looks_at = (draft.endpoint(owner).identity,)
    elif isinstance(domain, str):
        check.domain = normal(domain)


def _alarm(draft: Draft, one: Resource, config: dict[str, Any]) -> Alarm | Unknown:
    given = config.get("AlarmIdentifier")
    name = given.get("Name") if isinstance(given, dict) else None
    if isinstance(name, Unknown) or name is None:
        return Unknown(f"the alarm of {one.path} is not known")
    owner = draft.resources.owner(name) or _alarm_named(draft, str(name))
    if owner is None:
        declared = draft.contracts.alarms.get(str(name), {})
        seconds = declared.get("seconds", Unknown(f"how long the alarm {name} takes (contract: alarms)"))
        watches = _watched(draft, declared, str(name))
        return draft.model.alarms.setdefault(str(name), Alarm(str(name), str(name), seconds, watches))
    declared = draft.declared(draft.contracts.alarms, "alarms", owner) or {}
    watches = _watched(draft, declared, owner.path) or tuple(
        found.identity
        for dimension in owner.listed("Dimensions")
        if isinstance(dimension, dict) and (found := draft.resources.owner(dimension.get("Value"))) is not None
    )
    alarm = Alarm(owner.identity, owner.path, declared.get("seconds", _alarm_seconds(owner)), watches, _unfit(owner))
    if alarm.unfit:
        draft.model.refuse(f"{one.path}: {alarm.unfit}")
    return draft.model.alarms.setdefault(owner.identity, alarm)


def _alarm_named(draft: Draft, name: str) -> Resource | None:
    return next((one for one in draft.resources.of("AWS::CloudWatch::Alarm") if one.get("AlarmName") == name), None)


def _watched(draft: Draft, declared: dict[str, Any], name: str) -> tuple[str, ...]:
    what = f"contracts: alarms of {name}: watches"
    return tuple(
        text if is_address(text) else draft.must_name(text, what, *draft.resources.by_kind).identity
        for text in declared.get("watches", ())
    )


def _alarm_seconds(alarm: Resource) -> int | Unknown:
    period, periods = number(alarm.get("Period"), 60), number(alarm.get("EvaluationPeriods"), 1)
    return (
        period * periods
        if isinstance(period, int) and isinstance(periods, int)
        else Unknown(f"the period of {alarm.path}")
    )


def _unfit(alarm: Resource) -> str:
    """Why no health check can use an alarm.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
    """
    if alarm.kind != "AWS::CloudWatch::Alarm":
        return f"{alarm.path} is no metric alarm, and health checks use no other"
    if alarm.get("Metrics") is not None:
        return f"{alarm.path} is an alarm on metric math, which health checks do not use"
    if alarm.get("ExtendedStatistic") is not None:
        return f"{alarm.path} has an extended statistic, which health checks do not use"
    if number(alarm.get("Period"), 60) in (10, 20, 30):
        return f"{alarm.path} is a high-resolution alarm, which health checks do not use"
    points, periods = alarm.get("DatapointsToAlarm"), alarm.get("EvaluationPeriods")
    if points is not None and str(points) != str(periods):
        return f"{alarm.path} is an alarm of {points} out of {periods} datapoints, which health checks do not use"
    return ""


def _children(draft: Draft, check: CalculatedCheck, config: dict[str, Any]) -> None:
    given = config.get("ChildHealthChecks")
    for value in given if isinstance(given, list) else []:
        owner = draft.resources.owner(value)
        child = draft.model.checks.get(owner.identity) if owner is not None else None
        if isinstance(child, CalculatedCheck):
            draft.model.refuse(f"{check.path} counts {child.path}, which is calculated itself")
        check.children.append(child or Unknown(f"a child of {check.path} is not in the set"))
    if isinstance(given, Unknown):
        check.children.append(given)
    elif len(check.children) > 256:
        draft.model.refuse(f"{check.path} counts {len(check.children)} checks, and may count 256")


def read_load_balancers(draft: Draft) -> None:
    """Read the target groups of load balancers, by which Evaluate Target Health finds them healthy."""
    balancers = {one.identity: draft.endpoint(one) for one in draft.resources.of(_BALANCER)}
    for one in draft.resources.of(_BALANCER):
        balancers[one.identity].private = one.get("Scheme") == "internal"
    groups = {
        one.identity: _target_group(draft, one)
        for one in draft.resources.of("AWS::ElasticLoadBalancingV2::TargetGroup")
    }
    listeners: dict[str, Endpoint] = {}
    for one in draft.resources.of("AWS::ElasticLoadBalancingV2::Listener"):
        owner = draft.resources.owner(one.get("LoadBalancerArn"))
        if owner is not None and owner.identity in balancers:
            listeners[one.identity] = balancers[owner.identity]
            _forwarded_to(draft, balancers[owner.identity], groups, one.get("DefaultActions"))
    for one in draft.resources.of("AWS::ElasticLoadBalancingV2::ListenerRule"):
        owner = draft.resources.owner(one.get("ListenerArn"))
        if owner is not None and owner.identity in listeners:
            _forwarded_to(draft, listeners[owner.identity], groups, one.get("Actions"))


def _target_group(draft: Draft, one: Resource) -> TargetGroup:
    interval, misses = number(one.get("HealthCheckIntervalSeconds"), 30), number(one.get("UnhealthyThresholdCount"), 2)
    targets = []
    for entry in one.listed("Targets"):
        target = entry.get("Id") if isinstance(entry, dict) else None
        owner = draft.resources.owner(target)
        targets.append(owner.identity if owner else str(target))
    seconds = (
        interval * misses
        if isinstance(interval, int) and isinstance(misses, int)
        else Unknown(f"the checks of {one.path}")
    )
    return TargetGroup(one.identity, one.path, tuple(targets), seconds)


def _forwarded_to(draft: Draft, balancer: Endpoint, groups: dict[str, TargetGroup], actions: Any) -> None:
    for action in actions if isinstance(actions, list) else []:
        if not isinstance(action, dict):
            continue
        forward = action.get("ForwardConfig")
        listed = [action.get("TargetGroupArn")]
        listed += (
            [entry.get("TargetGroupArn") for entry in (forward or {}).get("TargetGroups") or []]
            if isinstance(forward, dict)
            else []
        )
        for value in listed:
            owner = draft.resources.owner(value)
            group = groups.get(owner.identity) if owner is not None else None
            if group is not None and group not in balancer.groups:
                balancer.groups.append(group)


def find_what_checks_look_at(draft: Draft) -> None:
    """Find what answers at the domain names that health checks ask, when all records are there."""
    for check in draft.model.checks.values():
        if isinstance(check, EndpointCheck) and check.domain and not check.looks_at:
            values: dict[str, None] = {}
            public = _leaves(draft, check.domain, values, 0)
            check.looks_at = tuple(values) or (check.domain,)
            if not public and any(
                zone.private is True and check.domain in zone.records for zone in draft.model.zones.values()
            ):
                draft.model.notes.append(
                    f"{check.path} asks for {check.domain}, which only a private zone has: no checker finds it"
                )
                check.looks_at = ()
                check.unreachable = True
        if isinstance(check, EndpointCheck):
            private = [draft.model.endpoints[one] for one in check.looks_at if one in draft.model.endpoints]
            if private and len(private) == len(check.looks_at) and all(one.private for one in private):
                draft.model.notes.append(
                    f"{check.path} looks at {private[0].path}, which is private: no checker reaches it"
                )
                check.unreachable = True


def _leaves(draft: Draft, name: str, found: dict[str, None], depth: int) -> bool:
    """Collect all that a name may answer on the internet, whatever its records' policies say."""
    zones = {zone.name: zone for zone in draft.model.zones.values() if zone.private is False}
    for domain in upwards(name):
        zone = zones.get(domain)
        types = zone.records.get(name) if zone is not None else None
        if zone is not None and types is not None and depth < 8:
            for kind in ("A", "AAAA", "CNAME"):
                for record in types.get(kind, ()):
                    _leaf(draft, record, found, depth)
            return True
    return False


def _leaf(draft: Draft, record: RecordSet, found: dict[str, None], depth: int) -> None:
    target = record.alias.target if record.alias is not None else None
    if isinstance(target, Endpoint):
        found[target.identity] = None
    elif isinstance(target, str):
        _leaves(draft, target, found, depth + 1)
    for value in record.values:
        if record.type != "CNAME" or only_mark(value) or not _leaves(draft, normal(value), found, depth + 1):
            found[value] = None
