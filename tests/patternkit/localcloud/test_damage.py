"""Damaged assemblies given to a cloud that runs: deployed, or refused in one line; never a raw error."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from patternkit.catalog.cli import app
from patternkit.localcloud import LocalCloud, LocalCloudError
from tests.patternkit.templates.assemblies import written
from tests.patternkit.templates.damage import damage_folder

TIMES = int(os.environ.get("FUZZ", "0"))


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = written(tmp_path_factory.mktemp("assembly"))
    # Templates by their files, and not from a bucket that nobody has filled.
    for path in folder.rglob("manifest.json"):
        manifest = json.loads(path.read_text())
        for artifact in manifest["artifacts"].values():
            artifact.get("properties", {}).pop("stackTemplateAssetObjectUrl", None)
        path.write_text(json.dumps(manifest))
    return folder


def test_deploying_what_is_damaged(local_cloud: LocalCloud, assembly: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    ways: list[Callable[[], object]] = [
        lambda: local_cloud.deploy(folder, "One", deadline=20),
        lambda: local_cloud.deploy_all(folder, deadline=20),
        lambda: local_cloud.deploy_each(folder, deadline=20),
    ]
    deployed = refused = 0
    for seed in range(TIMES or 18):
        chance = random.Random(seed)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(assembly, folder)
        for _ in range(chance.choice([1, 1, 3])):
            damage_folder(folder, chance)
        refusal = ""
        try:
            ways[seed % len(ways)]()
        except LocalCloudError as error:
            refusal = str(error)
        assert len(refusal.splitlines()) <= 1, (seed, refusal[:500])
        assert len(refusal) < 2_000, (seed, refusal[:500])
        refused += bool(refusal)
        deployed += not refusal
        local_cloud.check_running()
    assert deployed
    assert refused


def test_deploy_app_of_what_is_damaged(assembly: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(assembly, folder)
    for name, text in (
        ("manifest.json", "{"),
        ("One.template.json", "[" * 50_000),
    ):
        whole = (folder / name).read_text()
        (folder / name).write_text(text)
        result = CliRunner().invoke(app, ["deploy", "--app", str(folder)])
        (folder / name).write_text(whole)
        assert result.exception is None or isinstance(result.exception, SystemExit), (name, result.exception)
        assert result.exit_code in (1, 3), (name, text[:9], result.output[-500:])
        errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
        assert len(errors) == 1, (name, result.stderr[-800:])
