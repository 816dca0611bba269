"""The settings of a deployment that a shift depends on: hooks, alarms and rollback."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_HOOK = 60
"""Minutes after which CodeDeploy gives up a hook that has not answered."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A function that checks the new version.

    Attributes:
        function: Its logical id, or its name.
    """

    function: str


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """When an alarm of a shift goes off.

    Attributes:
        name: Its logical id, or its name.
        period: Seconds of a data point; None: the alarm is not in the template, or has metrics of several periods.
        datapoints: How many of them must be bad.
        missing: What no data means: `breaching`, `notBreaching`, `ignore` or `missing`.
        version: Whether it measures the new version alone, by the metric's dimension ExecutedVersion.
    """

    name: str
    period: int | None
    datapoints: int
    missing: str
    version: bool

    @property
    def delay(self) -> float | None:
        """Minutes from the first bad call to the alarm, when calls are bad from then on."""
        return None if self.period is None else self.period * self.datapoints / 60


@dataclass(frozen=True, slots=True)
class Rollback:
    """What CodeDeploy undoes by itself.

    Attributes:
        on_failure: A deployment that failed: a hook said so, or said nothing.
        on_alarm: A deployment that an alarm stopped.
    """

    on_failure: bool
    on_alarm: bool
