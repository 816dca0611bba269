"""Record sets: a name, a type, values or an alias, and the policy that chooses among those of one name and type."""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.dns.model.endpoint import Endpoint
from patternkit.dns.model.health_check import HealthCheck
from patternkit.dns.model.routing_policy import RoutingPolicy, Simple
from patternkit.dns.model.unknown import Unknown


@dataclass(slots=True, eq=False)
class Alias:
    """Where an alias leads.

    Attributes:
        target: A record's name in the same zone, a resource, or what is not known.
        evaluate_target_health: Whether the record is as healthy as its target.
    """

    target: str | Endpoint | Unknown
    evaluate_target_health: bool | Unknown = False


@dataclass(slots=True, eq=False)
class RecordSet:
    """One record set of a zone.

    Attributes:
        identity: The resource's identity.
        path: What people call it.
        name: Its domain name.
        type: A, AAAA, CNAME, ...
        policy: What chooses it.
        values: What it answers: addresses, names, or the identity of what AWS gives an address to.
        alias: Where it leads, instead of values.
        ttl: Seconds for which its values may be kept.
        set_identifier: What tells it from others of its name and type.
        health_check: The check whose result it has.
        unknown_values: Why further values are not known, or None.
        region: The Region of its stack.
    """

    identity: str
    path: str
    name: str
    type: str
    policy: RoutingPolicy = field(default_factory=Simple)
    values: tuple[str, ...] = ()
    alias: Alias | None = None
    ttl: int | Unknown = field(default_factory=lambda: Unknown("no TTL is given"))
    set_identifier: str = ""
    health_check: HealthCheck | Unknown | None = None
    unknown_values: Unknown | None = None
    region: str = ""

    @property
    def label(self) -> str:
        """What it is called in a walk: its set identifier, or its path."""
        return self.set_identifier or self.path
