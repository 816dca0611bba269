"""Changes of a table's global secondary indexes that Amazon DynamoDB refuses."""

from collections.abc import Iterator, Mapping
from typing import Any

from patternkit.upgrade.changes import Change, Kind, properties_of
from patternkit.upgrade.settings import mappings
from patternkit.upgrade.spelling import canonical

_TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
# What is changed without making the index anew.
_IN_PLACE = frozenset(
    {
        "ContributorInsightsSpecification",
        "OnDemandThroughput",
        "ProvisionedThroughput",
        "WarmThroughput",
        "WriteOnDemandThroughputSettings",
        "WriteProvisionedThroughputSettings",
    }
)


def index_changes(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Find changes of indexes that fail the update of a table that stays.

    Args:
        logical_id: The table.
        before: Its definition that is deployed.
        after: Its definition that is about to be.

    Yields:
        The changes.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
    """
    if after["Type"] not in _TABLES or before["Type"] != after["Type"]:
        return
    was, now = _indexes(before), _indexes(after)
    if was is None or now is None:
        return
    for name in sorted(was.keys() & now.keys()):
        if was[name] != now[name]:
            yield Change(
                Kind.REPLACEMENT,
                logical_id,
                f"the index {name} changes its keys or its projection, which DynamoDB refuses: give the new one "
                "another name, and take the old one out by a later update",
            )
    changed = sorted(was.keys() ^ now.keys())
    if len(changed) > 1:
        yield Change(
            Kind.REPLACEMENT,
            logical_id,
            f"the indexes {', '.join(changed)} are made or deleted in one update, which DynamoDB refuses: change one "
            "at a time",
        )


def _indexes(table: Mapping[str, Any]) -> dict[str, Any] | None:
    """The indexes by name; None where a name or the list itself is known only when it is deployed."""
    given = properties_of(table).get("GlobalSecondaryIndexes") or []
    if not isinstance(given, list):
        return None
    found = {}
    for one in mappings(given):
        if not isinstance(one.get("IndexName"), str):
            return None
        found[one["IndexName"]] = canonical({key: value for key, value in one.items() if key not in _IN_PLACE})
    return found
