"""What keeps data from being deleted, for how long, and how it is told when it goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.patternkit.upgrade.lines import lines_of

CHOICE = {"Ref": "Choice"}
EITHER = {"Fn::If": ["C", True, False]}


def told(*reasons: str) -> list[str]:
    return [f"danger: retention: It: {one}" for one in reasons]


@pytest.mark.parametrize(
    "name",
    [
        "DeleteProtection",
        "DeletionProtected",
        "DeletionProtection",
        "DeletionProtectionCheck",
        "DeletionProtectionEnabled",
        "DisableApiStop",
        "DisableApiTermination",
        "EnableTerminationProtection",
        "IsProtected",
        "ManagedTerminationProtection",
        "ObjectLockEnabled",
        "ObjectVersioning",
        "TerminationProtected",
        "TerminationProtectionEnabled",
    ],
)
def test_protection_that_is_taken_off(name: str) -> None:
    gone = told(f"{name} was on and is off: nothing stops its deletion")
    for on in (True, "true", "True"):
        for off in (False, "false", None, EITHER):
            assert lines_of("Shop::Till", {name: on}, {name: off}) == gone
            assert not lines_of("Shop::Till", {name: off}, {name: on})
    for on in ("ENABLED", "ACTIVE", "on", "governance"):
        assert lines_of("Shop::Till", {name: on}, {name: "DISABLED"}) == told(f"{name} was {on} and is DISABLED")
        assert lines_of("Shop::Till", {name: on}, {}) == told(f"{name} was {on} and is not set")
        assert not lines_of("Shop::Till", {name: on}, {name: "enabled"})
        assert not lines_of("Shop::Till", {name: on}, {name: "COMPLIANCE"})
        assert lines_of("Shop::Till", {name: "COMPLIANCE"}, {name: on}) == told(f"{name} was COMPLIANCE and is {on}")
    assert lines_of("Shop::Till", {name: True}, {name: CHOICE}) == told(
        f"{name} was true and is Choice, which is not known before deployment"
    )
    assert not lines_of("Shop::Till", {name: False}, {name: CHOICE})
    assert lines_of("Shop::Till", {name: CHOICE}, {name: False}) == told(
        f"{name} was on and is off: nothing stops its deletion"
    )


def test_restoring_to_a_point_in_time_does_not_stop_a_deletion() -> None:
    old = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    gone = told("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled was on and is off")
    assert lines_of("Shop::Till", old, {}) == gone
    assert (
        lines_of("Shop::Till", old, {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}}) == gone
    )


@pytest.mark.parametrize("name", ["LockConfiguration", "ObjectLockConfiguration", "VersioningConfiguration"])
def test_a_lock_that_is_taken_off(name: str) -> None:
    gone = told(f"{name} was set and is not: nothing stops the deletion of what it holds")
    lock = {"Anything": 1}
    assert lines_of("Shop::Till", {name: lock}, {}) == gone
    assert lines_of("Shop::Till", {name: lock}, {name: {}}) == gone
    assert not lines_of("Shop::Till", {}, {name: lock})
    assert not lines_of("Shop::Till", {name: lock}, {name: {"Anything": 2}})
    assert lines_of("Shop::Till", {name: lock}, {name: CHOICE}) == told(
        f'{name} was {{"Anything": 1}} and is Choice, which is not known before deployment'
    )


@pytest.mark.parametrize("holder", ["BackupPolicy", "VersioningConfiguration", "ObjectLockRule", "RetentionLock"])
@pytest.mark.parametrize("name", ["Status", "Enabled"])
def test_the_status_of_a_protection(holder: str, name: str) -> None:
    for on in ("Enabled", "ENABLED", "active"):
        assert lines_of("Shop::Till", {holder: {name: on}}, {holder: {name: "Suspended"}}) == told(
            f"{holder}.{name} was {on} and is Suspended"
        )
        assert not lines_of("Shop::Till", {holder: {name: "Suspended"}}, {holder: {name: on}})
    assert lines_of("Shop::Till", {holder: {name: True}}, {holder: {name: False}}) == told(
        f"{holder}.{name} was on and is off: nothing stops its deletion"
    )
    assert not lines_of("Shop::Till", {"Till": {name: "Enabled"}}, {"Till": {name: "Disabled"}})
    assert not lines_of("Shop::Till", {name: "Enabled"}, {name: "Disabled"})
    assert not lines_of("Shop::Till", {holder: {"Colour": "Enabled"}}, {holder: {"Colour": "Disabled"}})


def test_the_mode_of_an_object_lock() -> None:
    def lock(mode: str) -> dict[str, Any]:
        return {"Rule": {"DefaultRetention": {"Mode": mode}}}

    assert lines_of("Shop::Till", lock("COMPLIANCE"), lock("GOVERNANCE")) == told(
        "Rule.DefaultRetention.Mode was COMPLIANCE and is GOVERNANCE"
    )
    assert not lines_of("Shop::Till", lock("GOVERNANCE"), lock("COMPLIANCE"))
    assert not lines_of("Shop::Till", {"Rule": {"Mode": "COMPLIANCE"}}, {"Rule": {"Mode": "GOVERNANCE"}})


@pytest.mark.parametrize("name", ["RetentionInDays", "DeleteAfterDays", "ExpirationInDays", "NoncurrentDays"])
def test_what_is_kept_for_ever_unless_it_is_said(name: str) -> None:
    for_ever = told(f"{name} was not set and is 7: what was kept for ever is deleted")
    assert lines_of("Shop::Till", {}, {name: 7}) == for_ever
    assert lines_of("Shop::Till", {name: 8}, {name: 7}) == told(f"{name} was 8 and is 7: what is older is deleted")
    assert lines_of("Shop::Till", {name: "8"}, {name: "7"}) == told(f"{name} was 8 and is 7: what is older is deleted")
    assert not lines_of("Shop::Till", {name: 7}, {})
    assert not lines_of("Shop::Till", {name: 7}, {name: 8})
    assert lines_of("Shop::Till", {name: 8}, {name: CHOICE}) == told(
        f"{name} was 8 and is Choice, which is not known before deployment"
    )


@pytest.mark.parametrize(
    "name",
    [
        "PendingWindowInDays",
        "RetainInterval",
        "LogRetention",
        "RetentionPeriod",
        "MinRetentionDays",
        "DataRetentionHours",
    ],
)
def test_a_shorter_time(name: str) -> None:
    assert lines_of("Shop::Till", {name: 60}, {name: 31}) == told(f"{name} was 60 and is 31: what is older is deleted")
    assert not lines_of("Shop::Till", {name: 31}, {name: 60})
    assert lines_of("Shop::Till", {name: 60}, {}) == told(f"{name} was 60 and is not set: what is older is deleted")


@pytest.mark.parametrize("name", ["RetentionType", "RetentionUnit", "RetentionMode", "RetentionSupport", "Days", "Age"])
def test_what_is_no_time(name: str) -> None:
    assert not lines_of("Shop::Till", {name: 60}, {name: 31})


@pytest.mark.parametrize(
    ("name", "unset"),
    [
        ("AutomatedSnapshotRetentionPeriod", 1),
        ("AutomaticBackupRetentionDays", 30),
        ("BackupRetentionPeriod", 1),
        ("MessageRetentionPeriod", 345_600),
        ("PendingWindowInDays", 30),
        ("PerformanceInsightsRetentionPeriod", 7),
        ("RetentionPeriodHours", 24),
        ("SnapshotRetentionLimit", 0),
    ],
)
def test_what_the_service_does_where_no_time_is_set(name: str, unset: int) -> None:
    longer = {name: unset + 1}
    assert lines_of("Shop::Till", longer, {}) == told(
        f"{name} was {unset + 1} and is not set: what is older is deleted"
    )
    assert not lines_of("Shop::Till", {name: unset}, {})
    if unset:
        assert lines_of("Shop::Till", {}, {name: unset - 1}) == told(
            f"{name} was not set and is {unset - 1}: what is older is deleted"
        )


def test_a_time_that_is_no_number_is_nothing_to_compare() -> None:
    assert not lines_of("Shop::Till", {"LogRetention": "long"}, {"LogRetention": "short"})
    assert lines_of("Shop::Till", {"DataRetention": True}, {"DataRetention": False}) == told(
        "DataRetention was true and is false: what is older is deleted"
    )


def rules(*days: int) -> dict[str, Any]:
    return {"Rules": [{"ExpirationInDays": one} for one in days]}


def test_an_expiry_among_several() -> None:
    new = told("Rules[].ExpirationInDays was not set and is 9: what was kept for ever is deleted")
    assert lines_of("Shop::Till", rules(5), rules(5, 9)) == new
    assert not lines_of("Shop::Till", rules(5, 9), rules(5))
    assert not lines_of("Shop::Till", rules(9, 5), rules(5, 9))
    assert lines_of(
        "Shop::Till", {}, {"Rules": {"Fn::If": ["C", [{"ExpirationInDays": 5}], {"Ref": "AWS::NoValue"}]}}
    ) == (told("Rules[].ExpirationInDays was not set and is 5: what was kept for ever is deleted"))


def test_an_expiry_within_something() -> None:
    deep = {"Plan": {"Rule": [{"Lifecycle": {"DeleteAfterDays": 3}}]}}
    assert lines_of("Shop::Till", {"Plan": {"Rule": [{"Lifecycle": {}}]}}, deep) == told(
        "Plan.Rule[].Lifecycle.DeleteAfterDays was not set and is 3: what was kept for ever is deleted"
    )


@pytest.mark.parametrize("on", [True, "true", EITHER, CHOICE])
def test_items_that_begin_to_expire(on: Any) -> None:
    expiry = {"TimeToLiveSpecification": {"AttributeName": "until", "Enabled": on}}
    never = {"TimeToLiveSpecification": {"AttributeName": "until", "Enabled": False}}
    gone = told("TimeToLiveSpecification was not set and is on: what was kept for ever is deleted")
    assert lines_of("Shop::Till", {}, expiry) == gone
    assert lines_of("Shop::Till", never, expiry) == gone
    assert not lines_of("Shop::Till", expiry, never)
    assert not lines_of("Shop::Till", {}, never)


def attributes(**values: Any) -> dict[str, Any]:
    return {"LoadBalancerAttributes": [{"Key": name.replace("__", "."), "Value": one} for name, one in values.items()]}


def test_a_load_balancer_that_may_be_deleted() -> None:
    gone = told("deletion_protection.enabled was on and is off: nothing stops its deletion")
    for on in (True, "true"):
        for off in (attributes(deletion_protection__enabled="false"), attributes(idle="60"), {}):
            old = attributes(idle="60", deletion_protection__enabled=on)
            assert lines_of("Shop::Till", old, off) == gone
            assert not lines_of("Shop::Till", off, old)
    logs = ["danger: alarms: It: access_logs.s3.enabled was true and is false"]
    assert lines_of("Shop::Till", attributes(access_logs__s3__enabled="true"), attributes()) == logs
