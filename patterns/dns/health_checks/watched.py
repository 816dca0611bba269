"""What health checks watch, as values."""

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Interval, Len, Unit
from aws_cdk import Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.domain_name import HostName
from patterns.building_blocks.public_address import is_public
from patterns.building_blocks.region_name import Region
from patterns.dns.health.probe import Probe, check_probe

Label = Annotated[
    str,
    Matches(r"[A-Z][A-Za-z0-9]{0,40}", "up to 41 letters and digits, beginning with a capital letter"),
    Known("the ids of constructs"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEndpoint:
    """An endpoint that health checkers reach over the internet.

    Attributes:
        host: Its domain name, of which health checkers ask over IPv4.
        address: Its public address, which is asked in place of those of `host`. Default: none.
        probe: How it is asked. Default: HTTPS to port 443 every 30 seconds; three failures in a row are an illness.
    """

    host: HostName
    address: str | None = None
    probe: Probe = field(default_factory=Probe)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSignal:
    """Something private, whose alarm tells that it is ill.

    Attributes:
        alarm: The alarm, of any Region, on one metric by a plain statistic over whole minutes: Route 53 evaluates the
            metric by itself.
        region: The Region of the alarm. Default: that of its stack, or of the stack that imports it.
        too_few_data_is_ill: Whether it is ill while its metric has too few data. Default: yes.
    """

    alarm: cloudwatch.IAlarm
    region: Region | None = None
    too_few_data_is_ill: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Several checks as one.

    Attributes:
        of: Which endpoints and signals, each by its name.
        at_least: How many of them must be well for the group to be well. Default: all.
    """

    of: Annotated[Sequence[str], Len(1, 255), Unit("checks")]
    at_least: Annotated[int, Interval(ge=1, le=255)] | None = None


def check_endpoint(argument: str, endpoint: PublicEndpoint) -> None:
    """Refuse an endpoint that health checkers cannot reach.

    Args:
        argument: The argument's own name.
        endpoint: The endpoint.

    Raises:
        ValueError: If its address is none, or private.
    """
    check_probe(f"{argument}: probe", endpoint.probe)
    if endpoint.address is None or Token.is_unresolved(endpoint.address):
        return
    try:
        address = ipaddress.ip_address(endpoint.address)
    except ValueError:
        raise ValueError(f"{argument}: address must be an IP address, got {endpoint.address!r}") from None
    if not is_public(address):
        raise ValueError(
            f"{argument}: address must be public, got {address}, which no checker reaches: give an alarm in signals"
        )


def check_signal(scope: Construct, argument: str, signal: AlarmSignal) -> None:
    """Refuse an alarm that Route 53 cannot watch, or whose name this stack cannot write down.

    Args:
        scope: Parent construct of the check.
        argument: The argument's own name.
        signal: The signal; the alarm of another stack's import passes, of which nothing is known.

    Raises:
        ValueError: If the alarm is a composite one, has metric math, an extended statistic or a period of less than a
            minute, or is of another Region and has no name of its own.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html
    """
    resource = signal.alarm.node.default_child
    if isinstance(resource, cloudwatch.CfnCompositeAlarm):
        raise ValueError(
            f"{argument}: alarm must be on one metric, which Route 53 reads by itself, got a composite alarm"
        )
    if not isinstance(resource, cloudwatch.CfnAlarm):
        return
    here, there = Stack.of(scope).region, Stack.of(signal.alarm).region
    known = not (Token.is_unresolved(here) or Token.is_unresolved(there))
    # The CDK writes a token that holds nothing where AWS is to name the alarm.
    if known and here != there and Stack.of(signal.alarm).resolve(resource.alarm_name) is None:
        raise ValueError(f"{argument}: alarm must have a name of its own, as it is in {there} and its check in {here}")
    if resource.metrics is not None and resource.metric_name is None:
        raise ValueError(f"{argument}: alarm must be on one metric, which Route 53 reads by itself, got metric math")
    if resource.extended_statistic is not None:
        raise ValueError(
            f"{argument}: alarm must be on Average, Minimum, Maximum, Sum or SampleCount, "
            f"got {resource.extended_statistic}"
        )
    if resource.period is not None and resource.period % 60:
        raise ValueError(f"{argument}: alarm must have a period of whole minutes, got {int(resource.period)} seconds")


def check_groups(groups: dict[str, Group], singles: Collection[str]) -> None:
    """Refuse groups that Route 53 does not take.

    Args:
        groups: The groups by name.
        singles: The names of endpoints and signals.

    Raises:
        ValueError: If one names what is not there, names it twice, or asks for more than there are.
    """
    for name, group in groups.items():
        for one in group.of:
            if one in groups:
                raise ValueError(f"groups[{name}]: of must name endpoints and signals, {one} is a group itself")
            if one not in singles:
                raise ValueError(f"groups[{name}]: of must name endpoints and signals, got {one}")
        if group.at_least is not None and group.at_least > len(group.of):
            raise ValueError(f"groups[{name}]: at_least must be at most {len(group.of)}, got {group.at_least}")
