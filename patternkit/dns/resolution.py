"""How a query is resolved: from its source through rules, private zones, forwarders and public zones to an answer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from patternkit.dns.answer import Answer, Deeper, Outcome, Status, Walk, certain, mixed, not_known, prefixed
from patternkit.dns.domain_names import is_within, normal, shown, upwards
from patternkit.dns.health import NOTHING, Health, Ill
from patternkit.dns.model import (
    HostedZone,
    InternetClient,
    Model,
    RecordSet,
    ResolverRule,
    Site,
    Source,
    Unknown,
    Vpc,
)
from patternkit.dns.signing import broken_chain
from patternkit.dns.vpc_view import VpcView, vpc_view
from patternkit.dns.zone_answers import ZoneQuery

_LONGEST_CHAIN = 8
_MOST_ANSWERS = 1_000_000
Asked = tuple[tuple[Source, str], ...]


class Resolution:
    """Answers queries to a model.

    Args:
        model: The model.

    Attributes:
        views: What each VPC's resolver goes by, by the VPC's identity.
        alike: One VPC of those that are answered alike, with how many they are.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.views: dict[str, VpcView] = {identity: vpc_view(model, vpc) for identity, vpc in model.vpcs.items()}
        self._keys: dict[Hashable, int] = {}
        self._vpc_keys = {
            identity: self._keys.setdefault(view.key, len(self._keys)) for identity, view in self.views.items()
        }
        self.alike: list[tuple[Vpc, int]] = _alike(model, self._vpc_keys)
        self._public: dict[str, list[HostedZone]] = {}
        for zone in model.zones.values():
            if zone.private is not True:
                self._public.setdefault(zone.name, []).append(zone)
        self._inbound = {
            address: endpoint
            for endpoint in model.resolver_endpoints.values()
            if endpoint.direction in ("INBOUND", "INBOUND_DELEGATION")
            for address in endpoint.addresses
        }
        self._servers = {address: site for site in model.sites.values() for address in site.servers}
        self._answers: dict[Hashable, Answer] = {}
        self._health: dict[Ill, Health] = {}

    # Questions

    def ask(self, source: Source, name: str, kind: str = "A", ill: Ill = NOTHING, walk: Walk | None = None) -> Answer:
        """What a source gets.

        Args:
            source: Who asks.
            name: The name.
            kind: The record type.
            ill: The identities of what is ill.
            walk: Where the steps are noted. Default: nowhere.

        Returns:
            The answer.
        """
        health = self._health.get(ill)
        if health is None:
            health = self._health[ill] = Health(ill)
        return _Query(self, kind, health, walk).ask(source, normal(name), ())

    def ask_in(self, health: Health, source: Source, name: str, kind: str) -> Answer:
        """What a source gets in a state of health of its own; it is not remembered."""
        return _Query(self, kind, health, Walk()).ask(source, normal(name), ())

    def likeness(self, source: Source) -> Hashable:
        """Equal for sources that get equal answers to whatever they ask."""
        if isinstance(source, Vpc):
            return ("vpc", self._vpc_keys.get(source.identity, source.identity))
        return ("site", source.name) if isinstance(source, Site) else source

    def remembered(self, key: Hashable) -> Answer | None:
        """An answer that was worked out before."""
        return self._answers.get(key)

    def remember(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer; a server may be asked for names without end."""
        if len(self._answers) >= _MOST_ANSWERS:
            self._answers.clear()
        self._answers[key] = answer

    def place_of(self, address: str) -> Vpc | Site | Unknown:
        """Who answers at an address that queries are forwarded to."""
        if (endpoint := self._inbound.get(address)) is not None:
            if isinstance(endpoint.vpc, Unknown):
                return endpoint.vpc
            return self.model.vpcs.get(endpoint.vpc) or Unknown(f"the VPC of {endpoint.path} is not in the set")
        return self._servers.get(address) or Unknown(f"who answers at {address} is not declared (contract: sites)")

    def public_zones(self, name: str) -> list[HostedZone]:
        """The zones that a client on the internet may find for a name, the most general first."""
        found: list[HostedZone] = []
        public = self._public
        while True:
            if name in public:
                found[:0] = public[name]
            if not name:
                return found
            name = name.partition(".")[2]


def _alike(model: Model, keys: Mapping[str, int]) -> list[tuple[Vpc, int]]:
    found: dict[int, tuple[Vpc, int]] = {}
    for identity, vpc in model.vpcs.items():
        first, count = found.get(keys[identity], (vpc, 0))
        found[keys[identity]] = (first, count + 1)
    return list(found.values())


class _Query:
    """One query with everything that is asked on its way."""

    def __init__(self, resolution: Resolution, kind: str, health: Health, walk: Walk | None) -> None:
        self.resolution = resolution
        self.model = resolution.model
        self.kind = kind
        self.health = health
        self.walk = walk

    def ask(self, source: Source, name: str, asked: Asked) -> Answer:
        if asked and any(one is source and before == name for one, before in asked):
            first = next(number for number, (one, before) in enumerate(asked) if one is source and before == name)
            circle = " -> ".join([*(one.path for one, _ in asked[first:]), source.path])
            self._say(f"loop: {circle}")
            return certain(Outcome(Status.LOOP, reason=f"the query for {shown(name)} goes round: {circle}"))
        key = None
        if self.walk is None and not asked:
            key = (self.resolution.likeness(source), name, self.kind, self.health.ill)
            if (known := self.resolution.remembered(key)) is not None:
                return known
        asked = (*asked, (source, name))
        if isinstance(source, Vpc):
            answer = self._from_vpc(source, name, asked)
        elif isinstance(source, Site):
            answer = self._from_site(source, name, asked)
        else:
            answer = self._from_internet(source, name)
        answer = self._follow(source, answer, asked)
        if key is not None:
            self.resolution.remember(key, answer)
        return answer

    def _follow(self, source: Source, answer: Answer, asked: Asked) -> Answer:
        """Ask for the targets of CNAME records, as the source's resolver does."""
        if all(outcome.status is not Status.CNAME for outcome, _ in answer.outcomes):
            return answer
        parts = []
        for outcome, likely in answer.outcomes:
            if outcome.status is not Status.CNAME:
                parts.append((certain(outcome), likely))
                continue
            target = outcome.values[0] if outcome.values else ""
            if "\u27e8" in target or self.kind == "CNAME":
                # A name that AWS gives: it has addresses.
                parts.append((certain(Outcome(Status.ANSWERED, (target,), outcome.ttl, 0, outcome.record)), likely))
                continue
            if len(asked) > _LONGEST_CHAIN:
                parts.append(
                    (certain(Outcome(Status.FAILED, reason=f"the CNAME records lead on and on, to {target}")), likely)
                )
                continue
            target = normal(target)
            self._say(f"CNAME to {shown(target)}")
            with Deeper(self.walk):
                parts.append((prefixed(self.ask(source, target, asked), target, outcome.ttl), likely))
        return mixed(parts, answer.doubts)

    # VPCs

    def _from_vpc(self, vpc: Vpc, name: str, asked: Asked) -> Answer:
        if self.walk is not None:
            self.walk.say(f"{vpc.path} asks its resolver for {shown(name)} {self.kind}")
        if vpc.dns_support is not True:
            if isinstance(vpc.dns_support, Unknown):
                return not_known(vpc.dns_support.reason)
            return self._fails(f"{vpc.path} has no resolver: EnableDnsSupport is false")
        if vpc.doubts:
            return not_known(vpc.doubts[0])
        view = self.resolution.views.get(vpc.identity) or vpc_view(self.model, vpc)
        found = view.found(name)
        with Deeper(self.walk):
            match found:
                case ResolverRule():
                    return self._forwarded(found, name, asked)
                case HostedZone():
                    if vpc.dns_hostnames is True:
                        if self.walk is not None:
                            what = "is the most specific private zone of"
                            self.walk.say(f"{found.path} ({shown(found.name)}) {what} {vpc.path}")
                        return self._of_zone(found, name, _as_client(vpc), asked, vpc)
                    if isinstance(vpc.dns_hostnames, Unknown):
                        return not_known(vpc.dns_hostnames.reason)
                    self._say(f"private zones are not asked: EnableDnsHostnames of {vpc.path} is false")
                case str():
                    return not_known(f"{shown(name)} is one of AWS's own names, in {found}")
            return self._from_internet(_as_client(vpc), name)

    def _forwarded(self, rule: ResolverRule, name: str, asked: Asked) -> Answer:
        self._say(f"rule {rule.path} forwards {shown(rule.domain)} to {_listed(rule.targets)}")
        if isinstance(rule.targets, Unknown):
            return not_known(rule.targets.reason)
        if not rule.targets:
            return self._fails(f"{rule.path} forwards {shown(rule.domain)} and has no targets")
        if isinstance(rule.endpoint, Unknown):
            return not_known(rule.endpoint.reason)
        with Deeper(self.walk):
            return self._at(rule.targets, name, asked)

    def _at(self, addresses: tuple[str, ...], name: str, asked: Asked) -> Answer:
        """What is answered at the addresses that a query is forwarded to: any of them."""
        places: dict[int, Vpc | Site | Unknown] = {}
        for address in addresses:
            place = self.resolution.place_of(address)
            places.setdefault(id(place) if not isinstance(place, Unknown) else hash(place), place)
        parts = []
        for place in places.values():
            answer = not_known(place.reason) if isinstance(place, Unknown) else self.ask(place, name, asked)
            parts.append((answer, 1 if len(places) == 1 else None))
        return mixed(parts)

    # Sites

    def _from_site(self, site: Site, name: str, asked: Asked) -> Answer:
        self._say(f"{site.name} asks its name servers for {shown(name)} {self.kind}")
        with Deeper(self.walk):
            for domain in upwards(name):
                if domain in site.forwards:
                    self._say(f"{site.name} forwards {shown(domain)} to {_listed(site.forwards[domain])}")
                    return self._at(site.forwards[domain], name, asked)
                if domain in site.zones:
                    self._say(f"{site.name} answers {shown(domain)} itself")
                    return self._of_site(site, domain, name)
            if not site.internet:
                return self._fails(f"{site.name} forwards {shown(name)} nowhere, and asks nobody else")
            return self._from_internet(InternetClient(validates=False), name)

    def _of_site(self, site: Site, domain: str, name: str) -> Answer:
        records = site.zones[domain]
        for candidate in (name, f"*.{name.partition('.')[2]}"):
            if (candidate, self.kind) in records:
                return certain(Outcome(Status.ANSWERED, records[candidate, self.kind], site.ttl, 0, site.name))
            if (candidate, "CNAME") in records:
                return certain(Outcome(Status.CNAME, records[candidate, "CNAME"], site.ttl, 0, site.name))
        exists = any(is_within(one, name) for one, _ in records)
        reason = f"{site.name} has no {shown(name)} {self.kind} in {shown(domain)}"
        self._say(reason)
        return certain(Outcome(Status.NO_DATA if exists else Status.NO_NAME, reason=reason))

    # The internet

    def _from_internet(self, client: InternetClient, name: str) -> Answer:
        zones = self.resolution.public_zones(name)
        for domain in upwards(name) if self.model.elsewhere else ():
            if zones and domain == zones[-1].name:
                # What the set holds counts before what is declared of the domains around it.
                break
            if domain in self.model.elsewhere:
                return self._elsewhere(domain, name)
        if not zones:
            self._say(f"no public zone of the set holds {shown(name)}")
            return not_known(f"{shown(name)} is in no public zone of the set (contract: elsewhere)")
        zone = zones[0]
        if not zone.delegated:
            return self._fails(f"nothing leads to {zone.path}: it is declared not to be delegated")
        for _ in range(len(zones) + 1):
            if isinstance(zone.private, Unknown):
                return not_known(zone.private.reason)
            if (reason := broken_chain(zone)) and client.validates:
                return self._fails(reason)
            query = self._query(zone, client)
            record = query.delegation(name)
            if record is None:
                if self.walk is None:
                    return query.answer(name)
                self.walk.say(f"{client.path} asks {zone.path} ({shown(zone.name)})")
                self._warn_of_others(zone, zones, name)
                with Deeper(self.walk):
                    return query.answer(name)
            self._say(f"{zone.path} hands {shown(record.name)} on by {record.path}")
            found = self._delegated_to(record, zones)
            if isinstance(found, Unknown):
                return not_known(found.reason)
            zone = found
        return self._fails(f"the delegations of {shown(name)} go round")

    def _delegated_to(self, record: RecordSet, zones: list[HostedZone]) -> HostedZone | Unknown:
        below = [zone for zone in zones if zone.name == record.name]
        for zone in below:
            if zone.name_servers in record.values:
                return zone
        if record.unknown_values is not None:
            return Unknown(f"the name servers of {record.path}: {record.unknown_values.reason}")
        if below and any("\u27e8" not in value for value in record.values):
            return Unknown(
                f"whether the name servers of {record.path} are those of {below[0].path} is known only to AWS"
            )
        if below:
            return Unknown(
                f"{record.path} hands {shown(record.name)} to other name servers than those of {below[0].path}"
            )
        return Unknown(
            f"{record.path} hands {shown(record.name)} to name servers outside the set (contract: elsewhere)"
        )

    def _warn_of_others(self, zone: HostedZone, zones: list[HostedZone], name: str) -> None:
        for other in zones:
            if other is not zone and len(other.name) > len(zone.name) and other.private is False:
                self._say(
                    f"nobody asks {other.path} for {shown(name)}: {zone.path} has no NS record for {shown(other.name)}"
                )

    def _elsewhere(self, domain: str, name: str) -> Answer:
        values = self.model.elsewhere[domain]
        self._say(f"{shown(domain)} is answered elsewhere: {_listed(values) or 'it does not exist'}")
        if not values:
            return certain(Outcome(Status.NO_NAME, reason=f"{shown(domain)} is declared not to exist"))
        if domain != name:
            return not_known(
                f"{shown(name)} is below {shown(domain)}, which is answered elsewhere (contract: elsewhere)"
            )
        return certain(Outcome(Status.ANSWERED, values))

    # Private zones

    def _of_zone(self, zone: HostedZone, name: str, client: InternetClient, asked: Asked, vpc: Vpc) -> Answer:
        query = self._query(zone, client)
        record = query.delegation(name)
        if record is None:
            return query.answer(name)
        view = self.resolution.views.get(vpc.identity) or vpc_view(self.model, vpc)
        rule = next((view.rules[domain] for domain in upwards(name) if domain in view.rules), None)
        if rule is None or rule.type != "DELEGATE":
            return not_known(
                f"{record.path} hands {shown(record.name)} on, and no delegation rule of {vpc.path} says so"
            )
        self._say(f"{record.path} hands {shown(record.name)} on, by rule {rule.path}")
        glue = tuple(
            value
            for server in record.values
            for one in zone.records.get(normal(server), {}).get("A", ())
            for value in one.values
        )
        if not glue:
            return not_known(
                f"the addresses of {_listed(record.values)}, the name servers of {record.path}, are not in {zone.path}"
            )
        return self._at(glue, name, asked)

    def _query(self, zone: HostedZone, client: InternetClient) -> ZoneQuery:
        return ZoneQuery(zone, self.kind, client, self.health, self.model.latency, self.walk)

    def _fails(self, reason: str) -> Answer:
        self._say(f"SERVFAIL: {reason}")
        return certain(Outcome(Status.FAILED, reason=reason))

    def _say(self, text: str) -> None:
        if self.walk is not None:
            self.walk.say(text)


def _as_client(vpc: Vpc) -> InternetClient:
    """A VPC's resolver, as public name servers see it."""
    return InternetClient(region=vpc.region, validates=vpc.validates)


def _listed(values: Any) -> str:
    return values.reason if isinstance(values, Unknown) else ", ".join(values)
