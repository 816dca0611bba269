"""Time zones of schedules."""

from zoneinfo import available_timezones

from aws_cdk import TimeZone, Token

from patterns.building_blocks.arguments import shown


def check_time_zone(argument: str, time_zone: TimeZone | None, *, says: str = "a time zone") -> None:
    """Refuse a time zone that AWS does not know.

    Args:
        argument: The argument's own name.
        time_zone: The time zone; None passes, and so does one that only a deployment knows.
        says: What the argument must be. Default: "a time zone".

    Raises:
        ValueError: If the IANA database has none of that name.
    """
    # A machine without the time zone database has none; there AWS itself refuses.
    known = available_timezones()
    name = None if time_zone is None else time_zone.timezone_name
    if name is not None and known and not Token.is_unresolved(name) and name not in known:
        raise ValueError(f"{argument} must be {says} of the IANA database, got {shown(name)!r}")
