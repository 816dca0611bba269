"""Which records of a name and type come first for a client, by each routing policy, before health is asked.

Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html and the pages of its policies.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from patternkit.dns.geography import DOUBTFUL, REGIONS, continent_of, estimated_latency, kilometres
from patternkit.dns.model import (
    Failover,
    Geolocation,
    Geoproximity,
    InternetClient,
    IpBased,
    Latency,
    RecordSet,
    Unknown,
    Weighted,
)


@dataclass(frozen=True, slots=True)
class Tier:
    """Records among which a policy does not decide by rank.

    Attributes:
        records: The records.
        score: How far they are, in milliseconds or kilometres.
        doubtful: Whether the score is estimated, so that near ones are not told apart.
        why: Why they have this rank.
        last_resort: Whether what happens when the tiers before it are ill is described nowhere.
    """

    records: tuple[RecordSet, ...]
    score: float = 0.0
    doubtful: bool = False
    why: str = ""
    last_resort: bool = False


Ranking = list[Tier] | Unknown


def rank(records: Sequence[RecordSet], client: InternetClient, latency: Mapping[tuple[str, str], float]) -> Ranking:
    """The records in the order in which the policy tries them.

    Args:
        records: All records of one name, type and policy.
        client: Who asks.
        latency: Declared milliseconds from a client's Region to a record's.

    Returns:
        Tiers, best first; records that never answer this client are in none. `Unknown` where the order is not known.
    """
    policy: Any = records[0].policy
    if any(type(record.policy) is not type(policy) for record in records):
        return Unknown("AWS refuses records of one name and several policies")
    match policy:
        case Weighted():
            return _weighted(records)
        case Latency():
            return _by_latency(records, client, latency)
        case Failover():
            return _failover(records)
        case Geolocation():
            return _by_location(records, client)
        case Geoproximity():
            return _by_distance(records, client)
        case IpBased():
            return _by_address(records, client)
    return [Tier(tuple(records))]


def _weighted(records: Sequence[RecordSet]) -> Ranking:
    weights: list[Any] = [record.policy.weight for record in records if isinstance(record.policy, Weighted)]
    for weight in weights:
        if isinstance(weight, Unknown):
            return weight
    heavy = tuple(record for record, weight in zip(records, weights, strict=True) if weight)
    light = tuple(record for record, weight in zip(records, weights, strict=True) if not weight)
    if not heavy:
        return [Tier(light, why="all weights are 0: each is as likely as the others")]
    tiers = [Tier(heavy, why="by weight")]
    return [*tiers, Tier(light, why="weight 0: only while no other is healthy")] if light else tiers


def _failover(records: Sequence[RecordSet]) -> Ranking:
    tiers = []
    for wanted in (True, False):
        for record in records:
            primary = record.policy.primary if isinstance(record.policy, Failover) else False
            if isinstance(primary, Unknown):
                return primary
            if primary is wanted:
                tiers.append(Tier((record,), why="primary" if wanted else "secondary"))
    return tiers


def _by_latency(
    records: Sequence[RecordSet], client: InternetClient, latency: Mapping[tuple[str, str], float]
) -> Ranking:
    tiers = []
    for record in records:
        region = record.policy.region if isinstance(record.policy, Latency) else ""
        if isinstance(region, Unknown):
            return region
        if not client.region:
            return Unknown("the Region that the client is nearest to is not given")
        declared = latency.get((client.region, region), latency.get((region, client.region)))
        if declared is None and client.region != region and not {client.region, region} <= REGIONS.keys():
            return Unknown(f"the latency from {client.region} to {region} is not declared (contract: latency)")
        milliseconds = estimated_latency(client.region, region) if declared is None else declared
        guessed = declared is None and client.region != region
        why = f"{milliseconds:.0f} ms from {client.region} to {region}{', estimated' if guessed else ''}"
        tiers.append(Tier((record,), milliseconds, guessed, why))
    return sorted(tiers, key=lambda tier: tier.score)


def _by_location(records: Sequence[RecordSet], client: InternetClient) -> Ranking:
    place = REGIONS.get(client.region)
    country = client.country or (place.country if place and not client.continent else "")
    subdivision = client.subdivision or (place.subdivision if place and not client.country else "")
    continent = client.continent or continent_of(country)
    by_place: dict[tuple[str, str, str], RecordSet] = {}
    for record in records:
        policy = record.policy
        if isinstance(policy, Geolocation):
            if policy.unknown is not None:
                return policy.unknown
            by_place[policy.continent, policy.country, policy.subdivision] = record
    if not country and not continent and by_place.keys() != {("", "*", "")}:
        return Unknown("the country of the client is not given")
    wanted = [
        (("", country, subdivision), f"{country}-{subdivision}") if subdivision else None,
        (("", country, ""), country) if country else None,
        ((continent, "", ""), f"continent {continent}") if continent else None,
        (("", "*", ""), "default location"),
    ]
    if country and not subdivision and any(key[1] == country and key[2] for key in by_place):
        return Unknown(f"the subdivision of {country} that the client is in is not given")
    if not country and continent and any(continent_of(key[1]) == continent for key in by_place if key[1]):
        return Unknown(f"the country of {continent} that the client is in is not given")
    return [Tier((by_place[one[0]],), why=one[1]) for one in wanted if one is not None and one[0] in by_place]


def _by_distance(records: Sequence[RecordSet], client: InternetClient) -> Ranking:
    place = REGIONS.get(client.region)
    latitude = client.latitude if client.latitude is not None else place.latitude if place else None
    longitude = client.longitude if client.longitude is not None else place.longitude if place else None
    if latitude is None or longitude is None:
        return Unknown("the coordinates of the client are not given")
    tiers = []
    for record in records:
        policy = record.policy
        if not isinstance(policy, Geoproximity):
            continue
        for given in (policy.latitude, policy.longitude, policy.bias):
            if isinstance(given, Unknown):
                return given
        assert not isinstance(policy.latitude, Unknown)
        assert not isinstance(policy.longitude, Unknown)
        assert not isinstance(policy.bias, Unknown)
        distance = kilometres((latitude, longitude), (policy.latitude, policy.longitude))
        # How a bias counts is described for the shape of an area, not for a client near its border.
        biased = distance * (1 - policy.bias / 100) if policy.bias >= 0 else distance / (1 + policy.bias / 100)
        bias = f", {biased:.0f} km with bias {policy.bias:+d}" if policy.bias else ""
        tiers.append(Tier((record,), biased, doubtful=True, why=f"{distance:.0f} km to {policy.place}{bias}"))
    return sorted(tiers, key=lambda tier: tier.score)


def _by_address(records: Sequence[RecordSet], client: InternetClient) -> Ranking:
    found: list[tuple[int, RecordSet, str]] = []
    for record in records:
        policy = record.policy
        if not isinstance(policy, IpBased):
            continue
        if policy.location == "*":
            found.append((-1, record, "default location"))
            continue
        if isinstance(policy.blocks, Unknown):
            return policy.blocks
        if not client.address:
            if policy.blocks:
                return Unknown("the address of the client is not given")
            continue
        lengths = [length for block in policy.blocks if (length := _covering(block, client.address)) is not None]
        if lengths:
            found.append((max(lengths), record, f"{policy.location}: {client.address} is in a /{max(lengths)} of it"))
    found.sort(key=lambda one: -one[0])
    return [Tier((record,), why=why, last_resort=bool(number)) for number, (_, record, why) in enumerate(found)]


@cache
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def _covering(block: str, address: str) -> int | None:
    """The length of a block that a client's address or subnet is in, or None."""
    outer, inner = _network(block), _network(address)
    same = outer.version == inner.version and outer.prefixlen <= inner.prefixlen
    return outer.prefixlen if same and inner.network_address in outer else None


def near(one: Tier, other: Tier) -> bool:
    """Whether two tiers are so near to each other that which comes first is not known."""
    if not (one.doubtful or other.doubtful):
        return False
    low, high = sorted((one.score, other.score))
    return high - low <= DOUBTFUL * high
