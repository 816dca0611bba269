"""What answers names, as templates and declarations describe it."""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.dns.model.endpoint import Endpoint, TargetGroup
from patternkit.dns.model.health_check import (
    Alarm,
    AlarmCheck,
    CalculatedCheck,
    EndpointCheck,
    HealthCheck,
    ReportedCheck,
    RoutingControlCheck,
)
from patternkit.dns.model.record_set import Alias, RecordSet
from patternkit.dns.model.resolver_rule import ResolverEndpoint, ResolverRule
from patternkit.dns.model.routing_policy import (
    Failover,
    Geolocation,
    Geoproximity,
    IpBased,
    Latency,
    MultivalueAnswer,
    RoutingPolicy,
    Simple,
    Weighted,
)
from patternkit.dns.model.source import InternetClient, Site, Source, Vpc
from patternkit.dns.model.unknown import Unknown
from patternkit.dns.model.zone import HostedZone, Signing

__all__ = [
    "Alarm",
    "AlarmCheck",
    "Alias",
    "CalculatedCheck",
    "Endpoint",
    "EndpointCheck",
    "Failover",
    "Geolocation",
    "Geoproximity",
    "HealthCheck",
    "HostedZone",
    "InternetClient",
    "IpBased",
    "Latency",
    "Model",
    "MultivalueAnswer",
    "RecordSet",
    "ReportedCheck",
    "ResolverEndpoint",
    "ResolverRule",
    "RoutingControlCheck",
    "RoutingPolicy",
    "Signing",
    "Simple",
    "Site",
    "Source",
    "TargetGroup",
    "Unknown",
    "Vpc",
    "Weighted",
]


@dataclass(slots=True)
class Model:
    """Everything that has to do with names.

    Attributes:
        zones: The hosted zones, by identity.
        checks: The health checks, by identity.
        alarms: The alarms that health checks use, by identity.
        endpoints: What records point to, by identity.
        vpcs: The VPCs, by identity.
        rules: The resolver rules, by identity.
        resolver_endpoints: The resolver endpoints, by identity.
        sites: The declared sites, by name.
        elsewhere: What is declared of names outside the set: values, or none at all.
        latency: Declared milliseconds from a Region to a Region.
        unknown: What may change any answer, and is not known.
        refused: What AWS refuses to deploy.
        notes: What a reader must know.
        contracts: The contracts that it leans on.
        world: What was decided for it, where templates leave a choice.
        labels: What people call each identity.
    """

    zones: dict[str, HostedZone] = field(default_factory=dict)
    checks: dict[str, HealthCheck] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    rules: dict[str, ResolverRule] = field(default_factory=dict)
    resolver_endpoints: dict[str, ResolverEndpoint] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    elsewhere: dict[str, tuple[str, ...]] = field(default_factory=dict)
    latency: dict[tuple[str, str], float] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    contracts: dict[str, None] = field(default_factory=dict)
    world: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    def refuse(self, reason: str) -> None:
        """AWS does not deploy this."""
        if reason not in self.refused:
            self.refused.append(reason)
