"""Wait for a condition, with a deadline and without a busy loop."""

from __future__ import annotations

import time
from collections.abc import Iterator

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.5


def polls(deadline: float) -> Iterator[float]:
    """Yield at each moment to look again, pausing ever longer, and stop when the deadline has passed.

    Args:
        deadline: In seconds from the first look.

    Yields:
        The seconds that are left. There is always at least one look, and a last one at the deadline.
    """
    end = time.monotonic() + deadline
    pause = FIRST_PAUSE
    while True:
        left = end - time.monotonic()
        yield max(left, 0.0)
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)
