"""How much traffic a new version gets when."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval, Unit
from aws_cdk import Duration
from aws_cdk import aws_codedeploy as codedeploy
from constructs import Construct

ShiftKind = Literal["canary", "linear", "all_at_once"]
Percentage = Annotated[int, Interval(ge=1, le=99), Unit("percent")]

ALARM_MINUTES = 1
"""How long the alarm on the new version takes to go off."""

LONGEST_SHIFT = 48 * 60
"""Minutes between the first and the last shift of traffic that AWS CodeDeploy takes.
https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html"""

LEAST_CALLS = 10
"""Calls to the new version from which an alarm says something of it."""

# https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
_PREDEFINED = {"canary": {5: "5Minutes", 10: "10Minutes", 15: "15Minutes", 30: "30Minutes"}}
_PREDEFINED["linear"] = {1: "Every1Minute", 2: "Every2Minutes", 3: "Every3Minutes", 10: "Every10Minutes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A shift of traffic.

    Attributes:
        kind: Canary, linear or all at once.
        percentage: How much each step shifts; 100: all at once.
        interval: Minutes of a step.
    """

    kind: ShiftKind
    percentage: int
    interval: int

    @classmethod
    def of(cls, kind: ShiftKind, percentage: int | None, interval: Duration | None) -> "Shift":
        """Make a shift of what the user says.

        Args:
            kind: Canary, linear or all at once.
            percentage: How much each step shifts; None: 10.
            interval: How long a step lasts; None: 5 minutes.

        Raises:
            ValueError: If two contradict each other, the shift is over before an alarm can go off, or it takes longer
                than AWS CodeDeploy takes.
        """
        if kind == "all_at_once":
            for argument, value in (("percentage", percentage), ("interval", interval)):
                if value is not None:
                    raise ValueError(f"{argument} must not be given with shift='all_at_once': there are no steps")
            return cls(kind=kind, percentage=100, interval=0)
        made = cls(
            kind=kind,
            percentage=10 if percentage is None else percentage,
            interval=5 if interval is None else int(interval.to_minutes()),
        )
        if made.minutes <= ALARM_MINUTES:
            raise ValueError(
                f"interval must be at least 2 minutes with shift={kind!r} and percentage {made.percentage}: the new "
                f"version would have all traffic before an alarm can go off, got {made.interval} minute"
            )
        if made.minutes > LONGEST_SHIFT:
            raise ValueError(
                f"interval must be at most {LONGEST_SHIFT // made.steps} minutes with shift={kind!r} and percentage "
                f"{made.percentage}: AWS CodeDeploy takes {LONGEST_SHIFT} minutes from the first step to the last, "
                f"got {made.interval} minutes, which are {made.minutes} in all"
            )
        return made

    @property
    def steps(self) -> int:
        """How many steps come after the first one."""
        return 1 if self.kind == "canary" else -(-100 // self.percentage) - 1

    @property
    def minutes(self) -> int:
        """Minutes until the new version has all traffic."""
        return self.steps * self.interval

    def check_measurable(self, calls_per_minute: float | None) -> None:
        """Refuse a first step of which an alarm can measure nothing.

        Args:
            calls_per_minute: How many calls the alias gets; None: not known.

        Raises:
            ValueError: If the new version gets too few calls in it.
        """
        if calls_per_minute is None or self.kind == "all_at_once":
            return
        expected = calls_per_minute * self.percentage / 100 * self.interval
        if expected < LEAST_CALLS:
            raise ValueError(
                f"calls_per_minute must give the new version at least {LEAST_CALLS} calls in the first step, or no "
                f"alarm has anything to measure: {calls_per_minute:g} a minute, {self.percentage} percent of them "
                f"for {self.interval} minutes, are {expected:g}; take a longer interval or a larger percentage"
            )

    def deployment_config(self, scope: Construct) -> codedeploy.ILambdaDeploymentConfig:
        """Take the configuration that AWS has for it, or make one.

        Args:
            scope: Parent construct of one that is made.

        Returns:
            The configuration.
        """
        known = _PREDEFINED.get(self.kind, {}).get(self.interval)
        if self.kind == "all_at_once" or (self.percentage == 10 and known):
            way = "AllAtOnce" if self.kind == "all_at_once" else f"{self.kind.title()}10Percent{known}"
            return codedeploy.LambdaDeploymentConfig.from_lambda_deployment_config_name(
                scope, "Configuration", f"CodeDeployDefault.Lambda{way}"
            )
        routing = (
            codedeploy.TimeBasedCanaryTrafficRouting
            if self.kind == "canary"
            else codedeploy.TimeBasedLinearTrafficRouting
        )
        return codedeploy.LambdaDeploymentConfig(
            scope,
            "Configuration",
            traffic_routing=routing(interval=Duration.minutes(self.interval), percentage=self.percentage),
        )
