"""Tell when an endpoint is ill: by health checkers, by an alarm where it is private, or by several together."""

from patterns.dns.health.probe import Probe
from patterns.dns.health_checks.construct import HealthChecks
from patterns.dns.health_checks.watched import AlarmSignal, Group, PublicEndpoint

__all__ = ["AlarmSignal", "Group", "HealthChecks", "Probe", "PublicEndpoint"]
