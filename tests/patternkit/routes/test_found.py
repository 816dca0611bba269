"""Templates on which the verdict was once wrong: each folder of `found` says what is right, and why.

A folder holds `bad.yaml` (with a fault), often `good.yaml` (mended), `promises.yaml`, often `contracts.yaml`, and
`expected.yaml`: by template the verdict of each promise, and words that the proof says.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from patternkit.routes import Network, load_promises
from patternkit.routes.contracts import read_data
from patternkit.routes.errors import TemplateError

FOLDER = Path(__file__).parent / "found"
FOLDERS = sorted(path.parent for path in FOLDER.glob("*/promises.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_verdict_is_right(folder: Path) -> None:
    expected = read_data(folder / "expected.yaml", TemplateError)
    templates = sorted(path.stem for path in folder.glob("*.yaml") if path.stem in ("bad", "good"))
    assert sorted(expected) == templates
    contracts = folder / "contracts.yaml"
    for name, verdicts in expected.items():
        network = Network.load(folder / f"{name}.yaml", contracts=contracts if contracts.is_file() else None)
        proofs = network.prove_all(load_promises(folder / "promises.yaml"))
        assert [proof.verdict.value for proof in proofs] == [item["verdict"] for item in verdicts], "\n\n".join(
            map(str, proofs)
        )
        for proof, item in zip(proofs, verdicts, strict=True):
            assert item.get("says", "") in str(proof), str(proof)
