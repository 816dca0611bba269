"""What Route 53 refuses of the records of a zone, however each of them is by itself.

Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from patternkit.dns.domain_names import shown
from patternkit.dns.model import (
    Failover,
    Geolocation,
    HostedZone,
    IpBased,
    Latency,
    Model,
    MultivalueAnswer,
    RecordSet,
    Simple,
)


def refuse(model: Model) -> None:
    """Note in a model what AWS refuses of its zones."""
    for zone in model.zones.values():
        for name, types in zone.records.items():
            if "CNAME" in types:
                if name == zone.name:
                    model.refuse(
                        f"{types['CNAME'][0].path}: no CNAME may be at the top of {zone.path} [InvalidChangeBatch]"
                    )
                elif len(types) > 1:
                    others = ", ".join(sorted(set(types) - {"CNAME"}))
                    model.refuse(
                        f"{shown(name)} has a CNAME in {zone.path}, and {others} beside it [InvalidChangeBatch]"
                    )
            for kind, records in types.items():
                _group(model, zone, name, kind, records)
    _rules(model)
    for record, zone in _aliases(model):
        target = record.alias.target if record.alias is not None else ""
        if isinstance(target, str):
            if zone.whole and record.type not in zone.records.get(target, {}):
                where = f"{shown(target)}, which has no {record.type} in {zone.path}"
                model.refuse(f"{record.path} is an alias to {where} [InvalidChangeBatch]")
            elif target == record.name:
                model.refuse(f"{record.path} is an alias to itself")


def _rules(model: Model) -> None:
    """A VPC uses no rule that forwards to an inbound endpoint of its own."""
    for rule in model.rules.values():
        for endpoint in model.resolver_endpoints.values():
            if endpoint.direction != "OUTBOUND" and endpoint.vpc in rule.vpcs and isinstance(rule.targets, tuple):
                for target in set(rule.targets) & set(endpoint.addresses):
                    vpc = model.vpcs[str(endpoint.vpc)].path
                    model.refuse(
                        f"{rule.path} forwards to {target} of {endpoint.path}, which is in {vpc} [RSLVR-00804]"
                    )


def _aliases(model: Model) -> Iterator[tuple[RecordSet, HostedZone]]:
    for zone in model.zones.values():
        for types in zone.records.values():
            for records in types.values():
                yield from ((record, zone) for record in records if record.alias is not None)


def _group(model: Model, zone: HostedZone, name: str, kind: str, records: list[RecordSet]) -> None:
    first = records[0]
    if zone.private is True and isinstance(first.policy, IpBased):
        model.refuse(f"{first.path}: a private zone has no IP-based records")
    if isinstance(first.policy, MultivalueAnswer) and any(one.alias for one in records) and not zone.made_by:
        model.refuse(f"{first.path}: a multivalue answer record is no alias [InvalidChangeBatch]")
    for record in records:
        bare = record.alias is None and record.health_check is None
        if bare and isinstance(record.policy, Failover) and record.policy.primary is True:
            model.refuse(f"{record.path}: a primary that is no alias must have a health check [InvalidChangeBatch]")
    if len(records) == 1:
        return
    what = f"{shown(name)} {kind} in {zone.path}"
    policies = {record.policy.name for record in records}
    if len(policies) > 1:
        model.refuse(f"{what} has records of several policies: {', '.join(sorted(policies))} [InvalidChangeBatch]")
    if policies == {Simple.name}:
        model.refuse(f"{what} is there {len(records)} times: {records[0].path}, {records[1].path} [InvalidChangeBatch]")
        return
    keys: dict[Hashable, str] = {}
    for record in records:
        for key, word in _must_differ(record):
            if key in keys:
                model.refuse(f"{what} has {word} twice: {keys[key]}, {record.path} [InvalidChangeBatch]")
            keys[key] = record.path
    ttls = {record.ttl for record in records if isinstance(record.ttl, int)}
    if len(ttls) > 1:
        model.notes.append(f"{what} has records with different TTLs: {', '.join(map(str, sorted(ttls)))}")


def _must_differ(record: RecordSet) -> Iterator[tuple[Hashable, str]]:
    if record.set_identifier:
        yield ("id", record.set_identifier), f"the set identifier {record.set_identifier}"
    match record.policy:
        case Failover(primary=bool(primary)):
            yield ("failover", primary), "a primary" if primary else "a secondary"
        case Latency(region=str(region)):
            yield ("region", region), f"the Region {region}"
        case Geolocation(unknown=None) as place:
            yield ("place", place), f"the location {place}"
        case IpBased(location=location):
            yield ("location", location), f"the location {location}"
