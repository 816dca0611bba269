"""What may be ill: how questions name it, and every single failure that a name may meet."""

from __future__ import annotations

from collections.abc import Iterable

from patternkit.dns.clients import Clients
from patternkit.dns.domain_names import is_address, normal
from patternkit.dns.errors import QuestionError
from patternkit.dns.health import TOO_FEW_DATA, TURNED, Ill
from patternkit.dns.model import AlarmCheck, CalculatedCheck, Endpoint, HealthCheck, Model, Unknown
from patternkit.templates.errors import nearest


def ill_things(model: Model, given: str | Iterable[str]) -> Ill:
    """The identities of what a question says to be ill.

    Args:
        model: The model.
        given: Paths or logical ids of resources, addresses, domain names, Regions; `too few data: ALARM`; and
            `turned: CHECK` for a health check that reports the opposite of what it sees.

    Returns:
        The identities.

    Raises:
        QuestionError: A name means nothing, or several things.
    """
    return frozenset(one for text in ([given] if isinstance(given, str) else given) for one in _things(model, text))


def _things(model: Model, text: str) -> list[str]:
    for prefix, group in ((TOO_FEW_DATA, model.alarms), (TURNED, model.checks)):
        if text.startswith(prefix):
            wanted = text.removeprefix(prefix)
            return [f"{prefix}{_one({identity: one.path for identity, one in group.items()}, wanted)}"]
    if is_address(text):
        return [text]
    in_region = [one.identity for one in model.endpoints.values() if one.region == text]
    if in_region:
        return in_region
    named = {
        identity: one.path for group in (model.endpoints, model.checks, model.alarms) for identity, one in group.items()
    }
    for endpoint in model.endpoints.values():
        named |= {group.identity: group.path for group in endpoint.groups}
    for check in model.checks.values():
        if control := getattr(check, "control", ""):
            named[control] = model.labels.get(control, control)
    for zone in model.zones.values():
        for types in zone.records.values():
            for records in types.values():
                named |= {value: value for record in records for value in record.values if record.type == "CNAME"}
                if text in [record.set_identifier for record in records]:
                    return _targets_of(
                        text, [one for record in records if record.set_identifier == text for one in _own(record)]
                    )
    for value in named:
        if normal(value) == normal(text):
            return [value]
    return [_one(named, text)]


def _own(record: object) -> list[str]:
    alias = getattr(record, "alias", None)
    if alias is not None:
        return [alias.target.identity] if isinstance(alias.target, Endpoint) else []
    return list(getattr(record, "values", ()))


def _targets_of(text: str, targets: list[str]) -> list[str]:
    if not targets:
        raise QuestionError(f"the record {text!r} has no endpoint of its own that could be ill")
    return targets


def _one(named: dict[str, str], text: str) -> str:
    found = [
        identity
        for identity, path in named.items()
        if text in (identity, path, identity.strip("\u27e8\u27e9"), identity.strip("\u27e8\u27e9").rpartition("/")[2])
        or path.endswith(f"/{text}")
    ]
    if len(found) != 1:
        many = f"{len(found)} things are" if found else "nothing that may be ill is"
        known = [one.strip("\u27e8\u27e9") for one in named.values()]
        raise QuestionError(f"{many} named {text!r}{'' if found else nearest(text, known)}")
    return found[0]


def single_failures(behind: Clients, name: str, kind: str, *, regions: bool = False) -> list[Ill]:
    """Every single thing that may go wrong with what a name answers.

    Args:
        behind: Finds the records behind the name.
        name: The name.
        kind: The record type.
        regions: Whether whole Regions fail too.

    Returns:
        For each failure, what is ill: an endpoint, a health check that reports the opposite, an alarm without data.
    """
    found: dict[Ill, None] = {}
    areas: dict[str, set[str]] = {}
    endpoints = behind.model.endpoints
    for _, record in behind.records_behind(name, kind):
        if record.type == "CNAME" and not any("\u27e8" in value for value in record.values):
            own: list[str] = []
        else:
            own = _own(record)
        for value in own:
            found[frozenset({value})] = None
            region = endpoints[value].region if value in endpoints else ""
            if region:
                areas.setdefault(region, set()).add(value)
        if isinstance(record.health_check, HealthCheck):
            found |= dict.fromkeys(_of_check(record.health_check))
    if regions:
        found |= dict.fromkeys(frozenset(one) for one in areas.values())
    return list(found)


def _of_check(check: HealthCheck) -> list[Ill]:
    found = [frozenset({f"{TURNED}{check.identity}"})]
    for one in (check, *(check.children if isinstance(check, CalculatedCheck) else ())):
        if isinstance(one, AlarmCheck) and not isinstance(one.alarm, Unknown):
            found.append(frozenset({f"{TOO_FEW_DATA}{one.alarm.identity}"}))
        if one is not check and isinstance(one, HealthCheck):
            found.append(frozenset({f"{TURNED}{one.identity}"}))
    return found
