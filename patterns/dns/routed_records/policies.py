"""The routing policies as values, which nest: what a name answers, to whom, in which case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias

from annotated_types import Interval, Len, Unit
from aws_cdk import aws_route53 as route53

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.region_name import Region
from patterns.dns.routed_records.places import COUNTRIES, SUBDIVISIONS

Label = Annotated[
    str,
    Matches(r"(?!-)[a-z0-9-]{1,30}(?<!-)", "up to 30 lower-case letters, digits and hyphens"),
    Known("the ids of constructs"),
]
Location = Annotated[str, Matches(r"(?!-)[a-z0-9-]{1,16}(?<!-)", "up to 16 lower-case letters, digits and hyphens")]
Continent = Literal["AF", "AN", "AS", "EU", "NA", "OC", "SA"]
Country = Annotated[str, Matches(COUNTRIES, "the two capital letters of a country in ISO 3166-1 such as DE or GB")]
Subdivision = Annotated[
    str, Matches(SUBDIVISIONS, "a state of the US or a region of Ukraine in ISO 3166-2 such as US-CA")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What answers.

    Attributes:
        addresses: Public addresses, or private ones in a private zone. Required unless `target` is given.
        target: An AWS resource: `LoadBalancerTarget(balancer)` and its like of `aws_route53_targets`. Default: none.
        health_check: What tells that it is ill. Default: of addresses, a health check of each by `probe`; of a target,
            Evaluate Target Health.
    """

    addresses: Annotated[Sequence[str], Len(0, 8), Unit("addresses")] = ()
    target: route53.IAliasRecordTarget | None = None
    health_check: route53.IHealthCheck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """The primary while it is well, and else the secondary.

    Attributes:
        primary: What answers while it is well.
        secondary: What answers else.
    """

    primary: Routing
    secondary: Routing

    def branches(self) -> Iterator[Branch]:
        """The branches."""
        yield Branch("primary", "primary", self.primary, {}, failover="PRIMARY")
        yield Branch("secondary", "secondary", self.secondary, {}, failover="SECONDARY", last_resort=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A branch of `Weighted`.

    Attributes:
        weight: Its weight beside the others' weights. 0 drains it: it answers only while all others are ill.
        to: What answers.
    """

    weight: Annotated[int, Interval(ge=0, le=255)]
    to: Routing


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """One of several at random, by weight.

    Attributes:
        shares: The branches by name.
    """

    shares: Annotated[Mapping[Label, Share], Len(1, 20), Unit("shares")]

    def branches(self) -> Iterator[Branch]:
        """The branches."""
        for name, share in self.shares.items():
            yield Branch(name, f"shares[{name}]: to", share.to, {"weight": share.weight})


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """The Region that is nearest to the client in time.

    Attributes:
        regions: What answers, by Region.
    """

    regions: Annotated[Mapping[Region, Routing], Len(1, 40), Unit("Regions")]

    def branches(self) -> Iterator[Branch]:
        """The branches."""
        for region, to in self.regions.items():
            yield Branch(region, f"regions[{region}]", to, {"region": region})


@dataclass(frozen=True, slots=True, kw_only=True)
class Geolocation:
    """By where the client is; the most exact place wins.

    Attributes:
        default: What answers clients of no place below, and those whose place is not known. Nothing stands behind it:
            let it be a `Failover` if it may be ill.
        continents: What answers, by continent. Default: none.
        countries: What answers, by country. Default: none.
        subdivisions: What answers, by state of the US or region of Ukraine. Default: none.
    """

    default: Routing
    continents: Mapping[Continent, Routing] = field(default_factory=dict)
    countries: Mapping[Country, Routing] = field(default_factory=dict)
    subdivisions: Mapping[Subdivision, Routing] = field(default_factory=dict)

    def branches(self) -> Iterator[Branch]:
        """The branches."""
        yield Branch("default", "default", self.default, {"geo_location": route53.GeoLocation.default()})
        for code, to in self.continents.items():
            place = route53.GeoLocation.continent(getattr(route53.Continent, _CONTINENTS[code]))
            yield Branch(f"continent-{code.lower()}", f"continents[{code}]", to, {"geo_location": place})
        for country, to in self.countries.items():
            place = route53.GeoLocation.country(country)
            yield Branch(f"country-{country.lower()}", f"countries[{country}]", to, {"geo_location": place})
        for part, to in self.subdivisions.items():
            place = route53.GeoLocation.subdivision(part[3:], part[:2])
            yield Branch(f"part-{part.lower()}", f"subdivisions[{part}]", to, {"geo_location": place})


_CONTINENTS = {
    "AF": "AFRICA",
    "AN": "ANTARCTICA",
    "AS": "ASIA",
    "EU": "EUROPE",
    "NA": "NORTH_AMERICA",
    "OC": "OCEANIA",
    "SA": "SOUTH_AMERICA",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A branch of `Geoproximity`.

    Attributes:
        to: What answers.
        region: The Region that it is in. Required unless `latitude` and `longitude` are given.
        latitude: Degrees north. Default: that of `region`.
        longitude: Degrees east. Default: that of `region`.
        bias: Above 0 to serve a larger area, below 0 to serve a smaller one. Default: 0.
    """

    to: Routing
    region: Region | None = None
    latitude: Annotated[float, Interval(ge=-90, le=90), Known("its text")] | None = None
    longitude: Annotated[float, Interval(ge=-180, le=180), Known("its text")] | None = None
    bias: Annotated[int, Interval(ge=-99, le=99)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Geoproximity:
    """The place that is nearest to the client in distance, which a bias stretches.

    Attributes:
        places: The branches by name.
    """

    places: Annotated[Mapping[Label, Place], Len(1, 20), Unit("places")]

    def branches(self) -> Iterator[Branch]:
        """The branches."""
        for name, place in self.places.items():
            where: dict[str, Any] = {"Bias": place.bias}
            if place.region is not None:
                where["AWSRegion"] = place.region
            else:
                where["Coordinates"] = {"Latitude": f"{place.latitude:.2f}", "Longitude": f"{place.longitude:.2f}"}
            yield Branch(name, f"places[{name}]: to", place.to, {}, near=where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Multivalue:
    """Up to eight that are well, at random, of which the client takes one.

    Attributes:
        endpoints: What answers, by name; each has one address.
    """

    endpoints: Annotated[Mapping[Label, Endpoint], Len(1, 50), Unit("endpoints")]

    def branches(self) -> Iterator[Branch]:
        """The branches."""
        for name, one in self.endpoints.items():
            yield Branch(name, f"endpoints[{name}]", one, {"multi_value_answer": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A branch of `IpBased`.

    Attributes:
        blocks: Blocks of addresses: IPv4 up to /24, IPv6 up to /48.
        to: What answers clients, or resolvers that say nothing of their clients, of these blocks. What answers while
            it is ill AWS does not say: let it be a `Failover`.
    """

    blocks: Annotated[Sequence[str], Len(1, 1000), Unit("blocks")]
    to: Routing


@dataclass(frozen=True, slots=True, kw_only=True)
class IpBased:
    """By the client's address. Not in private zones.

    Attributes:
        default: What answers clients of no network below. Nothing stands behind it: let it be a `Failover` if it may
            be ill.
        networks: The other branches by name.
    """

    default: Routing
    networks: Annotated[Mapping[Location, Network], Len(1, 100), Unit("networks")]

    def branches(self) -> Iterator[Branch]:
        """The branches."""
        yield Branch("default", "default", self.default, {}, location="*")
        for name, network in self.networks.items():
            yield Branch(name, f"networks[{name}]: to", network.to, {}, location=name)


Routing: TypeAlias = (
    Endpoint | Failover | Weighted | Latency | Geolocation | Geoproximity | Multivalue | IpBased  # one line a policy
)
Policy: TypeAlias = Failover | Weighted | Latency | Geolocation | Geoproximity | Multivalue | IpBased


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a policy.

    Attributes:
        name: Its set identifier, and the label of what is nested below it.
        argument: Where it stands in the arguments.
        to: What answers.
        settings: What its records say of the policy.
        near: Of geoproximity, where it is.
        failover: Of failover, which of the two.
        location: Of IP-based routing, its location of the collection.
        last_resort: Whether it answers even if it is ill.
    """

    name: str
    argument: str
    to: Routing
    settings: dict[str, Any]
    near: dict[str, Any] | None = None
    failover: str = ""
    location: str = ""
    last_resort: bool = False
