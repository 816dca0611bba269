"""What roles may do is named exactly: no action with a wildcard.

Read from the snapshots, which are held to the templates elsewhere; and from what each argument makes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.every_template import TEMPLATES, every_template, resources

POLICIES = {"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role"}


def permitted(value: Any) -> Iterator[str]:
    """The actions that statements allow, at any depth."""
    if isinstance(value, dict):
        if value.get("Effect") == "Allow":
            actions = value.get("Action", [])
            yield from actions if isinstance(actions, list) else [actions]
        for one in value.values():
            yield from permitted(one)
    elif isinstance(value, list):
        for one in value:
            yield from permitted(one)


@every_template
def test_roles_may_do_no_action_with_a_wildcard(path: Path) -> None:
    found = {
        name: wild
        for name, one in resources(path).items()
        if one["Type"] in POLICIES and (wild := [each for each in permitted(one["Properties"]) if "*" in each])
    }
    assert found == {}


def test_actions_are_found() -> None:
    roles = [one for path in TEMPLATES for one in resources(path).values() if one["Type"] in POLICIES]
    assert sum(len(list(permitted(one["Properties"]))) for one in roles) > 500
