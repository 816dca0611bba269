"""Clients on the internet that stand for all: one for each way in which the records of a name tell clients apart."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product
from typing import Any

from patternkit.dns.domain_names import normal, upwards
from patternkit.dns.geography import CONTINENTS, REGIONS, continent_of, countries_of, estimated_latency
from patternkit.dns.model import (
    Geolocation,
    Geoproximity,
    HostedZone,
    InternetClient,
    IpBased,
    Latency,
    Model,
    RecordSet,
    RoutingPolicy,
)
from patternkit.dns.ranking import Tier, near

_FAR_FROM_ALL = ("192.0.0.8/32", "2001:db8:ffff:ffff::1/128")
_OTHER = "other"
_TELLING_APART = (Geolocation, Geoproximity, IpBased, Latency)
_ALIKE = [InternetClient()]


class Clients:
    """Finds the records behind names, and the clients that they tell apart.

    Args:
        model: The model.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._zones: dict[str, list[HostedZone]] = {}
        for zone in model.zones.values():
            self._zones.setdefault(zone.name, []).append(zone)
        self._regions: dict[tuple[tuple[str, ...], bool], list[str]] = {}

    def records_behind(self, name: str, kind: str) -> list[tuple[HostedZone, RecordSet]]:
        """Every record that may take part in answering a name, in whatever zone, along aliases and CNAME records.

        Args:
            name: The name.
            kind: The record type.

        Returns:
            Each record with its zone.
        """
        records: list[tuple[HostedZone, RecordSet]] = []
        seen: set[tuple[str, str]] = set()
        pending = [(zone, name) for zone in self._above(name)]
        while pending:
            zone, asked = pending.pop()
            if (zone.identity, asked) in seen:
                continue
            seen.add((zone.identity, asked))
            types = zone.records.get(asked)
            if types is None:
                wildcards = (zone.records.get(f"*.{domain}") for domain in upwards(asked.partition(".")[2]))
                types = next((one for one in wildcards if one is not None), {})
            for record in (*types.get(kind, ()), *(types.get("CNAME", ()) if kind != "CNAME" else ())):
                records.append((zone, record))
                if record.alias is not None and isinstance(record.alias.target, str):
                    pending.append((zone, record.alias.target))
                if record.type == "CNAME":
                    targets = [normal(value) for value in record.values]
                    pending += [(other, target) for target in targets for other in self._above(target)]
        return records

    def _above(self, name: str) -> list[HostedZone]:
        return [zone for domain in upwards(name) for zone in self._zones.get(domain, ())]

    def every_client(self, policies: Iterable[RoutingPolicy]) -> list[InternetClient]:
        """The clients that records with some policies may tell apart.

        Args:
            policies: The policies of all records behind a name.

        Returns:
            One client of each kind; just one where none are told apart.
        """
        listed = [policy for policy in policies if isinstance(policy, _TELLING_APART)]
        if not listed:
            return _ALIKE
        places = _places([policy for policy in listed if isinstance(policy, Geolocation)])
        addresses = _addresses([policy for policy in listed if isinstance(policy, IpBased)])
        return [
            InternetClient(continent_of(country), country, subdivision, address, region)
            for (country, subdivision), address, region in product(places, addresses, self._regions_of(listed))
        ]

    def _regions_of(self, policies: list[Any]) -> list[str]:
        """Regions of clients, one of each order in which the records' Regions come for them."""
        wanted = sorted({one.region for one in policies if isinstance(one, Latency) and isinstance(one.region, str)})
        key = (tuple(wanted), any(isinstance(policy, Geoproximity) for policy in policies))
        if key not in self._regions:
            self._regions[key] = list(REGIONS) if key[1] else _regions(wanted, self.model) if wanted else [""]
        return self._regions[key]


def _places(policies: list[Geolocation]) -> list[tuple[str, str]]:
    if not policies:
        return [("", "")]
    countries = {policy.country for policy in policies if policy.country not in ("", "*")}
    divided = {policy.country for policy in policies if policy.subdivision}
    found = [(policy.country, policy.subdivision) for policy in policies if policy.subdivision]
    found += [(country, _OTHER if country in divided else "") for country in sorted(countries)]
    for continent in CONTINENTS:
        found += [(country, "") for country in countries_of(continent) if country not in countries][:1]
    return found


def _addresses(policies: list[IpBased]) -> list[str]:
    if not policies:
        return [""]
    blocks = [block for policy in policies if isinstance(policy.blocks, tuple) for block in policy.blocks]
    return [*dict.fromkeys(blocks), _FAR_FROM_ALL[0]]


def _regions(wanted: list[str], model: Model) -> list[str]:
    declared = {client for client, _ in model.latency}
    found: dict[object, str] = {}
    for client in (*wanted, *sorted(declared), *REGIONS):
        tiers = []
        for region in wanted:
            given = model.latency.get((client, region), model.latency.get((region, client)))
            if given is None and client != region and not {client, region} <= REGIONS.keys():
                break
            tiers.append(Tier((), estimated_latency(client, region) if given is None else given, given is None, region))
        else:
            order = tuple(tier.why for tier in sorted(tiers, key=lambda tier: tier.score))
            doubts = tuple(near(one, other) for one, other in combinations(tiers, 2))
            found.setdefault((order, doubts), client)
    return list(found.values()) or wanted
