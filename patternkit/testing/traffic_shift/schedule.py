"""When how much traffic is shifted.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TimeBasedCanary.html
https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TimeBasedLinear.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.errors import PatternkitError

_PREDEFINED = re.compile(
    r"CodeDeployDefault\.Lambda(?:(?P<all>AllAtOnce)|(?P<canary>Canary)10Percent(?P<wait>5|10|15|30)Minutes"
    r"|Linear10PercentEvery(?P<every>1|2|3|10)Minutes?)"
)


class TrafficShiftError(PatternkitError):
    """A template has no such shift, or does not say what it is; the message says which in one line."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When how much traffic goes to the new version.

    Attributes:
        percentage: How much of it each step shifts; 100: all at once.
        interval: Minutes between two steps.
        linear: Whether equal steps follow; otherwise the second step shifts the rest.
    """

    percentage: int
    interval: int
    linear: bool

    def steps(self) -> tuple[tuple[int, int], ...]:
        """The steps: minutes since traffic began to shift, and the new version's percentage from then on."""
        if self.percentage >= 100:
            return ((0, 100),)
        if not self.linear:
            return ((0, self.percentage), (self.interval, 100))
        count = -(-100 // self.percentage)
        return tuple((number * self.interval, min(100, (number + 1) * self.percentage)) for number in range(count))

    def at(self, minute: float) -> int:
        """The new version's percentage at a time.

        Args:
            minute: Minutes since traffic began to shift.
        """
        return max((weight for when, weight in self.steps() if when <= minute), default=0)


ALL_AT_ONCE = Schedule(100, 0, linear=False)


def predefined(name: str) -> Schedule:
    """Read the name of one of CodeDeploy's own configurations.

    Args:
        name: Such as `CodeDeployDefault.LambdaCanary10Percent5Minutes`.

    Returns:
        The schedule.

    Raises:
        TrafficShiftError: If there is no such configuration for functions.
    """
    found = _PREDEFINED.fullmatch(name)
    # There are "Every1Minute", "Every2Minutes" and so on, and neither "Every1Minutes" nor "Every2Minute".
    if found is None or (found["every"] and name.endswith("s") != (found["every"] != "1")):
        raise TrafficShiftError(f"{name} is none of CodeDeploy's configurations for functions")
    if found["all"]:
        return ALL_AT_ONCE
    return Schedule(10, int(found["wait"] or found["every"]), linear=not found["canary"])


def configured(name: str, properties: Mapping[str, Any]) -> Schedule:
    """Read a configuration of a template's own.

    Args:
        name: Its logical id, for messages.
        properties: Its properties.

    Returns:
        The schedule.

    Raises:
        TrafficShiftError: If it is none for functions, or says a number that CodeDeploy refuses.
    """
    if properties.get("ComputePlatform") != "Lambda":
        raise TrafficShiftError(f"{name} is no configuration for functions: its ComputePlatform is not Lambda")
    routing = properties.get("TrafficRoutingConfig")
    kind = routing.get("Type") if isinstance(routing, Mapping) else None
    if routing is None or kind == "AllAtOnce":
        return ALL_AT_ONCE
    if kind not in ("TimeBasedCanary", "TimeBasedLinear"):
        raise TrafficShiftError(f"{name}: TrafficRoutingConfig has no type that CodeDeploy knows")
    short = str(kind).removeprefix("TimeBased")
    given = routing.get(kind)
    given = given if isinstance(given, Mapping) else {}
    percentage = _number(name, given, f"{short}Percentage", 99)
    interval = _number(name, given, f"{short}Interval", 2880)
    return Schedule(percentage, interval, linear=short == "Linear")


def _number(name: str, given: Mapping[str, Any], member: str, most: int) -> int:
    # CloudFormation takes numbers as text too.
    text = str(given.get(member, ""))
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= value <= most:
        raise TrafficShiftError(f"{name}: {member} must be a whole number between 1 and {most}, got {text or 'none'}")
    return value
