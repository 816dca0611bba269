"""Templates are compared by what they mean."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from patternkit.testing.snapshot_layout import same
from patternkit.testing.snapshots import differences, normalized

ONE, OTHER = "a1" * 32, "b2" * 32


def function(digest: str) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": f"{digest}.zip"}}}


def keys(template: dict[str, Any]) -> list[str]:
    return [one["Properties"]["Code"]["S3Key"] for one in normalized(template)["Resources"].values()]


def test_the_hash_of_an_asset_does_not_matter() -> None:
    assert normalized({"Resources": {"F": function(ONE)}}) == normalized({"Resources": {"F": function(OTHER)}})


def test_two_assets_stay_two_and_one_used_twice_stays_one() -> None:
    assert keys({"Resources": {"A": function(ONE), "B": function(OTHER), "C": function(ONE)}}) == [
        "<asset 1>.zip",
        "<asset 2>.zip",
        "<asset 1>.zip",
    ]


def test_swapping_two_assets_is_a_difference() -> None:
    both = {"Resources": {"A": function(ONE), "B": function(OTHER)}, "Outputs": {"A": {"Value": ONE}}}
    swapped = copy.deepcopy(both)
    swapped["Resources"] = {"A": function(OTHER), "B": function(ONE)}
    assert normalized(both) != normalized(swapped)


def test_what_is_almost_a_hash_is_kept() -> None:
    for text in (ONE[:-1], ONE + "0", ONE.upper(), "arn:aws:s3:::bucket"):
        assert normalized({"Outputs": {"O": {"Value": text}}}) == {"Outputs": {"O": {"Value": text}}}


def test_the_cdks_metadata_is_left_out_and_others_is_kept() -> None:
    theirs = {"aws:cdk:path": "S/Q", "aws:asset:path": "asset.1", "cfn-lint": {"ignore": []}}
    template = {
        "Resources": {
            "CDKMetadata": {"Type": "AWS::CDK::Metadata"},
            "A": {"Type": "AWS::SQS::Queue", "Metadata": dict(theirs)},
            "B": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "S/B"}},
        }
    }
    before = copy.deepcopy(template)
    assert normalized(template) == {
        "Resources": {
            "A": {"Type": "AWS::SQS::Queue", "Metadata": {"cfn-lint": {"ignore": []}}},
            "B": {"Type": "AWS::SQS::Queue"},
        }
    }
    assert template == before


def test_differences_name_logical_ids_and_properties() -> None:
    old = {
        "Resources": {
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"A": 1, "L": [1, 2], "M": [1]}},
            "Gone": {"Type": "T::G"},
        }
    }
    new = {
        "Resources": {
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"B": 2, "L": [1, 3], "M": [1, 2]}},
            "New": {"Type": "T::N"},
        }
    }
    assert list(differences(old, new)) == [
        "- Resources.Gone: T::G",
        "+ Resources.New: T::N",
        "- Resources.Q.Properties.A: 1",
        "+ Resources.Q.Properties.B: 2",
        "~ Resources.Q.Properties.L.1: 2 -> 3",
        "~ Resources.Q.Properties.M: [1] -> [1, 2]",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_there_is_a_difference_exactly_where_two_differ(one: Any, other: Any) -> None:
    assert list(differences(one, copy.deepcopy(one))) == []
    assert bool(list(differences(one, other))) != same(one, other)
