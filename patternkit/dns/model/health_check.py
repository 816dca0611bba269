"""Health checks, and what they look at.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.dns.model.unknown import Unknown


@dataclass(slots=True, eq=False)
class Alarm:
    """A CloudWatch alarm.

    Attributes:
        identity: The resource's identity, or the alarm's name where it is none of the set.
        path: What people call it.
        seconds: How long it takes to see a failure: period by datapoints; `Unknown` where that is not given.
        watches: The identities of what its metric is about; empty where that is not known.
        unfit: Why no health check can use it, "" where one can.
    """

    identity: str
    path: str
    seconds: int | Unknown
    watches: tuple[str, ...] = ()
    unfit: str = ""


@dataclass(slots=True, eq=False)
class HealthCheck:
    """What every health check has.

    Attributes:
        identity: The resource's identity.
        path: What people call it.
        inverted: Whether it says the opposite.
        disabled: Whether Route 53 has stopped checking: then it is healthy, or the opposite where inverted.
    """

    identity: str
    path: str
    inverted: bool | Unknown = False
    disabled: bool | Unknown = False


@dataclass(slots=True, eq=False)
class EndpointCheck(HealthCheck):
    """Requests to an endpoint from Route 53's checkers.

    Attributes:
        protocol: HTTP, HTTPS, HTTP_STR_MATCH, HTTPS_STR_MATCH or TCP.
        address: The address it is sent to, "" where the domain name says.
        domain: The domain name.
        looks_at: The identities and addresses that answer the requests: if all of them are ill, so is it.
        interval: Seconds between requests.
        threshold: How many requests in a row must fail.
        unreachable: Whether no checker reaches it: then it is never healthy.
    """

    protocol: str = ""
    address: str = ""
    domain: str = ""
    looks_at: tuple[str, ...] = ()
    interval: int | Unknown = 30
    threshold: int | Unknown = 3
    unreachable: bool = False


@dataclass(slots=True, eq=False)
class ReportedCheck(HealthCheck):
    """The status of an instance of Cloud Map, which somebody reports; for a task Amazon ECS does.

    Attributes:
        looks_at: The task, or the addresses of the instance.
        seconds: How long it takes until a failure is reported and Cloud Map has seen it.
        reports: Whether anybody reports that it is ill: a task without a container health check is well while it runs.
        starts: Whether it is registered as healthy.

    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_HealthCheckCustomConfig.html
    """

    looks_at: tuple[str, ...] = ()
    seconds: int | Unknown = 30
    reports: bool | Unknown = True
    starts: bool = True


@dataclass(slots=True, eq=False)
class CalculatedCheck(HealthCheck):
    """Healthy while enough of its children are.

    Attributes:
        children: The checks that it counts.
        threshold: How many of them must be healthy.
    """

    children: list[HealthCheck | Unknown] = field(default_factory=list)
    threshold: int | Unknown = 0


@dataclass(slots=True, eq=False)
class AlarmCheck(HealthCheck):
    """Healthy while an alarm is not in alarm.

    Attributes:
        alarm: The alarm.
        insufficient: What it is while the alarm has too few data: "Healthy", "Unhealthy" or "LastKnownStatus".
    """

    alarm: Alarm | Unknown = field(default_factory=lambda: Unknown("the alarm is not given"))
    insufficient: str | Unknown = "LastKnownStatus"


@dataclass(slots=True, eq=False)
class RoutingControlCheck(HealthCheck):
    """Healthy while a routing control of the Application Recovery Controller is on.

    Attributes:
        control: The control's identity.
    """

    control: str = ""
