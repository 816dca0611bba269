"""What became of mutants, kept from run to run, and those that no test can tell from the code."""

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutation.mutants import Mutant

EQUIVALENT = Path(__file__).parent / "equivalent.toml"


def digest(tree: Path, paths: Iterable[str]) -> str:
    """Tell whether files are as they were: a short hash of all files in folders, or of files."""
    found = hashlib.sha256()
    for path in paths:
        start = tree / path
        for file in sorted(start.rglob("*.*")) if start.is_dir() else [start]:
            if file.is_file():
                found.update(file.relative_to(tree).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]


def equivalents(keys: Iterable[str]) -> dict[str, str]:
    """Read which mutants are judged to be equivalent.

    Args:
        keys: Of the mutants that there are, to find those that are told by what they have in common.

    Returns:
        The reason of each, by the mutant's key.
    """
    found: dict[str, str] = {}
    for group in tomllib.loads(EQUIVALENT.read_text("utf-8")).get("equivalent", ()):
        alike = re.compile(group["like"]) if "like" in group else None
        found |= dict.fromkeys(group.get("mutants", ()), group["reason"])
        found |= {key: group["reason"] for key in keys if alike and alike.fullmatch(key)}
    return found


@dataclass(slots=True)
class Outcomes:
    """The outcomes of a room's mutants, in a file that is added to after each.

    What was killed stays so while its module is as it was. What survived is tried again when a test has changed.

    Attributes:
        path: The file.
        modules: Digests of the modules.
        tests: The digest of the tests.
        known: What became of the mutants, by key.
    """

    path: Path
    modules: Mapping[str, str]
    tests: str
    known: dict[str, str] = field(default_factory=dict)

    def read(self) -> None:
        """Read what is still true."""
        for line in self.path.read_text("utf-8").splitlines() if self.path.exists() else ():
            one = json.loads(line)
            if one["code"] == self.modules.get(one["module"]) and (
                one["outcome"] in ("killed", "refused") or one["tests"] == self.tests
            ):
                self.known[one["key"]] = one["outcome"]

    def add(self, mutant: Mutant, outcome: str, seconds: float) -> None:
        """Note what became of a mutant."""
        self.known[mutant.key] = outcome
        one = {
            "key": mutant.key,
            "module": mutant.module,
            "outcome": outcome,
            "seconds": round(seconds, 2),
            "code": self.modules[mutant.module],
            "tests": self.tests,
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(one) + "\n")


def figures(mutants: Iterable[Mutant], known: Mapping[str, str], equivalent: Mapping[str, str]) -> str:
    """Say what became of mutants, in one line."""
    counted = Counter("equivalent" if one.key in equivalent else known.get(one.key, "not run") for one in mutants)
    killed, judged = counted["killed"] + counted["out of time"], sum(counted.values())
    decided = judged - counted["equivalent"] - counted["not run"]
    by_tests, noticed = (
        f"{100 * one / decided:.1f}%" if decided else "none" for one in (killed, killed + counted["refused"])
    )
    parts = [f"{judged} drawn", f"{killed} killed by tests ({counted['out of time']} of them out of time)"]
    parts += [f"{counted['refused']} refused by mypy"]
    parts += [f"{counted[name]} {name}" for name in ("equivalent", "survived", "no test")]
    if counted["not run"]:
        parts.append(f"{counted['not run']} not run yet")
    shares = f"{noticed} of those that are not equivalent are noticed, {by_tests} by tests alone"
    return f"{', '.join(parts)}: {shares}"
