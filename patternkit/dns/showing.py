"""What is there to be asked, as it is shown: zones with their records, rules, sites, health checks, and unknowns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from patternkit.dns.answer import plain
from patternkit.dns.domain_names import shown
from patternkit.dns.health import delay
from patternkit.dns.model import (
    AlarmCheck,
    CalculatedCheck,
    Endpoint,
    EndpointCheck,
    Geolocation,
    Geoproximity,
    HealthCheck,
    HostedZone,
    IpBased,
    Latency,
    Model,
    RecordSet,
    ReportedCheck,
    Unknown,
    Weighted,
)
from patternkit.dns.names import Names
from patternkit.dns.reporting import labelled
from patternkit.dns.signing import chain


def shown_names(names: Names) -> dict[str, Any]:
    """Everything that `show` tells, as data.

    Args:
        names: The names.

    Returns:
        The zones with their records, the rules, the sites and the health checks of the first world; in how many worlds
        they are; what is not known; what AWS refuses; notes.
    """
    model, models = names.model, names.models

    def told(texts: Iterable[str]) -> list[str]:
        return [labelled(text, model.labels) for text in dict.fromkeys(texts)]

    notes = [note for one in models for note in one.notes]
    if not model.zones and not model.rules:
        notes.insert(0, "the templates hold no zone and no rule: there is nothing that could be asked for")
    return {
        "zones": [_zone(zone, model) for zone in sorted(model.zones.values(), key=lambda zone: zone.name)],
        "rules": [_rule(model, identity) for identity in model.rules],
        "sites": [
            {
                "site": site.name,
                "answers": sorted(site.zones),
                "forwards": {shown(d): list(t) for d, t in site.forwards.items()},
            }
            for site in model.sites.values()
        ],
        "health_checks": [_check(check, model) for check in model.checks.values()],
        "worlds": len(models),
        "unknown": told(
            [
                *(reason for one in models for reason in one.unknown),
                *(doubt for one in models for zone in one.zones.values() for doubt in zone.doubts),
                *(doubt for one in models for vpc in one.vpcs.values() for doubt in vpc.doubts),
                *(["there are more worlds than were made"] if names.too_many_worlds else []),
            ]
        ),
        "refused": told(reason for one in models for reason in one.refused),
        "notes": told(notes),
    }


def _zone(zone: HostedZone, model: Model) -> dict[str, Any]:
    return {
        "zone": zone.path,
        "name": shown(zone.name),
        "kind": f"{zone.kind}, made by {zone.made_by}" if zone.made_by else zone.kind,
        "vpcs": [model.labels.get(vpc, plain(vpc)) for vpc in zone.vpcs],
        "dnssec": chain(zone) if zone.private is False else None,
        "records": [
            _record(record, model)
            for name in sorted(zone.records)
            for records in zone.records[name].values()
            for record in records
        ],
    }


def _record(record: RecordSet, model: Model) -> dict[str, Any]:
    check = record.health_check
    return {
        "name": record.name,
        "type": record.type,
        "policy": _policy(record),
        "answers": labelled(_target(record), model.labels),
        "ttl": record.ttl if isinstance(record.ttl, int) else None,
        "health": _health(record, check),
        "record": record.path,
    }


def _policy(record: RecordSet) -> str:
    policy: Any = record.policy
    match policy:
        case Weighted():
            detail = str(policy.weight)
        case Latency():
            detail = str(policy.region)
        case Geolocation():
            detail = str(policy)
        case Geoproximity():
            detail = policy.place + (f" bias {policy.bias:+d}" if isinstance(policy.bias, int) and policy.bias else "")
        case IpBased():
            detail = policy.location
        case _:
            primary = getattr(policy, "primary", None)
            detail = {True: "primary", False: "secondary", None: ""}.get(primary, "?")
    return f"{policy.name} {detail}".strip()


def _target(record: RecordSet) -> str:
    if record.alias is not None:
        target = record.alias.target
        name = target.path if isinstance(target, Endpoint) else target.reason if isinstance(target, Unknown) else target
        return f"alias to {name}"
    unknown = [f"not known: {record.unknown_values.reason}"] if record.unknown_values else []
    return ", ".join([*record.values, *unknown])


def _health(record: RecordSet, check: HealthCheck | Unknown | None) -> str:
    parts = [] if check is None else [check.reason if isinstance(check, Unknown) else check.path]
    if record.alias is not None and record.alias.evaluate_target_health is True:
        parts.append("of its target")
    return ", ".join(parts) or "always healthy"


def _rule(model: Model, identity: str) -> dict[str, Any]:
    rule = model.rules[identity]
    return {
        "rule": rule.path,
        "domain": shown(rule.domain),
        "type": rule.type,
        "targets": [rule.targets.reason] if isinstance(rule.targets, Unknown) else list(rule.targets),
        "vpcs": [model.labels.get(vpc, plain(vpc)) for vpc in rule.vpcs],
    }


def _check(check: HealthCheck, model: Model) -> dict[str, Any]:
    match check:
        case EndpointCheck():
            looks_at = ", ".join(labelled(one, model.labels) for one in check.looks_at) or check.domain
        case CalculatedCheck():
            children = [child.reason if isinstance(child, Unknown) else child.path for child in check.children]
            looks_at = f"{check.threshold} of {', '.join(children)}"
        case AlarmCheck():
            looks_at = check.alarm.reason if isinstance(check.alarm, Unknown) else check.alarm.path
        case ReportedCheck():
            looks_at = ", ".join(labelled(one, model.labels) for one in check.looks_at)
        case _:
            looks_at = "a routing control"
    seen = delay(check)
    return {
        "check": check.path,
        "looks_at": looks_at,
        "seen_after": seen if isinstance(seen, int) else None,
        "inverted": check.inverted is True,
        "insufficient_data": str(check.insufficient) if isinstance(check, AlarmCheck) else None,
    }
