"""What an upgrade keeps for a shorter time, or protects from deletion no more."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from patternkit.upgrade.changes import Change, Kind, Template, pairs, properties_of
from patternkit.upgrade.settings import (
    ABSENT,
    UNKNOWN,
    Path,
    flag,
    is_function,
    lowered,
    mappings,
    named,
    possible,
    shown,
    words,
)

_TIMES = frozenset(
    {
        "DefaultExpirationDays",
        "DeleteAfterDays",
        "EventExpiryDuration",
        "ExpirationDays",
        "ExpirationInDays",
        "NoncurrentDays",
        "NoncurrentVersionExpirationInDays",
        "NumberOfSnapshotsToRetain",
        "PendingWindowInDays",
        "RecordExpiryDurationDays",
        "RecoveryPeriodInDays",
        "RetainAtLeast",
        "RetainInterval",
    }
)
_FOREVER = frozenset(
    {"RetentionInDays", "DeleteAfterDays", "ExpirationInDays", "NoncurrentDays", "NoncurrentVersionExpirationInDays"}
)
"""Without one of these, nothing is ever deleted."""
_UNLESS_SET = {
    # What the services do where a property is not set; CloudFormation's schemas say so of few.
    "AutomatedSnapshotRetentionPeriod": 1,
    "AutomaticBackupRetentionDays": 30,
    "BackupRetentionPeriod": 1,
    "MessageRetentionPeriod": 345_600,
    "PendingWindowInDays": 30,
    "PerformanceInsightsRetentionPeriod": 7,
    "RecoveryPeriodInDays": 35,
    "RetentionPeriodHours": 24,
    "SnapshotRetentionLimit": 0,
}
_PROTECTIONS = frozenset(
    {
        "DataDeletionPolicy",
        "DeleteProtection",
        "DeletionProtected",
        "DeletionProtection",
        "DeletionProtectionCheck",
        "DeletionProtectionEnabled",
        "DeletionProtectionStatus",
        "DisableApiStop",
        "DisableApiTermination",
        "EnableTerminationProtection",
        "IsProtected",
        "ManagedTerminationProtection",
        "ObjectLockEnabled",
        "ObjectVersioning",
        "PointInTimeRecoveryEnabled",
        "TerminationProtected",
        "TerminationProtectionEnabled",
    }
)
_LOCKS = frozenset({"LockConfiguration", "ObjectLockConfiguration", "VersioningConfiguration"})
_TAKES_ALONG = {"DeleteAutomatedBackups": True, "EmptyOnDelete": False}
"""What deletes what a resource holds, or the backups of it, together with it; and whether it does unless told."""

_STATUS_OF = frozenset({"BackupPolicy", "VersioningConfiguration", "ObjectLockRule", "RetentionLock"})
_ENABLED = frozenset({"enabled", "active", "on", "compliance", "governance", "retain"})


def retention_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find what is kept for a shorter time, and what stops protecting data from being deleted.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.
    """
    for logical_id, before, after in pairs(old, new):
        was_all, now_all = properties_of(before), properties_of(after)
        lost: list[Path] = []
        for path, was, now in lowered(was_all, now_all, protection_level):
            lost.append(path)
            end = _protects(path, was, now)
            yield Change(Kind.RETENTION, logical_id, f"{named(path)} was {end}")
        for path, was, now in lowered(was_all, now_all, _time):
            # What was kept for ever is told below.
            if any(path[: len(one)] == one for one in lost) or (was is ABSENT and path[-1] in _FOREVER):
                continue
            unknown = ", which is not known before deployment" if is_function(now) else ": what is older is deleted"
            yield Change(Kind.RETENTION, logical_id, f"{named(path)} was {shown(was)} and is {shown(now)}{unknown}")
        yield from _new_expiry(logical_id, was_all, now_all)
        yield from _attributes(logical_id, was_all, now_all)
        for what, where, key in _COPIES.get(after["Type"], ()):
            kept = [_keys(each, where, key) for each in (was_all, now_all)]
            for one in sorted(kept[0] - kept[1]):
                yield Change(Kind.RETENTION, logical_id, f"the {what} {one} goes")


_COPIES = {
    "AWS::Backup::BackupPlan": (
        ("rule", ("BackupPlan", "BackupPlanRule"), "RuleName"),
        ("copy to", ("BackupPlan", "BackupPlanRule", "CopyActions"), "DestinationBackupVaultArn"),
    ),
    "AWS::DynamoDB::GlobalTable": (("replica in", ("Replicas",), "Region"),),
}
"""Lists of copies: what one is called, where the list stands, and what tells one from another."""


