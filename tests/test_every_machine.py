"""Types and images of every pattern that runs instances, which are discovered."""

import importlib
import inspect
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patternkit.catalog.discovery import Pattern, patterns
from tests.constructs import app_for_its_template, exported_constructs


def takers(*arguments: str) -> list[Any]:
    found = []
    for one in patterns().values():
        taken = inspect.signature(vars(exported_constructs()[one.construct])["__init__"]).parameters
        found += [pytest.param(one, name, id=f"{one.name}-{name}") for name in arguments if name in taken]
    return found


def refuse(pattern: Pattern, said: str, **given: Any) -> None:
    stack = getattr(importlib.import_module(f"{pattern.module}.example"), pattern.stack)
    env = cdk.Environment(account="111122223333", region="eu-west-1")
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        stack(app_for_its_template(), "Stack", env=env, **given)


@pytest.mark.parametrize(("pattern", "argument"), takers("instance_type", "instance_types"))
def test_a_type_tells_its_processor(pattern: Pattern, argument: str) -> None:
    if pattern.name == "appliance-fleet":
        pytest.skip("its image says for which processor it is")
    wrong = [ec2.InstanceType("foo.bar")] if argument == "instance_types" else ec2.InstanceType("foo.bar")
    refuse(pattern, f"{argument} must be a type of instances such as t4g.small, got foo.bar", **{argument: wrong})


@pytest.mark.parametrize(("pattern", "argument"), takers("machine_image"))
def test_an_image_is_one_of_the_stacks_region(pattern: Pattern, argument: str) -> None:
    image = ec2.MachineImage.generic_linux({"us-east-1": "ami-1"})
    refuse(
        pattern, f"{argument} must name an image of eu-west-1, the stack's Region, got none of it", **{argument: image}
    )
