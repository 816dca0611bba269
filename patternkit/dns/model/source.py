"""Who asks: a VPC's resolver, a site's name servers, a client on the internet."""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.dns.model.unknown import Unknown


@dataclass(slots=True, eq=False)
class Vpc:
    """A VPC whose instances ask its resolver.

    Attributes:
        identity: The resource's identity, or its id where it is none of the set.
        path: What people call it.
        region: Its Region, "" where that is not known.
        blocks: Its CIDR blocks.
        dns_support: Whether it has a resolver at all (`EnableDnsSupport`).
        dns_hostnames: Whether private zones are asked (`EnableDnsHostnames`).
        validates: Whether its resolver validates DNSSEC.
        doubts: What may change its answers and is not modelled, such as a DNS firewall.
    """

    identity: str
    path: str
    region: str = ""
    blocks: tuple[str, ...] = ()
    dns_support: bool | Unknown = True
    dns_hostnames: bool | Unknown = True
    validates: bool = False
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Site:
    """A network that is none of AWS, as declared.

    Attributes:
        name: What it is called.
        servers: The addresses of its name servers.
        zones: What its name servers answer themselves: by zone, by name and type the values.
        forwards: Where they send other domains' queries: addresses by domain.
        internet: Whether they ask the internet for the rest.
        ttl: Seconds for which its own records may be kept.
    """

    name: str
    servers: tuple[str, ...] = ()
    zones: dict[str, dict[tuple[str, str], tuple[str, ...]]] = field(default_factory=dict)
    forwards: dict[str, tuple[str, ...]] = field(default_factory=dict)
    internet: bool = True
    ttl: int = 300

    @property
    def path(self) -> str:
        """What people call it."""
        return self.name


@dataclass(frozen=True, slots=True)
class InternetClient:
    """A client on the internet, as its resolver's address or its client subnet tells.

    Attributes:
        continent: AF, AN, AS, EU, NA, OC or SA; "" where it is not known.
        country: Two letters; "" where it is not known.
        subdivision: Of the United States, Canada or Ukraine.
        address: Its address or block; "" where it is not known.
        region: The AWS Region that it is at, or nearest to; for latency, and for where it is.
        latitude: Where it is, in degrees, or None.
        longitude: Where it is, in degrees, or None.
        validates: Whether its resolver validates DNSSEC.
    """

    continent: str = ""
    country: str = ""
    subdivision: str = ""
    address: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None
    validates: bool = True

    @property
    def path(self) -> str:
        """What people call it."""
        parts = [
            "-".join(part for part in (self.country, self.subdivision) if part)
            or (f"continent {self.continent}" if self.continent else ""),
            self.address,
            f"near {self.region}" if self.region else "",
            f"at {self.latitude}, {self.longitude}" if self.latitude is not None else "",
        ]
        return " ".join(["internet", *(f"({part})" for part in parts if part)])


Source = Vpc | Site | InternetClient