def _keys(properties: Mapping[str, Any], where: tuple[str, ...], key: str) -> set[str]:
    found = [properties]
    for name in where:
        found = [inner for one in found for inner in mappings(one.get(name))]
    return {shown(one.get(key)) for one in found}


def _protects(path: Path, was: Any, now: Any) -> str:
    if is_function(now):
        return f"{shown(was)} and is {shown(now)}, which is not known before deployment"
    if path[-1] in _TAKES_ALONG:
        return f"{shown(was)} and is {shown(now)}: what there is of it goes with it"
    if "ReplicationConfiguration" in path:
        return f"{shown(was) if path[-1] == 'Status' else 'set'} and is {shown(now)}: no copies are made any more"
    if path[-1] in _LOCKS:
        return "set and is not: nothing stops the deletion of what it holds"
    if isinstance(was, str) and was not in ("true", "True"):
        return f"{shown(was)} and is {shown(now)}"
    return "on and is off: nothing stops its deletion" if "Recovery" not in path[-1] else "on and is off"


def protection_level(path: Path, value: Any) -> float | None:
    """Whether a setting protects data from being deleted.

    Args:
        path: The setting.
        value: Its value, `ABSENT` where it is not there.

    Returns:
        1 if it does and 0 if it does not; None where it is about something else.
    """
    name = path[-1]
    if name in _PROTECTIONS or (name == "Mode" and "DefaultRetention" in path):
        if isinstance(value, str) and value.lower() in _ENABLED:
            return 2 if value.lower() == "compliance" else 1
        return flag(value)
    if name in _TAKES_ALONG:
        return 1 - flag(_TAKES_ALONG[name] if value is ABSENT else value)
    if path[-3:] == ("Rules", "*", "Status") and "ReplicationConfiguration" in path:
        return 1 if value == "Enabled" else UNKNOWN if is_function(value) else 0
    if name in _LOCKS or name == "ReplicationConfiguration":
        return UNKNOWN if is_function(value) else 0 if value is ABSENT or not value else 1
    if name in ("Status", "Enabled") and len(path) > 1 and path[-2] in _STATUS_OF:
        return 1 if isinstance(value, str) and value.lower() in _ENABLED else flag(value)
    return None


def _time(path: Path, value: Any) -> float | None:
    """For how long a setting keeps something, in its own unit; None where it is about something else."""
    name = path[-1]
    spoken = set(words(name))
    if name not in _TIMES and not ("retention" in spoken and not spoken & {"type", "unit", "mode", "support"}):
        return None
    if value is ABSENT:
        return math.inf if name in _FOREVER else _UNLESS_SET.get(name, 0)
    if is_function(value):
        return UNKNOWN
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _new_expiry(logical_id: str, before: Any, after: Any) -> Iterator[Change]:
    """What was kept for ever, and is deleted after a time now."""
    was, now = _expiries(before), _expiries(after)
    for path in now:
        if len(now[path]) > len(was.get(path, ())):
            ends = now[path][-1]
            yield Change(
                Kind.RETENTION,
                logical_id,
                f"{named(path)} was not set and is {shown(ends)}: what was kept for ever is deleted",
            )


def _expiries(value: Any) -> dict[Path, list[Any]]:
    found: dict[Path, list[Any]] = {}
    for path, ends in _expiring(value, ()):
        found.setdefault(path, []).append(ends)
    return found


def _expiring(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    for one in possible(value):
        if isinstance(one, list):
            for inner in one:
                yield from _expiring(inner, (*path, "*"))
        elif isinstance(one, Mapping):
            for name, inner in one.items():
                if name in _FOREVER:
                    yield (*path, name), inner
                elif name == "TimeToLiveSpecification":
                    if any(flag(each.get("Enabled")) for each in mappings(inner)):
                        yield (*path, name), "on"
                else:
                    yield from _expiring(inner, (*path, name))


def _attributes(logical_id: str, before: Any, after: Any) -> Iterator[Change]:
    """Attributes that are lists of keys and values, as load balancers have them."""

    def on(properties: Any) -> set[str]:
        return {
            str(one.get("Key"))
            for one in mappings(properties.get("LoadBalancerAttributes"))
            if flag(one.get("Value")) == 1
        }

    for key in sorted(on(before) - on(after)):
        if key == "deletion_protection.enabled":
            yield Change(Kind.RETENTION, logical_id, f"{key} was on and is off: nothing stops its deletion")
