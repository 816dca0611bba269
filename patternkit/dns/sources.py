"""Which sources a question means: `internet`, a VPC, a site, a client's country or address, or all of a kind."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patternkit.dns.clients import Clients
from patternkit.dns.domain_names import is_address, is_within, normal
from patternkit.dns.errors import QuestionError
from patternkit.dns.geography import CONTINENTS, continent_of
from patternkit.dns.model import InternetClient, Model, Source
from patternkit.dns.resolution import Resolution
from patternkit.templates.errors import nearest

SourceText = str | Mapping[str, Any]
SourceChoice = SourceText | Sequence[SourceText]
GROUPS = ("internet", "every VPC", "every site", "everyone")
_CLIENT = ("continent", "country", "subdivision", "address", "region", "latitude", "longitude", "validates")


def client_of(given: Mapping[str, Any]) -> InternetClient:
    """The client on the internet that its features describe.

    Args:
        given: Any of continent, country, subdivision, address, region, latitude, longitude, and validates.

    Raises:
        QuestionError: One of them is malformed.
    """
    for key in given:
        if key not in _CLIENT:
            raise QuestionError(f"a client has no {key!r}{nearest(str(key), _CLIENT)} (known: {', '.join(_CLIENT)})")
    texts = {key: str(given.get(key) or "") for key in ("continent", "country", "subdivision", "address", "region")}
    country = texts["country"].upper()
    if country and not continent_of(country):
        raise QuestionError(f"country must be two letters of ISO 3166, got {texts['country']!r}")
    continent = texts["continent"].upper() or continent_of(country)
    if continent and continent not in CONTINENTS:
        raise QuestionError(f"continent must be one of {', '.join(CONTINENTS)}, got {texts['continent']!r}")
    if texts["address"] and not is_address(texts["address"].partition("/")[0]):
        raise QuestionError(f"address must be an IP address or block, got {texts['address']!r}")
    degrees: list[float | None] = []
    for key, most in (("latitude", 90), ("longitude", 180)):
        value = given.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > most):
            raise QuestionError(f"{key} must be between -{most} and {most}, got {value!r}")
        degrees.append(value)
    return InternetClient(
        continent,
        country,
        texts["subdivision"].upper(),
        texts["address"],
        texts["region"],
        degrees[0],
        degrees[1],
        bool(given.get("validates", True)),
    )


@dataclass(slots=True)
class Askers:
    """Who asks.

    Attributes:
        distinct: One source of those that are answered alike.
        count: How many sources they are altogether.
    """

    distinct: dict[Hashable, Source] = field(default_factory=dict)
    count: int = 0

    def add(self, resolution: Resolution, sources: Iterable[Source], times: int = 1) -> None:
        """Let sources ask, each of which stands for some number of sources."""
        for source in sources:
            self.distinct.setdefault(resolution.likeness(source), source)
            self.count += times


class Sources:
    """Finds the sources that questions mean.

    Args:
        model: The model.
        resolution: What answers for it.

    Attributes:
        told_apart: Finds the clients that records tell apart.
    """

    def __init__(self, model: Model, resolution: Resolution) -> None:
        self.model = model
        self.resolution = resolution
        self.told_apart = Clients(model)

    def one(self, given: SourceText) -> Source:
        """The source that a text or a client's features mean.

        Raises:
            QuestionError: There is none, or there are several.
        """
        if given == "internet":
            return InternetClient()
        if isinstance(given, Mapping):
            return client_of(given)
        found = self._named(given)
        if len(found) != 1:
            several = ", ".join(source.path for source in found[:3])
            raise QuestionError(f"source {given!r} means {len(found)} sources: {several}; name one")
        return found[0]

    def some(self, given: SourceChoice | None, name: str, kind: str) -> Askers:
        """The sources that a promise about a name means, of those that are answered alike just one.

        Args:
            given: What it says. Default: whoever the templates let ask for the name.
            name: The name.
            kind: The record type.

        Raises:
            QuestionError: A source means nothing.
        """
        if given is None:
            return self._whoever_may_ask(name, kind)
        if isinstance(given, (str, Mapping)):
            given = [given]
        found = Askers()
        for one in given:
            self._take(one, found, name, kind)
        return found

    def _take(self, given: SourceText, found: Askers, name: str, kind: str) -> None:
        if given in ("internet", "everyone"):
            found.add(self.resolution, self.clients(name, kind))
        if given in ("every VPC", "everyone"):
            for vpc, count in self.resolution.alike:
                found.add(self.resolution, [vpc], count)
        if given in ("every site", "everyone"):
            found.add(self.resolution, self.model.sites.values())
        if given not in GROUPS:
            found.add(self.resolution, [client_of(given)] if isinstance(given, Mapping) else self._named(given))

    def clients(self, name: str, kind: str) -> list[InternetClient]:
        """A client of each kind that the records of a name tell apart."""
        behind = self.told_apart.records_behind(normal(name), kind)
        return self.told_apart.every_client(record.policy for _, record in behind)

    def _named(self, text: str) -> list[Source]:
        if not isinstance(text, str):
            raise QuestionError(f"a source is a name or a client's features, got {text!r}")
        if text in self.model.sites:
            return [self.model.sites[text]]
        found: list[Source] = [
            vpc
            for vpc in self.model.vpcs.values()
            if text
            in (vpc.path, vpc.identity.strip("\u27e8\u27e9"), vpc.identity.strip("\u27e8\u27e9").rpartition("/")[2])
            or vpc.path.endswith(f"/{text}")
        ]
        if not found:
            found = [vpc for vpc in self.model.vpcs.values() if vpc.path.startswith(f"{text}/")]
        if not found:
            known = [*GROUPS, *self.model.sites, *(vpc.path for vpc in self.model.vpcs.values())]
            raise QuestionError(f"no source is named {text!r}{nearest(text, known)} (known: {', '.join(known[:12])})")
        return found

    def _whoever_may_ask(self, name: str, kind: str) -> Askers:
        name = normal(name)
        found = Askers()
        elsewhere = (one for one, values in self.model.elsewhere.items() if values)
        if self.resolution.public_zones(name) or any(is_within(name, one) for one in elsewhere):
            found.add(self.resolution, self.clients(name, kind))
        for vpc, count in self.resolution.alike:
            if self.resolution.views[vpc.identity].found(name) is not None:
                found.add(self.resolution, [vpc], count)
        for site in self.model.sites.values():
            if any(domain and is_within(name, domain) for domain in (*site.zones, *site.forwards)):
                found.add(self.resolution, [site])
        if not found.distinct:
            raise QuestionError(f"no zone, rule or site of the set has to do with {name!r}")
        return found
