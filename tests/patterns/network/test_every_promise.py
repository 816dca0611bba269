"""The promises of every network's `promises.yaml`: each holds of its example, and mutants of the example break them."""

import copy
import dataclasses
import importlib
from functools import cache
from importlib.util import find_spec
from typing import cast

import pytest

from patternkit.catalog.discovery import Pattern
from patternkit.catalog.parts.losses import PROMISES, contracts
from patternkit.routes import Contracts, Network, Promise, Verdict, load_promises
from patternkit.routes.templates import StackSource, read
from tests.conftest import ENVIRONMENTS, example
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.test_every_network import NETWORKS

PATTERNS = [cast(Pattern, one.values[0]) for one in NETWORKS]


@cache
def sources(pattern: Pattern, environment: str) -> list[StackSource]:
    return list(read(example(pattern.name, environment).directory))


def network(pattern: Pattern, stacks: list[StackSource]) -> Network:
    file = contracts(pattern)
    return Network(stacks, Contracts.load(file) if file else None)


def promises(pattern: Pattern) -> dict[str, Promise]:
    return {str(one): one for one in load_promises(pattern.folder / PROMISES)}


def mutants() -> list[tuple[Pattern, Mutant]]:
    found: list[tuple[Pattern, Mutant]] = []
    for pattern in PATTERNS:
        module = f"tests.patterns.network.{pattern.folder.name}.mutants"
        if find_spec(module) is not None:
            found += [(pattern, one) for one in importlib.import_module(module).MUTANTS]
    return found


MUTANTS = [
    pytest.param(pattern, one, id=f"{pattern.name}: {one.name}", marks=pytest.mark.xdist_group(pattern.name))
    for pattern, one in mutants()
]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("pattern", NETWORKS)
def test_every_promise_holds(pattern: Pattern, environment: str) -> None:
    made = promises(pattern)
    assert all(one.name for one in made.values()), "name each promise: its page calls it so"
    network(pattern, sources(pattern, environment)).assert_holds(*made.values())


@pytest.mark.parametrize(("pattern", "mutant"), MUTANTS)
def test_a_mutant_breaks_what_it_must(pattern: Pattern, mutant: Mutant) -> None:
    stacks = [dataclasses.replace(one, template=copy.deepcopy(one.template)) for one in sources(pattern, "agnostic")]
    mutant.change(Templates({one.name: one.template for one in stacks}))
    found, made = network(pattern, stacks), promises(pattern)
    for name in mutant.breaks:
        proof = found.prove(made[name])
        wanted = Verdict.UNKNOWN if mutant.refused else Verdict.FAILS
        assert proof.verdict is wanted, str(proof)
        assert not mutant.refused or "AWS refuses" in proof.reason
