"""A verdict names each contract without which it would be another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from patternkit.promise_lists import BadPromise
from patternkit.routes import ContractError, Contracts, Network
from patternkit.routes.promises import read_promises
from patternkit.routes.proving import Proof
from tests.patternkit.routes.test_found import FOUND, REPORTED

Given = dict[str, Any]


def runs() -> Iterator[Any]:
    for expected in sorted([*FOUND.glob("*/expected.yaml"), *REPORTED.glob("*/expected.yaml")]):
        folder = expected.parent
        for name, run in yaml.safe_load(expected.read_text()).items():
            details = run if isinstance(run, dict) else {}
            contracts = folder / details.get("contracts", "contracts.yaml")
            if contracts.exists():
                templates = [folder / file for file in details.get("templates", ())] or sorted(
                    folder.glob(f"{name}*.yaml")
                )
                given = yaml.safe_load(contracts.read_text())
                yield pytest.param(folder / "promises.yaml", templates, given, id=f"{folder.name}-{name}")


def without_one(contracts: Given) -> Iterator[tuple[str, str, Given]]:
    """Each section and name of an entry, with the contracts that are left without it."""
    for section, entries in contracts.items():
        for entry in entries:
            left = (
                {name: one for name, one in entries.items() if name != entry}
                if isinstance(entries, dict)
                else [one for one in entries if one is not entry]
            )
            name = entry if isinstance(entry, str) else str(entry.get("name") or entry.get("table"))
            yield section, name, {**contracts, section: left}


@pytest.mark.parametrize(("promises", "templates", "contracts"), list(runs()))
def test_what_decides_is_named(promises: Path, templates: list[Path], contracts: Given) -> None:
    asked = read_promises(promises)
    told = Network.load(*templates, contracts=Contracts.from_data(contracts)).answer_all(asked)
    for section, name, left in without_one(contracts):
        try:
            others = Network.load(*templates, contracts=Contracts.from_data(left)).answer_all(asked)
        except ContractError:
            continue  # What is left speaks of what was declared.
        for was, now in zip(told, others, strict=True):
            if isinstance(was, BadPromise) or isinstance(now, BadPromise) or was.verdict is now.verdict:
                continue
            assert isinstance(was, Proof)
            if was.verdict.value != "UNKNOWN":
                assert f"{section} {name}" in was.contracts, f"{was}\nwithout {section} {name}\n{now}"
