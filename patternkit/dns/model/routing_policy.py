"""The routing policies of record sets: what decides which of several records of one name and type answers.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
"""

from __future__ import annotations

from dataclasses import dataclass

from patternkit.dns.model.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Simple:
    """One record set: all its values are the answer."""

    name = "simple"


@dataclass(frozen=True, slots=True)
class Weighted:
    """Chosen in proportion to a weight between 0 and 255."""

    weight: int | Unknown
    name = "weighted"


@dataclass(frozen=True, slots=True)
class Latency:
    """Chosen where its Region is the one with the lowest latency from the client."""

    region: str | Unknown
    name = "latency"


@dataclass(frozen=True, slots=True)
class Failover:
    """The primary while it is healthy, else the secondary."""

    primary: bool | Unknown
    name = "failover"


@dataclass(frozen=True, slots=True)
class Geolocation:
    """Chosen by where the client is: a subdivision of a country, a country, a continent, or anywhere."""

    continent: str = ""
    country: str = ""
    subdivision: str = ""
    unknown: Unknown | None = None
    name = "geolocation"

    def __str__(self) -> str:
        if self.country and self.country != "*":
            return f"{self.country}-{self.subdivision}" if self.subdivision else self.country
        return f"continent {self.continent}" if self.continent else "default"


@dataclass(frozen=True, slots=True)
class Geoproximity:
    """Chosen where it is nearest to the client; a bias between -99 and 99 widens or narrows its area."""

    place: str
    latitude: float | Unknown
    longitude: float | Unknown
    bias: int | Unknown = 0
    name = "geoproximity"


@dataclass(frozen=True, slots=True)
class MultivalueAnswer:
    """Up to eight healthy records at once, chosen at random."""

    name = "multivalue answer"


@dataclass(frozen=True, slots=True)
class IpBased:
    """Chosen by the client's address: the longest block of a collection's location; `*` is any address."""

    location: str
    blocks: tuple[str, ...] | Unknown
    name = "IP-based"


RoutingPolicy = Simple | Weighted | Latency | Failover | Geolocation | Geoproximity | MultivalueAnswer | IpBased
