"""Health checks of endpoints, of alarms and of both together, with an alarm on each."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated

from annotated_types import Interval, Len, Unit
from aws_cdk import Duration, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import MetricPeriod
from patterns.building_blocks.arguments import shown
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.security_group import CHECKERS_LIST_RULES, check_rules, rules_of
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.dns.health.probe import endpoint_check
from patterns.dns.health.status_alarm import METRICS_REGION, status_alarm, status_metric
from patterns.dns.health_checks.watched import (
    AlarmSignal,
    Group,
    Label,
    PublicEndpoint,
    check_endpoint,
    check_groups,
    check_signal,
)

_NONE: Mapping[str, Group] = MappingProxyType({})
_NO_SIGNALS: Mapping[str, AlarmSignal] = MappingProxyType({})
_NO_ENDPOINTS: Mapping[str, PublicEndpoint] = MappingProxyType({})

RecordTtl = Annotated[
    Duration, Interval(ge=timedelta(seconds=0), le=timedelta(seconds=2**31 - 1)), Known("how long failover takes")
]
"""The TTL of a record. https://datatracker.ietf.org/doc/html/rfc2181#section-8"""


class HealthChecks(Construct):
    """Tell when an endpoint is ill: by health checkers, by an alarm where it is private, or by several together.

    Args:
        scope: Parent construct. Its stack belongs in us-east-1, where the metrics of health checks are.
        construct_id: Construct id.
        endpoints: Public endpoints, each by its name. Required unless `signals` are given. Default: none.
        signals: Alarms on what is private, each by its name. Default: none.
        groups: Checks over several of these, each by its name. Default: none.
        alarm_topic: The topic that alarms on the checks notify, in us-east-1. Default: none; alarms only change state.

    Attributes:
        checks (dict[str, route53.HealthCheck]): The health checks, by name.
        seconds (dict[str, int | None]): How long it takes until each is known to be ill, in seconds; None where an
            imported alarm does not say.
        alarms (list[cloudwatch.Alarm]): An alarm on each check, with the name of the check in its description.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoints: Annotated[Mapping[Label, PublicEndpoint], Len(0, 50), Unit("endpoints")] = _NO_ENDPOINTS,
        signals: Annotated[Mapping[Label, AlarmSignal], Len(0, 50), Unit("signals")] = _NO_SIGNALS,
        groups: Annotated[Mapping[Label, Group], Len(0, 50), Unit("groups")] = _NONE,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        self._check(scope, endpoints, signals, groups, alarm_topic)
        super().__init__(scope, construct_id)
        self.checks: dict[str, route53.HealthCheck] = {}
        self.seconds: dict[str, int | None] = {}
        self.alarms: list[cloudwatch.Alarm] = []
        self._opened: dict[str, set[int]] = {}
        self._ports = {
            name: one.probe.port or (80 if one.probe.protocol == "HTTP" else 443) for name, one in endpoints.items()
        }

        for name, endpoint in endpoints.items():
            self.checks[name] = endpoint_check(self, name, endpoint.probe, host=endpoint.host, address=endpoint.address)
            self.seconds[name] = endpoint.probe.seconds
        for name, signal in signals.items():
            self.checks[name] = self._signal(name, signal)
            self.seconds[name] = _seconds_of(signal.alarm)
        for name, group in groups.items():
            self.checks[name] = route53.HealthCheck(
                self,
                name,
                type=route53.HealthCheckType.CALCULATED,
                child_health_checks=[self.checks[one] for one in group.of],
                health_threshold=group.at_least or len(group.of),
            )
            times = [self.seconds[one] for one in group.of]
            self.seconds[name] = None if None in times else max(one for one in times if one is not None)
        settings = Settings(alarm_topic=alarm_topic)
        for name, check in self.checks.items():
            made = status_alarm(
                self, f"{name}Ill", check, description=f"The health check {name} is ill; it is passed over.",
                settings=settings,
            )  # fmt: skip
            if made is not None:
                self.alarms.append(made)

    @checked
    def failover_time(self, name: str, ttl: RecordTtl) -> Duration | None:
        """How long it takes until clients have left what a check watches.

        Args:
            name: The name of the check.
            ttl: The TTL of the record; 60 seconds for an alias to a load balancer.

        Returns:
            The time until the check is ill, and the TTL; None where an imported alarm does not say.

        Raises:
            ValueError: If there is no such check.
        """
        self._known(name)
        seen = self.seconds[name]
        return None if seen is None else Duration.seconds(seen + ttl.to_seconds())

    @checked
    def let_checkers_in(self, name: str, security_group: ec2.ISecurityGroup, checkers: ec2.IPrefixList) -> None:
        """Let Route 53's health checkers in to an endpoint, and nobody else.

        Args:
            name: The name of the endpoint, whose port is opened.
            security_group: The security group of whatever answers at the endpoint.
            checkers: The managed prefix list com.amazonaws.REGION.route53-healthchecks, in the security group's Region.

        Raises:
            ValueError: If there is no such endpoint.
        """
        if name not in self._ports:
            raise ValueError(f"name must be one of {', '.join(self._ports) or 'no endpoint'}, got {name}")
        opened = self._opened.setdefault(security_group.node.path, set())
        if self._ports[name] not in opened:
            # Each list was counted as one rule.
            others = rules_of(security_group, "inbound") + len(opened) * (CHECKERS_LIST_RULES - 1)
            check_rules("security_group", others + CHECKERS_LIST_RULES)
            opened.add(self._ports[name])
        security_group.add_ingress_rule(
            ec2.Peer.prefix_list(checkers.prefix_list_id),
            ec2.Port.tcp(self._ports[name]),
            "Health checkers of Amazon Route 53",
        )

    @checked
    def metric_status(
        self,
        name: str,
        *,
        period: MetricPeriod | None = None,
    ) -> cloudwatch.Metric:
        """Whether a check is well: 1 or 0.

        Args:
            name: The name of the check.
            period: The period. Default: one minute.

        Returns:
            The metric, which exists in us-east-1 alone.

        Raises:
            ValueError: If there is no such check.
        """
        self._known(name)
        return status_metric(self.checks[name], period=period)

    def _known(self, name: str) -> None:
        if name not in self.checks:
            raise ValueError(f"name must be one of {', '.join(self.checks)}, got {shown(name)}")

    def _signal(self, name: str, signal: AlarmSignal) -> route53.HealthCheck:
        status = route53.InsufficientDataHealthStatusEnum
        return route53.HealthCheck(
            self,
            name,
            type=route53.HealthCheckType.CLOUDWATCH_METRIC,
            alarm_identifier=route53.AlarmIdentifier(
                name=signal.alarm.alarm_name, region=signal.region or signal.alarm.env.region
            ),
            insufficient_data_health_status=status.UNHEALTHY if signal.too_few_data_is_ill else status.HEALTHY,
        )

    @staticmethod
    def _check(
        scope: Construct,
        endpoints: Mapping[str, PublicEndpoint],
        signals: Mapping[str, AlarmSignal],
        groups: Mapping[str, Group],
        topic: sns.ITopic | None,
    ) -> None:
        if not endpoints and not signals:
            raise ValueError("endpoints or signals must hold something to watch, got neither")
        for name, endpoint in endpoints.items():
            check_endpoint(f"endpoints[{name}]", endpoint)
        for name, signal in signals.items():
            check_signal(scope, f"signals[{name}]", signal)
        names = [*endpoints, *signals, *groups]
        if twice := sorted({one for one in names if names.count(one) > 1}):
            raise ValueError(f"groups, endpoints and signals must have different names, got {', '.join(twice)} twice")
        check_groups(dict(groups), [*endpoints, *signals])
        region = Stack.of(scope).region
        if topic is not None and not Token.is_unresolved(region) and region != METRICS_REGION:
            raise ValueError(
                f"alarm_topic must be in {METRICS_REGION} with the checks and their metrics, got a stack in {region}"
            )


def _seconds_of(alarm: cloudwatch.IAlarm) -> int | None:
    resource = alarm.node.default_child
    if not isinstance(resource, cloudwatch.CfnAlarm) or resource.period is None:
        return None
    return int(resource.period) * int(resource.evaluation_periods or 1)
