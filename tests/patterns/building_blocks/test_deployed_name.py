"""Names, paths and marks differ where two deployments of one app would meet; else they are the CDK's own."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from patterns.building_blocks.deployed_name import unique_mark, unique_name, unique_path
from tests.constructs import app_for_its_template


def thing(scope: Construct, stack_name: str | None = None) -> Construct:
    return Construct(Construct(cdk.Stack(scope, "Shop", stack_name=stack_name), "Orders"), "Thing")


@pytest.mark.parametrize("staged", [False, True])
def test_where_the_stack_is_named_by_its_place_names_are_those_of_the_cdk(staged: bool) -> None:
    app = app_for_its_template()
    one = thing(cdk.Stage(app, "Production") if staged else app)
    assert unique_name(one, "Task", longest=255) is None
    assert unique_name(one, "Task", longest=64, usual="flows-1") == "flows-1"
    assert unique_path(one) == ("Production/" if staged else "") + "Shop/Orders/Thing"
    assert unique_mark(one) == one.node.addr
    task = ecs.FargateTaskDefinition(one, "Task", family=unique_name(one, "Task", longest=255))
    assert task.family == ecs.FargateTaskDefinition(Construct(one, "Default"), "Task").family


def test_two_deployments_of_one_app_have_other_names() -> None:
    first, second = (thing(app_for_its_template(), stack_name=name) for name in ("shop-blue", "shop-green"))
    assert first.node.path == second.node.path
    for found in (
        lambda one: unique_name(one, "Task", longest=64),
        lambda one: unique_name(one, "Task", longest=64, usual="flows-1"),
        unique_path,
        unique_mark,
    ):
        assert found(first) != found(second)
    assert unique_name(first, "Task-1", longest=64).startswith("shopblueOrdersThing")  # type: ignore[union-attr]
    assert unique_name(first, "Task-1", longest=64).endswith("Task1")  # type: ignore[union-attr]
    assert unique_path(first) == "shop-blue/Orders/Thing"
    assert len(unique_mark(first)) == len(first.node.addr)
    assert unique_mark(first) == unique_mark(thing(app_for_its_template(), stack_name="shop-blue"))


def test_constructs_of_one_id_in_two_nested_stacks_have_other_names() -> None:
    app = app_for_its_template()
    stack = cdk.Stack(app, "Shop", stack_name="shop-blue")
    first, second = (Construct(cdk.NestedStack(stack, place), "Thing") for place in ("First", "Second"))
    assert unique_name(first, "Task", longest=64) != unique_name(second, "Task", longest=64)
    assert (unique_path(first), unique_path(second)) == ("shop-blue/First/Thing", "shop-blue/Second/Thing")
    assert unique_mark(first) != unique_mark(second)


def test_long_places_are_told_apart() -> None:
    app = app_for_its_template()
    stack = cdk.Stack(app, "S" * 128)
    first, second = (Construct(Construct(stack, place + "x" * 150), "Thing") for place in ("a", "b"))
    assert unique_name(first, "Task", longest=64) != unique_name(second, "Task", longest=64)
    assert max(len(unique_name(one, "Task", longest=64) or "") for one in (first, second)) <= 64
    assert unique_path(first) != unique_path(second)
    assert len(unique_path(first)) == 208


def test_a_path_is_of_characters_that_a_metric_takes() -> None:
    one = Construct(thing(app_for_its_template()), "Größe: 5*$")
    assert unique_path(one) == "Shop/Orders/Thing/Gr--e- 5--"
