"""What bounds a pattern, as numbers and as people read them."""

from collections.abc import Iterable

from patternkit.catalog.limits import Limit


def bound(limits: Iterable[Limit], name: str) -> Limit | None:
    """Find the tightest limit of a kind.

    Args:
        limits: A pattern's limits.
        name: What they bound.

    Returns:
        The limit, or None if there is none. A limit that cannot be raised goes before one that can, at one height.
    """
    found = [one for one in limits if one.bounds == name]
    return min(found, key=lambda one: (one.at or 0, one.adjustable), default=None)


def fixed(limits: Iterable[Limit], name: str) -> Limit | None:
    """Find the tightest limit of a kind that AWS does not raise, likewise."""
    return bound([one for one in limits if not one.adjustable], name)


def shown(name: str, number: float) -> str:
    """Write a bound as people read it.

    Args:
        name: What is bounded.
        number: The bound, in its unit.

    Returns:
        A time, a size or a rate.
    """
    if name.endswith("_seconds"):
        return _time(number)
    if name.endswith("_bytes"):
        return _size(number)
    return f"{number:,.0f}/s"


def _time(seconds: float) -> str:
    if seconds >= 120 and seconds % 60 == 0:
        return f"{seconds / 60:,.0f} min"
    return f"{seconds:,.3g} s" if seconds < 1000 else f"{seconds:,.0f} s"


def _size(number: float) -> str:
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if number >= size:
            return f"{number / size:,.4g} {unit}"
    return f"{number:,.0f} B"
