"""What is healthy while some things are ill: health checks, endpoints, records and groups of records.

Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
and https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from patternkit.dns.model import (
    AlarmCheck,
    Alias,
    CalculatedCheck,
    Endpoint,
    EndpointCheck,
    HealthCheck,
    HostedZone,
    RecordSet,
    ReportedCheck,
    RoutingControlCheck,
    Unknown,
)

Healthy = bool | Unknown
Ill = frozenset[str]

NOTHING: Ill = frozenset()
TOO_FEW_DATA = "too few data: "
"""Before an alarm's identity: it has too few data to be in a state."""
TURNED = "turned: "
"""Before a health check's identity: it reports the opposite of what it sees."""


class Health:
    """Says what is healthy.

    Args:
        ill: The identities and addresses of what is ill.
        after: How many seconds ago it fell ill: what takes longer to see it does not see it yet. Default: long ago.
    """

    def __init__(self, ill: Ill = NOTHING, after: float = math.inf) -> None:
        self.ill = ill
        self.after = after
        self._checks: dict[str, Healthy] = {}
        self._groups: dict[tuple[str, str, str], Healthy] = {}

    def check(self, check: HealthCheck | Unknown) -> Healthy:
        """Whether a health check reports that all is well."""
        if isinstance(check, Unknown):
            return check
        if check.identity not in self._checks:
            # A check that counts itself is refused; until then it is not known.
            self._checks[check.identity] = Unknown(f"{check.path} counts itself")
            self._checks[check.identity] = self._check(check)
        return self._checks[check.identity]

    def _check(self, check: HealthCheck) -> Healthy:
        if isinstance(check, EndpointCheck) and check.unreachable:
            seen: Healthy = False
        elif check.disabled is True or (self.after < math.inf and not self._in_time(delay(check))):
            seen = True
        elif isinstance(check.disabled, Unknown):
            seen = check.disabled
        elif check.identity in self.ill:
            seen = False
        else:
            seen = self._seen(check)
        result = negated(seen, when=check.inverted)
        return negated(result, when=f"{TURNED}{check.identity}" in self.ill)

    def _seen(self, check: HealthCheck) -> Healthy:
        match check:
            case EndpointCheck():
                return not check.looks_at or not all(self.is_ill(one) for one in check.looks_at)
            case CalculatedCheck():
                return self._calculated(check)
            case ReportedCheck():
                return self._reported(check)
            case AlarmCheck():
                return self._alarm(check)
            case RoutingControlCheck():
                return check.control not in self.ill
        return Unknown(f"the type of {check.path} is not known")

    def _reported(self, check: ReportedCheck) -> Healthy:
        if not check.looks_at or not all(map(self.is_ill, check.looks_at)):
            return check.starts
        return check.reports if isinstance(check.reports, Unknown) else not check.reports

    def _calculated(self, check: CalculatedCheck) -> Healthy:
        if isinstance(check.threshold, Unknown):
            return check.threshold
        states = [self.check(child) for child in check.children]
        well = sum(state is True for state in states)
        doubts = [state for state in states if isinstance(state, Unknown)]
        if well >= check.threshold:
            return True
        return doubts[0] if well + len(doubts) >= check.threshold else False

    def _alarm(self, check: AlarmCheck) -> Healthy:
        if isinstance(check.alarm, Unknown):
            return check.alarm
        if f"{TOO_FEW_DATA}{check.alarm.identity}" in self.ill:
            if isinstance(check.insufficient, Unknown):
                return check.insufficient
            # Before the data ended all was well: that is the last known status.
            return check.insufficient != "Unhealthy"
        return check.alarm.identity not in self.ill and not any(map(self.is_ill, check.alarm.watches))

    def is_ill(self, identity: str) -> bool:
        """Whether a thing is ill itself."""
        return identity in self.ill

    def endpoint(self, endpoint: Endpoint) -> Healthy:
        """Whether Evaluate Target Health finds a resource healthy.

        A load balancer is, while each of its target groups has a healthy target.
        """
        if endpoint.identity in self.ill:
            return not self._in_time(endpoint_delay(endpoint))
        for group in endpoint.groups:
            if group.identity in self.ill or (group.targets and all(map(self.is_ill, group.targets))):
                return not self._in_time(group.seconds)
        return True

    def _in_time(self, seconds: int | Unknown) -> bool:
        return self.after == math.inf or (not isinstance(seconds, Unknown) and seconds <= self.after)

    def record(self, record: RecordSet, zone: HostedZone) -> Healthy:
        """Whether a record is healthy: by its health check, and by its target where that is evaluated."""
        by_check: Healthy = True if record.health_check is None else self.check(record.health_check)
        if by_check is True and self.ill:
            by_check = self._unseen(record)
        if by_check is False or record.alias is None:
            return by_check
        return both(by_check, self._target(record, record.alias, zone))

    def _unseen(self, record: RecordSet) -> Healthy:
        """Whether an alarm of which nobody says what it watches may watch what the record answers, and that is ill."""
        check = record.health_check
        if isinstance(check, AlarmCheck) and not isinstance(check.alarm, Unknown) and not check.alarm.watches:
            own = record.values
            if record.alias is not None and isinstance(record.alias.target, Endpoint):
                own = (record.alias.target.identity,)
            if own and all(map(self.is_ill, own)):
                return Unknown(f"whether {check.alarm.path} sees that {own[0]} is ill (contract: alarms)")
        return True

    def _target(self, record: RecordSet, alias: Alias, zone: HostedZone) -> Healthy:
        if alias.evaluate_target_health is False:
            return True
        if isinstance(alias.evaluate_target_health, Unknown):
            return alias.evaluate_target_health
        if isinstance(alias.target, Unknown):
            return alias.target
        if isinstance(alias.target, Endpoint):
            return self.endpoint(alias.target)
        return self.group(zone, alias.target, record.type)

    def group(self, zone: HostedZone, name: str, kind: str) -> Healthy:
        """Whether any record of a name and type is healthy."""
        key = (zone.identity, name, kind)
        if key not in self._groups:
            self._groups[key] = Unknown(f"the aliases at {name} lead to each other")
            records = zone.records.get(name, {}).get(kind, ())
            self._groups[key] = any_of(self.record(record, zone) for record in records)
        return self._groups[key]


