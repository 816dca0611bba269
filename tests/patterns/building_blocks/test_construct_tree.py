"""Where a construct stands: ids that can be deployed, names that stay, and resources of another stage."""

import re
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_kms as kms
from constructs import Construct

from patterns.building_blocks.construct_tree import check_id, check_stages, id_for, path_of
from tests.constructs import app_for_its_template


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def test_an_id_makes_a_path_of_at_most_180_characters(scope: cdk.Stack) -> None:
    check_id(scope, "a" * 175)
    with refused("construct_id must have at most 175 characters, so that its path has at most 180, got 176"):
        check_id(scope, "a" * 176)
    deep = Construct(scope, "a" * 200)
    with refused("construct_id must have at most 0 characters, so that its path has at most 180, got 1"):
        check_id(deep, "a")


def test_an_id_is_there_known_and_another_than_those_beside_it(scope: cdk.Stack) -> None:
    Construct(scope, "b" * 120)
    Construct(Construct(scope, "Beside"), "Within")
    check_id(scope, "Within")
    for given, said in (
        ("", "have at least 1 character, got none"),
        (cdk.Token.as_string({"Ref": "Id"}), "be known when the template is made, got a token"),
        ("Beside", "differ from those beside it, got 'Beside' twice"),
        ("b" * 120, f"differ from those beside it, got '{'b' * 100}' twice"),
    ):
        with refused(f"construct_id must {said}"):
            check_id(scope, given)


def test_what_is_made_for_a_resource_is_named_after_it_in_each_stage() -> None:
    app = app_for_its_template()
    stages = [cdk.Stage(app, name) for name in ("One", "Other")]
    alike = [Construct(cdk.Stack(one, "Stack"), "Vpc") for one in (app, *stages)]
    other = Construct(cdk.Stack(app, "Stack2"), "Vpc")
    assert {id_for("Zone", one) for one in alike} == {"Zoned5d48169"}
    assert id_for("Zone", other) != id_for("Zone", alike[0])
    assert id_for("Link", alike[0]) == "Linkd5d48169"


@dataclass
class Site:
    name: str
    key: Any


def test_a_resource_of_another_stage_is_refused_wherever_it_is_given() -> None:
    app = app_for_its_template()
    here, there = (cdk.Stack(cdk.Stage(app, name), "Stack") for name in ("Here", "There"))
    outside = cdk.Stack(app, "Outside")
    theirs, own = kms.Key(there, "Key"), kms.Key(here, "Key")
    imported = kms.Key.from_key_arn(there, "Imported", "arn:aws:kms:eu-west-1:111122223333:key/own")
    check_stages(here, {"key": own, "keys": [own], "imported": imported, "name": "There", "none": None, "number": 5})
    said = "must be of the same stage, stage Here, got There/Stack/Key of stage There: import it there"
    for argument, value in (
        ("key", theirs),
        ("keys", [own, imported, theirs]),
        ("keys", (own, theirs)),
        ("keys", {"a": own, "b": theirs}),
        ("keys", [[theirs]]),
    ):
        with refused(f"{argument} {said}"):
            check_stages(here, {"name": "a", argument: value})
    # A value that repeats names its own parts.
    for sites in (Site("a", theirs), [Site("a", own), Site("b", [theirs])]):
        with refused(f"key {said}"):
            check_stages(here, {"sites": sites})
    with refused("key must be of the same stage, the app itself, got There/Stack/Key of stage There: import it there"):
        check_stages(outside, {"key": theirs})
    with refused("key must be of the same stage, stage Here, got Outside/Key of the app itself: import it there"):
        check_stages(here, {"key": kms.Key(outside, "Key")})


def test_what_is_no_construct_has_no_path(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    imported = kms.Key.from_key_arn(scope, "Imported", "arn:aws:kms:eu-west-1:111122223333:key/own")
    assert [path_of(one) for one in (key, imported)] == ["Test/Key", "Test/Imported"]
    constant = codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE
    assert [path_of(one) for one in ("key", None, 5, [key], constant, Site("a", key))] == [None] * 6
    check_stages(scope, {"deployment_config": constant, "kind": Site, "text": b"bytes"})
