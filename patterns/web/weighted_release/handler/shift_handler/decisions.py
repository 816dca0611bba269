"""What becomes of a release, with nothing of AWS in it: the state before, what happened, the state after."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

# A tick may come a little early, measured from when the one before was worked on.
_TOLERANCE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the stack asks for.

    Attributes:
        release: The release that is to be shifted to; empty for none.
        steps: The candidate's weights in percent, rising.
        interval: Seconds between two steps.
    """

    release: str
    steps: tuple[int, ...]
    interval: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far a release is.

    Attributes:
        release: Which release.
        status: "stable" without one, "shifting", "shifted" after the last step, or "rolled-back".
        weight: The candidate's weight in percent.
        moved_at: When it was last changed, in seconds since 1970.
        version: Counts the changes.
    """

    release: str = ""
    status: str = "stable"
    weight: int = 0
    moved_at: int = 0
    version: int = 0

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "State":
        """Read a state as it was written."""
        return cls(
            release=item["release"]["S"],
            status=item["status"]["S"],
            weight=int(item["weight"]["N"]),
            moved_at=int(item["moved_at"]["N"]),
            version=int(item["version"]["N"]),
        )

    def item(self) -> dict[str, Any]:
        """Write it."""
        return {
            "release": {"S": self.release},
            "status": {"S": self.status},
            "weight": {"N": str(self.weight)},
            "moved_at": {"N": str(self.moved_at)},
            "version": {"N": str(self.version)},
        }


def after_tick(state: State, plan: Plan, *, scheduled: int, now: int, alarmed: bool) -> State:
    """Decide at a tick of the schedule.

    Args:
        state: The state before.
        plan: What the stack asks for.
        scheduled: When the tick was due. The same tick may come twice, or late.
        now: The time.
        alarmed: Whether one of the alarms is off.

    Returns:
        The state after; the same one if nothing changes.
    """
    state = _of_plan(state, plan)
    if state.status not in ("shifting", "shifted"):
        return state
    if alarmed:
        return after_alarm(state, plan, now=now)
    ahead = [step for step in plan.steps if step > state.weight]
    if not ahead:
        return state if state.status == "shifted" else _moved(state, status="shifted")
    if scheduled < state.moved_at + plan.interval - _TOLERANCE:
        return state
    status = "shifted" if len(ahead) == 1 else "shifting"
    return _moved(state, weight=ahead[0], status=status, moved_at=now)


def after_alarm(state: State, plan: Plan, *, now: int) -> State:
    """Decide when an alarm goes off.

    Args:
        state: The state before.
        plan: What the stack asks for.
        now: The time.

    Returns:
        The state after: all weight back for good, or the same one where the candidate has none.
    """
    state = _of_plan(state, plan)
    if state.weight == 0:
        return state
    return _moved(state, status="rolled-back", weight=0, moved_at=now)


def _of_plan(state: State, plan: Plan) -> State:
    if state.release == plan.release:
        return state
    return _moved(state, release=plan.release, status="shifting" if plan.release else "stable", weight=0, moved_at=0)


def _moved(state: State, **changes: Any) -> State:
    return replace(state, version=state.version + 1, **changes)
