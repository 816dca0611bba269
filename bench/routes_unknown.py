"""The share of UNKNOWN, and of verdicts that are not right, over the networks of `tests/patternkit/routes/found`.

`python -m bench.routes_unknown` from the repository's root; in another tree, `--found` asks its prover the same
questions. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import yaml

from patternkit.routes import Network
from patternkit.routes.promises import read_promises


def answers(folder: Path, templates: list[Path], contracts: Path, count: int) -> list[str]:
    """The verdict of each promise of a run, or what kept the prover from one."""
    try:
        promises = read_promises(folder / "promises.yaml")
        network = Network.load(*templates, contracts=contracts if contracts.exists() else None)
    except Exception as error:
        return [f"error: {type(error).__name__}"] * count
    found = []
    for promise in promises:
        try:
            found.append(network.prove(promise).verdict.value)  # type: ignore[arg-type]
        except Exception as error:
            found.append(f"error: {type(error).__name__}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--found", type=Path, default=Path("tests/patternkit/routes/found"))
    options = parser.parse_args()
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for expected in sorted(options.found.glob("*/expected.yaml")):
        folder = expected.parent
        for name, run in yaml.safe_load(expected.read_text(encoding="utf-8")).items():
            details = run if isinstance(run, dict) else {"verdicts": run}
            named = [folder / file for file in details.get("templates", ())]
            templates = named or sorted(folder.glob(f"{name}*.yaml"))
            contracts = folder / details.get("contracts", "contracts.yaml")
            verdicts = answers(folder, templates, contracts, len(details["verdicts"]))
            for one, wanted in zip(verdicts, details["verdicts"], strict=False):
                said[one] += 1
                right[wanted] += 1
                if one != wanted:
                    wrong[one, wanted] += 1
    total = sum(said.values())
    for title, counts in (("said", said), ("right", right)):
        shares = ", ".join(f"{word} {count} ({count / total:.0%})" for word, count in sorted(counts.items()))
        print(f"{title} of {total}: {shares}")
    listed = ", ".join(f"{one} for {wanted} {count}" for (one, wanted), count in sorted(wrong.items()))
    print(f"not the right ones: {sum(wrong.values())}{': ' + listed if listed else ''}")


if __name__ == "__main__":
    main()
