"""Damaged templates given to the fixtures: an answer, a failure that says what is wrong, or one line of an error."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from patternkit.errors import PatternkitError
from patternkit.routes import Network, no_blackhole
from tests.patternkit.templates.damage import damaged
from tests.patternkit.templates.test_damage import small


def told(seed: int, ask: Callable[[], object]) -> bool:
    """Whether a fixture answers; else it fails the test in its own words, or says in one line what it cannot read."""
    refusal = failure = ""
    try:
        ask()
    except PatternkitError as error:
        refusal = str(error)
    except (AssertionError, pytest.fail.Exception) as error:
        failure = str(error)
    assert len(refusal.splitlines()) <= 1, (seed, refusal[:500])
    return not refusal and not failure


def test_the_network(network: Callable[..., Network]) -> None:
    whole = small("AWS::EC2::VPC")

    def ask(seed: int) -> object:
        return network(damaged(whole, random.Random(seed))).answer_all([no_blackhole("every subnet", "every subnet")])

    answered = [told(seed, partial(ask, seed)) for seed in range(20)]
    assert 0 < sum(answered) < len(answered)


def test_the_permissions(permissions: Callable[..., Any]) -> None:
    whole = small("AWS::Lambda::Function")
    name = next(name for name, one in whole["Resources"].items() if one["Type"] == "AWS::Lambda::Function")

    def ask(seed: int) -> object:
        template = damaged(whole, random.Random(seed))
        return permissions(template, events=[{}], handler=lambda _, __: None, function=name)

    answered = [told(seed, partial(ask, seed)) for seed in range(4)]
    assert not all(answered)


def test_the_stateful_snapshot(stateful_snapshot: Callable[..., Any], tmp_path: Any) -> None:
    whole = small("AWS::S3::Bucket")

    def ask(seed: int) -> object:
        return stateful_snapshot(damaged(whole, random.Random(seed), 3), name=str(seed), folder=tmp_path)

    # Each writes its snapshot where it can be written.
    for seed in range(20):
        told(seed, partial(ask, seed))
