"""The promises of every variant in a mirror's `variants.py`: each holds, and its mutants break them."""

import copy
import dataclasses
import importlib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from patternkit.catalog.discovery import Pattern
from patternkit.routes import Contracts, Network, Verdict
from patternkit.routes.templates import StackSource, read
from tests import every_template
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.synthesized import network as synthesized
from tests.patterns.network.test_every_promise import PATTERNS
from tests.patterns.network.variants import Variant


def variants() -> list[tuple[Pattern, Variant]]:
    found: list[tuple[Pattern, Variant]] = []
    for pattern in PATTERNS:
        module = f"tests.patterns.network.{pattern.folder.name}.variants"
        if find_spec(module) is not None:
            found += [(pattern, one) for one in importlib.import_module(module).VARIANTS]
    return found


FOUND = variants()
VARIANTS = [
    pytest.param(one, id=f"{pattern.name}: {one.name}", marks=pytest.mark.xdist_group(pattern.name))
    for pattern, one in FOUND
]
MUTANTS = [
    pytest.param(
        one, mutant, id=f"{pattern.name}: {one.name}: {mutant.name}", marks=pytest.mark.xdist_group(pattern.name)
    )
    for pattern, one in FOUND
    for mutant in one.mutants
]


@cache
def sources(name: str) -> tuple[StackSource, ...]:
    [variant] = [one for pattern, one in FOUND if f"{pattern.name}: {one.name}" == name]
    return tuple(read(synthesized(variant.build).directory))


def network(variant: Variant, stacks: list[StackSource]) -> Network:
    return Network(stacks, Contracts.from_data(dict(variant.contracts)))


def stacks_of(variant: Variant) -> list[StackSource]:
    [name] = [f"{pattern.name}: {one.name}" for pattern, one in FOUND if one is variant]
    return [dataclasses.replace(one, template=copy.deepcopy(one.template)) for one in sources(name)]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_promise_of_a_variant_holds(variant: Variant) -> None:
    assert all(one.name for one in variant.promises)
    network(variant, stacks_of(variant)).assert_holds(*variant.promises)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_keeps_what_is_held_of_every_template(variant: Variant, tmp_path: Path) -> None:
    broken = []
    for one in stacks_of(variant):
        path = tmp_path / f"{one.name}{every_template.END}"
        path.write_text(json.dumps(one.template), encoding="utf-8")
        for rule in every_template.rules():
            try:
                rule(path)
            except AssertionError as error:
                broken.append((rule.__name__, f"{one.name}: {error}"))
    assert [why for rule, why in broken if rule not in variant.loosens] == []
    assert {rule for rule, _ in broken} == variant.loosens.keys()


@pytest.mark.parametrize(("variant", "mutant"), MUTANTS)
def test_a_mutant_of_a_variant_breaks_what_it_must(variant: Variant, mutant: Mutant) -> None:
    stacks = stacks_of(variant)
    mutant.change(Templates({one.name: one.template for one in stacks}))
    found, made = network(variant, stacks), {str(one): one for one in variant.promises}
    for name in mutant.breaks:
        proof = found.prove(made[name])
        wanted = Verdict.UNKNOWN if mutant.refused else Verdict.FAILS
        assert proof.verdict is wanted, str(proof)
        assert not mutant.refused or "AWS refuses" in proof.reason
