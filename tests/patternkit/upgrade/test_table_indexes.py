"""Changes of global secondary indexes that DynamoDB refuses."""

from typing import Any

import pytest

from tests.patternkit.upgrade.lines import lines, resource


def index(name: Any, key: str = "a", **more: Any) -> dict[str, Any]:
    keys = [{"AttributeName": key, "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}, **more}


def table(*indexes: dict[str, Any], kind: str = "DynamoDB::Table", **more: Any) -> dict[str, Any]:
    made = resource(kind, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], **more)
    if indexes:
        made["Properties"]["GlobalSecondaryIndexes"] = list(indexes)
    return {"Table": made}


@pytest.mark.parametrize("kind", ["DynamoDB::Table", "DynamoDB::GlobalTable"])
@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ([], ["a", "b"], "a, b"),
        (["a", "b"], [], "a, b"),
        (["a"], ["b"], "a, b"),
        (["a", "b"], ["b", "c", "d"], "a, c, d"),
    ],
)
def test_two_that_are_made_or_deleted_at_once_are_told(kind: str, old: list[str], new: list[str], named: str) -> None:
    before, after = (table(*map(index, names), kind=kind) for names in (old, new))
    [told] = lines(before, after)
    assert told.startswith(f"danger: replacement: Table: the indexes {named} are made or deleted in one update, which ")


def test_other_keys_under_the_same_name_are_told() -> None:
    [told] = lines(table(index("a")), table(index("a", "b")))
    assert told.startswith("danger: replacement: Table: the index a changes its keys or its projection, which DynamoDB")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([], [index("a")]),
        ([index("a")], []),
        ([index("a"), index("b")], [index("b"), index("a")]),
        ([index("a")], [index("a", ProvisionedThroughput={"ReadCapacityUnits": 5})]),
        ([index({"Ref": "Name"})], [index("a"), index("b")]),
    ],
)
def test_what_dynamodb_takes_is_not_told(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    assert not lines(table(*old), table(*new))


def test_a_table_that_is_made_anew_has_all_its_indexes_at_once() -> None:
    told = lines(table(), table(index("a"), index("b"), TableName="orders"))
    assert not [one for one in told if "refuses" in one]
