"""Networks on which a verdict was once wrong, under `found`, and those of public reports, under `reported`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from patternkit.routes import Network
from patternkit.routes.promises import read_promises
from patternkit.routes.proving.proof import answer_data
from tests.patternkit.routes.reasons import badly_told

FOUND = Path(__file__).parent / "found"
REPORTED = Path(__file__).parent / "reported"


def runs() -> Iterator[Any]:
    for expected in sorted([*FOUND.glob("*/expected.yaml"), *REPORTED.glob("*/expected.yaml")]):
        for name, run in yaml.safe_load(expected.read_text()).items():
            details = run if isinstance(run, dict) else {"verdicts": run}
            yield pytest.param(expected.parent, name, details, id=f"{expected.parent.name}-{name}")


@pytest.mark.parametrize(("folder", "name", "run"), list(runs()))
def test_the_verdicts_are_right(folder: Path, name: str, run: dict[str, Any]) -> None:
    templates = [folder / file for file in run.get("templates", ())] or sorted(folder.glob(f"{name}*.yaml"))
    contracts = folder / run.get("contracts", "contracts.yaml")
    network = Network.load(*templates, contracts=contracts if contracts.exists() else None)
    answers = network.answer_all(read_promises(folder / "promises.yaml"))
    told = "\n\n".join(map(str, answers))
    assert [answer_data(answer)["verdict"] for answer in answers] == run["verdicts"], told
    assert not [reason for answer in answers for reason in badly_told(network, answer)]
    for answer, words in zip(answers, run.get("reasons", ()), strict=False):
        data = answer_data(answer)
        assert words is None or any(words in reason for reason in (data["reason"], *data.get("unknown", ()))), told


def test_every_folder_is_tried() -> None:
    for whole in (FOUND, REPORTED):
        assert {path.name for path in whole.iterdir() if path.is_dir()} == {
            path.parent.name for path in whole.glob("*/expected.yaml")
        }
