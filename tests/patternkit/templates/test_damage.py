"""Every reader, given damage that is generated: one line of an error that is foreseen, or an answer; never a traceback.

In the suite a few hundred damages; `FUZZ=100000 pytest tests/patternkit/templates/test_damage.py` draws as many.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patternkit.catalog.cli import app
from patternkit.errors import PatternkitError
from patternkit.localcloud import LocalCloudError
from patternkit.localcloud.assembly import read_assembly
from patternkit.routes import Network, TemplateError
from patternkit.testing.permissions import prove
from patternkit.upgrade import compare
from tests.conftest import ROOT
from tests.patternkit.templates.assemblies import written
from tests.patternkit.templates.damage import damage_folder, damaged, damaged_text

TIMES = int(os.environ.get("FUZZ", "0"))
LONGEST = 20
"""Seconds of the processor that one damage may take; it takes milliseconds."""

TEMPLATES = [
    template
    for path in sorted((ROOT / "tests").rglob("snapshots/*agnostic*.json"))
    if "Resources" in (template := json.loads(path.read_text(encoding="utf-8")))
]


def small(kind: str) -> dict[str, Any]:
    having = [one for one in TEMPLATES if any(each["Type"] == kind for each in one["Resources"].values())]
    return min(having, key=lambda one: len(json.dumps(one)))


def holds(what: str, read: Callable[[], object]) -> bool:
    """Whether something reads; else its refusal is one short line."""
    used = time.process_time()
    try:
        read()
    except PatternkitError as error:
        text = str(error)
        assert len(text.splitlines()) == 1, (what, text)
        assert len(text) < 2_000, (what, text[:3_000])
        text.encode()
        return False
    finally:
        assert time.process_time() - used < LONGEST, what
    return True


def drawn(times: int, read: Callable[[random.Random], object]) -> None:
    answered = sum(holds(f"seed {seed}", partial(read, random.Random(seed))) for seed in range(TIMES or times))
    # Damage that is always refused, or never, is not where it matters.
    assert 0 < answered < (TIMES or times)


def test_the_comparison_of_templates() -> None:
    whole = small("AWS::Lambda::Function")

    def read(chance: random.Random) -> None:
        other = damaged(whole, chance, chance.choice([1, 1, 2, 5]))
        for change in (*compare(whole, other), *compare(other, whole)):
            str(change).encode()

    drawn(25, read)


def test_the_prover() -> None:
    whole = small("AWS::EC2::VPC")

    def read(chance: random.Random) -> None:
        network = Network.from_templates({"Net": damaged(whole, chance, chance.choice([1, 1, 2, 5]))})
        "".join(network.invalid).encode()

    drawn(60, read)


def test_the_permissions_proof() -> None:
    whole = small("AWS::Lambda::Function")
    function = next(name for name, one in whole["Resources"].items() if one["Type"] == "AWS::Lambda::Function")

    def read(chance: random.Random) -> None:
        prove(damaged(whole, chance), events=[{}], handler=lambda _, __: None, function=function)

    drawn(12, read)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("assembly"))


def test_an_assembly_that_is_whole(assembly: Path) -> None:
    assert [one.name for one in read_assembly(assembly).stacks] == ["One", "Two", "Inner"]
    assert [one.name for one in read_assembly(assembly / "assembly-Stage").stacks] == ["Inner"]


def test_assemblies(assembly: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"

    def read(chance: random.Random) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(assembly, folder)
        for _ in range(chance.choice([1, 1, 3])):
            damage_folder(folder, chance)
        failures = []
        for reader in (read_assembly, Network.load):
            try:
                reader(folder)
            except PatternkitError as error:
                failures.append(error)
        if failures:
            assert all(len(str(one).splitlines()) == 1 for one in failures), [str(one)[:300] for one in failures]
            raise failures[0]

    drawn(150, read)


class TestNestedStacks:
    @staticmethod
    def nested(path: str) -> dict[str, Any]:
        return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": path}}

    def test_a_template_in_itself(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text(json.dumps({"Resources": {"B": self.nested("b.json")}}))
        (tmp_path / "b.json").write_text(json.dumps({"Resources": {"A": self.nested("a.json")}}))
        with pytest.raises(TemplateError, match=r"the template .*a\.json is nested in itself"):
            Network.load(tmp_path / "a.json")

    def test_a_template_outside_of_the_assembly(self, assembly: Path, tmp_path: Path) -> None:
        folder = tmp_path / "copy"
        shutil.copytree(assembly, folder)
        (tmp_path / "outside.json").write_text(json.dumps({"Resources": {}}))
        (folder / "One.template.json").write_text(json.dumps({"Resources": {"N": self.nested("../outside.json")}}))
        with pytest.raises(TemplateError, match=r"names '\.\./outside\.json', which is outside of the assembly"):
            Network.load(folder)


@pytest.mark.parametrize(
    ("artifact", "words"),
    [
        ({"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}, "contains itself"),
        ({"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}}, "is listed twice"),
        ({"type": "cdk:cloud-assembly", "properties": {"directoryName": "/"}}, "outside of the assembly"),
        ({"type": "cdk:asset-manifest", "properties": {"file": "/etc/passwd"}}, "outside of the assembly"),
        ({"type": "aws:cloudformation:stack", "properties": {"templateFile": "x\0y"}}, "cannot be read"),
        ({"type": "aws:cloudformation:stack", "environment": "aws:/x", "properties": {}}, "has no templateFile"),
        ([], "must be a mapping, got a list"),
    ],
)
def test_an_artifact_that_is_none(assembly: Path, tmp_path: Path, artifact: Any, words: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(assembly, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["artifacts"]["More"] = artifact
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for reader, error in ((read_assembly, LocalCloudError), (Network.load, TemplateError)):
        with pytest.raises(error, match=words) as raised:
            reader(folder)
        assert len(str(raised.value).splitlines()) == 1


def test_stacks_that_wait_for_each_other(assembly: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(assembly, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["artifacts"]["One"]["dependencies"].append("Two")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(LocalCloudError, match="depend on each other in a circle: One -> Two -> One"):
        read_assembly(folder)


COMMANDS = (
    ("diff", "{}", "whole.json"),
    ("diff", "whole.json", "{}"),
    ("routes", "show", "{}"),
    ("routes", "prove", "{}", "--promises", "promises.yaml"),
    ("routes", "trace", "{}", "--source", "A", "--destination", "B"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_end_with_status_3(command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    whole = json.dumps(small("AWS::EC2::VPC"), indent=1).encode()
    (tmp_path / "whole.json").write_bytes(whole)
    (tmp_path / "promises.yaml").write_text("promises: [{no_blackhole: {source: every subnet}}]\n")
    refused = 0
    for seed in range(max(8, TIMES // 100)):
        chance = random.Random(seed)
        (tmp_path / "damaged.json").write_bytes(damaged_text(whole, chance))
        result = CliRunner().invoke(app, [part.format("damaged.json") for part in command])
        assert result.exit_code in (0, 1, 2, 3), (seed, result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit), (seed, result.exception)
        # A promise that means nothing in what is left of the network is an error of its own.
        if result.exit_code == 3 and not result.stdout.startswith("ERROR"):
            refused += 1
            assert result.stderr.startswith("error: "), seed
            assert len(result.stderr.splitlines()) == 1, (seed, result.stderr)
    assert refused
