"""A walk through a shift: what happens at which minute, and where the traffic is in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from patternkit.testing.traffic_shift.deployment_settings import LONGEST_HOOK, AlarmSettings, Hook, Rollback
from patternkit.testing.traffic_shift.schedule import Schedule, TrafficShiftError

Hooks = Literal["before", "after"]
Outcome = Literal["shifted", "rolled back", "stopped"]


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at a minute.

    Attributes:
        minute: Minutes since traffic began to shift; what comes before is at 0.
        what: What happens.
        weight: The new version's percentage from then on.
    """

    minute: float
    what: str
    weight: int


@dataclass(frozen=True, slots=True)
class Walk:
    """What becomes of a shift.

    Attributes:
        steps: What happens, in order.
        outcome: `shifted`: the new version has all traffic. `rolled back`: CodeDeploy gave all of it back. `stopped`:
            CodeDeploy left it as it was; of a stack's update, CloudFormation sets the alias back when it rolls back.
    """

    steps: tuple[Step, ...]
    outcome: Outcome

    @property
    def weight(self) -> int:
        """The new version's percentage in the end."""
        return self.steps[-1].weight

    @property
    def minutes(self) -> float:
        """How long it took."""
        return self.steps[-1].minute

    def at(self, minute: float) -> int:
        """The new version's percentage at a minute."""
        return next((one.weight for one in reversed(self.steps) if one.minute <= minute), 0)

    def table(self) -> str:
        """The steps as a table in Markdown."""
        rows = [f"| {one.minute:g} | {one.what} | {one.weight}% |" for one in self.steps]
        return "\n".join(["| Minute | What happens | New version |", "| ---: | --- | ---: |", *rows])


@dataclass(frozen=True, slots=True)
class TrafficShift:
    """How traffic shifts from one version of a function to the next.

    Attributes:
        alias: The alias's logical id.
        schedule: When how much is shifted.
        before: The hook before any traffic; None: there is none.
        after: The hook after all of it.
        alarms: The alarms that stop a shift.
        rollback: What is undone.
    """

    alias: str
    schedule: Schedule
    before: Hook | None
    after: Hook | None
    alarms: tuple[AlarmSettings, ...]
    rollback: Rollback

    def walk(
        self,
        *,
        failing_hook: Hooks | None = None,
        silent_hook: Hooks | None = None,
        bad_from: float | None = None,
        alarm: str | None = None,
    ) -> Walk:
        """Walk through the shift.

        Args:
            failing_hook: The hook that reports a failure. Default: none.
            silent_hook: The hook that never reports. Default: none.
            bad_from: The minute from which calls to the new version are bad. Default: never.
            alarm: The alarm that sees it. Default: the one that goes off first.

        Returns:
            What becomes of it.

        Raises:
            TrafficShiftError: If there is no such hook or alarm, or nobody can say when the alarm goes off.
        """
        for argument, which in (("failing_hook", failing_hook), ("silent_hook", silent_hook)):
            if which is not None and getattr(self, which) is None:
                raise TrafficShiftError(f"{argument}: {self.alias} has no hook {which} traffic")
        goes_off = _goes_off(self, bad_from, alarm)
        steps = [Step(0, "the shift begins", 0)]
        if failed := _hook(self, "before", steps, 0, failing_hook, silent_hook):
            return failed
        for minute, weight in self.schedule.steps():
            if goes_off is not None and goes_off[0] < minute:
                return _alarmed(self, steps, *goes_off)
            steps.append(Step(minute, "traffic shifts", weight))
        end = steps[-1].minute
        # An alarm that goes off only now may come too late: how long the hook after traffic takes is not known.
        if failed := _hook(self, "after", steps, end, failing_hook, silent_hook):
            return failed
        steps.append(Step(end, "the shift is done", 100))
        return Walk(tuple(steps), "shifted")

    def calls_measured(self, alarm: str, calls_per_minute: float) -> float:
        """How many calls to the new version an alarm can be expected to measure in its first period of the shift.

        Args:
            alarm: The alarm's logical id.
            calls_per_minute: How many calls the alias gets.

        Returns:
            The number of calls.

        Raises:
            TrafficShiftError: If there is no such alarm, or its period is not known.
        """
        period = self.alarm_settings(alarm).period
        if period is None:
            raise TrafficShiftError(f"the period of alarm {alarm} is not in the template")
        minutes = period / 60
        steps = [*self.schedule.steps()]
        ends = [when for when, _ in steps[1:]] + [float("inf")]
        within = sum(
            weight * max(0.0, min(end, minutes) - start) for (start, weight), end in zip(steps, ends, strict=True)
        )
        return calls_per_minute * within / 100

    def alarm_settings(self, name: str) -> AlarmSettings:
        """Look up an alarm of the shift.

        Args:
            name: Its logical id, or its name.

        Raises:
            TrafficShiftError: If there is none.
        """
        for one in self.alarms:
            if one.name == name:
                return one
        known = ", ".join(one.name for one in self.alarms) or "none"
        raise TrafficShiftError(f"there is no alarm {name} of {self.alias}: its alarms are {known}")


def _goes_off(shift: TrafficShift, bad_from: float | None, alarm: str | None) -> tuple[float, str] | None:
    watching = list(shift.alarms) if alarm is None else [shift.alarm_settings(alarm)]
    if bad_from is None:
        return None
    if bad_from < 0:
        raise TrafficShiftError(f"bad_from must be 0 or more minutes, got {bad_from:g}")
    known_delays = [(bad_from + one.delay, one.name) for one in watching if one.delay is not None]
    if watching and not known_delays:
        raise TrafficShiftError(f"the period of alarm {watching[0].name} is not in the template")
    return min(known_delays, default=None)


def _hook(
    shift: TrafficShift, which: Hooks, steps: list[Step], minute: float, failing: Hooks | None, silent: Hooks | None
) -> Walk | None:
    if getattr(shift, which) is None:
        return None
    weight = steps[-1].weight
    if which not in (failing, silent):
        steps.append(Step(minute, f"the hook {which} traffic succeeds", weight))
        return None
    late = 0 if which == failing else LONGEST_HOOK
    said = "fails" if which == failing else f"has said nothing for {LONGEST_HOOK} minutes"
    steps.append(Step(minute + late, f"the hook {which} traffic {said}", weight))
    return _end(steps, undone=shift.rollback.on_failure)


def _alarmed(shift: TrafficShift, steps: list[Step], minute: float, name: str) -> Walk:
    steps.append(Step(minute, f"the alarm {name} goes off", steps[-1].weight))
    return _end(steps, undone=shift.rollback.on_alarm)


def _end(steps: list[Step], *, undone: bool) -> Walk:
    last = steps[-1]
    what = "all traffic goes back" if undone else "the deployment stops, and traffic stays"
    steps.append(Step(last.minute, what, 0 if undone else last.weight))
    return Walk(tuple(steps), "rolled back" if undone else "stopped")
