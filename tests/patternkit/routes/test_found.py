"""Templates on which a verdict was once wrong, and their siblings: each with the verdicts that are right.

A folder of `found/` holds `bad.yaml` (with the fault), often `good.yaml` (mended), `promises.yaml`, sometimes
`contracts.yaml`, and `expected.yaml`: by case the verdicts of the promises, in order. A case is named for its template,
or says which one it takes and with which contracts:

```yaml
bad: [FAILS, "UNKNOWN: words of one of its reasons"]
declared: {template: good, contracts: {appliances: {Nat: translates}}, verdicts: [HOLDS]}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from patternkit.routes import Contracts, Network
from patternkit.routes.promises import load_promises

FOUND = Path(__file__).parent / "found"


def cases() -> Iterator[Any]:
    for path in sorted(FOUND.glob("*/expected.yaml")):
        for name, case in yaml.safe_load(path.read_text()).items():
            case = case if isinstance(case, dict) else {"verdicts": case}
            yield pytest.param(path.parent, {"template": name, **case}, id=f"{path.parent.name}-{name}")


def contracts(folder: Path, case: dict[str, Any]) -> Contracts:
    path = folder / "contracts.yaml"
    data = yaml.safe_load(path.read_text()) if path.exists() else {}
    return Contracts.from_data({**data, **case.get("contracts", {})})


@pytest.mark.parametrize(("folder", "case"), list(cases()))
def test_found(folder: Path, case: dict[str, Any]) -> None:
    network = Network.load(folder / f"{case['template']}.yaml", contracts=contracts(folder, case))
    promises = load_promises(folder / "promises.yaml")
    assert len(promises) == len(case["verdicts"])
    for promise, expected in zip(promises, case["verdicts"], strict=True):
        verdict, _, words = expected.partition(": ")
        proof = network.prove(promise)
        assert proof.verdict.value == verdict, f"{promise}: expected {expected}\n{proof}"
        assert words in "\n".join((proof.reason, *proof.unknown)), f"{words!r} is not in\n{proof}"


def test_every_folder_has_its_verdicts() -> None:
    folders = {path for path in FOUND.iterdir() if path.is_dir()}
    assert folders == {path.parent for path in FOUND.glob("*/expected.yaml")}