def both(one: Healthy, other: Healthy) -> Healthy:
    """Whether two things are well."""
    if one is False or other is False:
        return False
    return one if isinstance(one, Unknown) else other


def any_of(states: Iterable[Healthy]) -> Healthy:
    """Whether one of several is well."""
    doubt: Healthy = False
    for state in states:
        if state is True:
            return True
        if isinstance(state, Unknown):
            doubt = state
    return doubt


def negated(state: Healthy, *, when: bool | Unknown) -> Healthy:
    """A state, or its opposite where an inversion is on."""
    if isinstance(when, Unknown):
        return when
    return state if isinstance(state, Unknown) or not when else not state


def delay(check: HealthCheck) -> int | Unknown:
    """Seconds until a health check has seen a failure: interval by threshold, or as long as its alarm takes.

    A calculated check follows its children at once.
    """
    match check:
        case EndpointCheck(interval=int(interval), threshold=int(threshold)):
            return interval * threshold
        case EndpointCheck():
            return Unknown(f"the interval of {check.path} is not known")
        case ReportedCheck(seconds=seconds):
            return seconds
        case AlarmCheck(alarm=alarm):
            return alarm if isinstance(alarm, Unknown) else alarm.seconds
    return 0


def endpoint_delay(endpoint: Endpoint) -> int | Unknown:
    """Seconds until Evaluate Target Health has seen that a resource is ill."""
    known = [group.seconds for group in endpoint.groups if isinstance(group.seconds, int)]
    if len(known) < len(endpoint.groups) or not known:
        return Unknown(f"how long it takes to see that {endpoint.path} is ill")
    return min(known)
