"""What a zone answers: its records by name, type and policy, wildcards, aliases, and what it hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from patternkit.dns.answer import Answer, Deeper, Outcome, Probability, Status, Walk, certain, mixed, not_known
from patternkit.dns.choosing import Pick, pick
from patternkit.dns.domain_names import shown, upwards
from patternkit.dns.health import Health
from patternkit.dns.model import Endpoint, HostedZone, InternetClient, RecordSet, Unknown

_DEEPEST = 16


@dataclass(slots=True)
class ZoneQuery:
    """A query to one zone.

    Attributes:
        zone: The zone.
        type: A, AAAA, ...
        client: Who asks, as far as routing policies look at it.
        health: What is healthy.
        latency: Declared latencies.
        walk: Where the steps are noted, or None.
    """

    zone: HostedZone
    type: str
    client: InternetClient
    health: Health
    latency: Mapping[tuple[str, str], float]
    walk: Walk | None = None

    def delegation(self, name: str) -> RecordSet | None:
        """The NS record below the top of the zone that hands a name on to other name servers."""
        for domain in upwards(name) if self.zone.hands_on else ():
            if domain == self.zone.name:
                return None
            for record in self.zone.records.get(domain, {}).get("NS", ()):
                return record
        return None

    def answer(self, name: str) -> Answer:
        """What the zone answers to a name of it.

        Args:
            name: The name, which no delegation hands on.

        Returns:
            The answer; a CNAME where the name has one and another type was asked for.
        """
        types = self.zone.records.get(name)
        if types is not None:
            return self._of_types(name, types)
        if self.zone.holds(name):
            return self._nothing(name, Status.NO_DATA, f"{shown(name)} has no records of its own in {self.zone.path}")
        for domain in upwards(name.partition(".")[2]):
            if (found := self.zone.records.get(f"*.{domain}")) is not None:
                self._say(f"{shown(name)} is covered by *.{domain}")
                return self._of_types(f"*.{domain}", found)
            if self.zone.holds(domain):
                # The closest name that exists ends the search: RFC 4592, section 3.3.1.
                break
        return self._nothing(name, Status.NO_NAME, f"{self.zone.path} has no {shown(name)}")

    def _of_types(self, name: str, types: Mapping[str, list[RecordSet]]) -> Answer:
        if self.type in types:
            return self._of_group(name, types[self.type], 0)
        if "CNAME" in types:
            return self._of_group(name, types["CNAME"], 0)
        kinds = ", ".join(sorted(types))
        return self._nothing(name, Status.NO_DATA, f"{shown(name)} has {kinds} in {self.zone.path}, no {self.type}")

    def _nothing(self, name: str, status: Status, reason: str) -> Answer:
        if not self.zone.whole:
            return not_known(f"{self.zone.path} is not in the set: it may have {shown(name)} (contract: zones)")
        if self.zone.doubts:
            return not_known(self.zone.doubts[0])
        self._say(f"{status.value}: {reason}")
        return certain(Outcome(status, reason=reason))

    def _of_group(self, name: str, records: list[RecordSet], depth: int) -> Answer:
        if depth > _DEEPEST:
            return not_known(f"the aliases at {shown(name)} lead too deep")
        if self.walk is None and len(records) == 1 and records[0].policy.name == "simple":
            return self._of_record(records[0], depth)
        picks = pick(records, self.client, lambda record: self.health.record(record, self.zone), self.latency)
        if not picks:
            reason = (
                f"{records[0].policy.name} records of {shown(name)} have none for {self.client.path}, and no default"
            )
            self._say(f"no data: {reason}")
            return certain(Outcome(Status.NO_DATA, reason=reason))
        if self.walk is None and len(picks) == 1 and len(picks[0].records) == 1:
            return self._of_record(picks[0].records[0], depth)
        if self.walk is None:
            return mixed(
                [(self._of_pick(one, depth), one.likely) for one in picks],
                [one.doubt for one in picks if one.doubt],
            )
        self._say(f"{shown(name)} {records[0].type}: {len(records)} {records[0].policy.name} in {self.zone.path}")
        parts: list[tuple[Answer, Probability]] = []
        with Deeper(self.walk):
            self._say_passed_over(records, picks)
            for one in picks:
                self._say(
                    f"{', '.join(record.label for record in one.records)}: {_share(one.likely)}{_because(one.why)}"
                )
                with Deeper(self.walk):
                    parts.append((self._of_pick(one, depth), one.likely))
        return mixed(parts, dict.fromkeys(one.doubt for one in picks if one.doubt))

    def _say_passed_over(self, records: list[RecordSet], picks: list[Pick]) -> None:
        if self.walk is None:
            return
        picked = {id(record) for one in picks for record in one.records}
        for record in records:
            if id(record) not in picked:
                state = self.health.record(record, self.zone)
                word = "ill" if state is False else "healthy" if state is True else f"health {state}"
                self._say(f"{record.label}: not chosen ({word})")

    def _of_pick(self, one: Pick, depth: int) -> Answer:
        if len(one.records) == 1:
            return self._of_record(one.records[0], depth)
        values = tuple(value for record in one.records for value in record.values)
        ttls = {record.ttl if isinstance(record.ttl, int) else None for record in one.records}
        unknown = next((record.unknown_values for record in one.records if record.unknown_values), None)
        self._say(", ".join(values))
        return certain(
            Outcome(
                Status.ANSWERED,
                values,
                min(ttl for ttl in ttls if ttl is not None) if None not in ttls else None,
                one.pool,
                one.records[0].path,
                reason=unknown.reason if unknown else "",
            )
        )

    def _of_record(self, record: RecordSet, depth: int) -> Answer:
        if record.alias is not None:
            return self._of_alias(record, depth)
        status = Status.CNAME if record.type == "CNAME" != self.type else Status.ANSWERED
        if record.unknown_values is not None and (status is Status.CNAME or not record.values):
            return not_known(f"the value of {record.path}: {record.unknown_values.reason}")
        ttl = record.ttl if isinstance(record.ttl, int) else None
        if self.walk is not None:
            self._say(f"{record.type} {', '.join(record.values)}, TTL {ttl if ttl is not None else 'not known'}")
        unknown = record.unknown_values.reason if record.unknown_values else ""
        return certain(Outcome(status, record.values, ttl, 0, record.path, reason=unknown))

    def _of_alias(self, record: RecordSet, depth: int) -> Answer:
        assert record.alias is not None
        target = record.alias.target
        if isinstance(target, Unknown):
            return not_known(f"the target of {record.path}: {target.reason}")
        if isinstance(target, Endpoint):
            ttl = target.ttl if isinstance(target.ttl, int) else None
            self._say(f"alias to {target.path}{_health_word(record)}")
            return certain(Outcome(Status.ANSWERED, (target.identity,), ttl, 0, record.path))
        if self.walk is not None:
            self.walk.say(f"alias to {shown(target)}{_health_word(record)}")
        group = self.zone.records.get(target, {}).get(record.type)
        if group is None:
            if not self.zone.whole:
                return not_known(f"{self.zone.path} is not in the set: it may have {shown(target)} (contract: zones)")
            return certain(
                Outcome(Status.NO_DATA, reason=f"{record.path} is an alias to {target}, which has no {record.type}")
            )
        answer = self._of_group(target, group, depth + 1)
        return Answer(
            tuple(
                (replace(outcome, record=outcome.record or record.path), likely) for outcome, likely in answer.outcomes
            ),
            answer.doubts,
        )

    def _say(self, text: str) -> None:
        if self.walk is not None:
            self.walk.say(text)


def _share(likely: Probability) -> str:
    if likely is None:
        return "possible"
    return "always" if likely == 1 else f"{float(likely):.4g}"


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def _health_word(record: RecordSet) -> str:
    assert record.alias is not None
    return ", its health evaluated" if record.alias.evaluate_target_health is True else ", its health not evaluated"
