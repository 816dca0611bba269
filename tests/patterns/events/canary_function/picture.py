"""The picture of the example's shift: `python -m tests.patterns.events.canary_function.picture` draws it anew."""

from pathlib import Path

from patternkit.testing.traffic_shift import TrafficShift, drawn, traffic_shift
from patterns.events import canary_function
from tests.conftest import example

FILE = Path(canary_function.__file__).parent / "shift.svg"


def shift() -> TrafficShift:
    """The shift of the example."""
    return traffic_shift(example("canary-function", "agnostic").template)


def picture() -> str:
    """Draw what the page tells of."""
    walks = {
        "Nothing fails": shift().walk(),
        "Errors from the first call on": shift().walk(bad_from=0),
        "The probe fails before traffic": shift().walk(failing_hook="before"),
        "The probe fails after traffic": shift().walk(failing_hook="after"),
    }
    return drawn(walks, title="The new version's share of the traffic")


if __name__ == "__main__":
    FILE.write_text(picture(), encoding="utf-8")
