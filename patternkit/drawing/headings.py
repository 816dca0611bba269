"""Where a group's heading stands: at the left, or beside the lines that come in from above."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from patternkit.drawing.boxes import Box

HEIGHT = 30.0
"""How much of a group, from its top, a heading takes."""
_MARGIN, _CLEAR = 7.0, 6.0
Lines = Sequence[Sequence[tuple[float, float]]]


def free_place(box: Box, wide: float, lines: Lines) -> float | None:
    """Find where a heading lies on no line.

    Args:
        box: The group.
        wide: How wide the heading is.
        lines: The points of each line.

    Returns:
        The heading's left; None where no place is free.
    """
    left, right = first_place(box), box.x + box.width - _MARGIN
    crossing = sorted(_crossing(box, lines))
    for start in (left, *(end + _CLEAR for _, end in crossing)):
        if start < left or start + wide > right:
            continue
        if all(last + _CLEAR <= start or first >= start + wide + _CLEAR for first, last in crossing):
            return round(start, 1)
    return None


def first_place(box: Box) -> float:
    """Where a heading stands that nothing crosses."""
    return box.x + _MARGIN


def room_for(box: Box, wide: float, lines: Lines) -> float:
    """Say how wide a group must be for its heading to stand beside all lines that come in from above."""
    last = max(end for _, end in _crossing(box, lines))
    return last + _CLEAR + wide + _MARGIN - box.x


def _crossing(box: Box, lines: Lines) -> Iterator[tuple[float, float]]:
    for line in lines:
        for (x1, y1), (x2, y2) in pairwise(line):
            beside = max(x1, x2) < box.x or min(x1, x2) > box.x + box.width
            if not beside and max(y1, y2) > box.y and min(y1, y2) < box.y + HEIGHT:
                yield min(x1, x2), max(x1, x2)
