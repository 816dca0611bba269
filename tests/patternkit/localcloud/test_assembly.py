import json
import os
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from patternkit.localcloud import LocalCloudError, Unsupported
from patternkit.localcloud.assembly import read_assembly
from patternkit.localcloud.assets import zip_folder
from patternkit.localcloud.support import check_supported


def write(folder: Path, **files: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def stack(**more: Any) -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "template.json"},
        **more,
    }


def test_a_legacy_stack_without_assets_is_read(tmp_path: Path) -> None:
    artifacts = {"One": stack(properties={"templateFile": "template.json", "stackName": "first"})}
    template = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "One/Q/Resource"}}}}
    [one] = read_assembly(write(tmp_path, manifest={"artifacts": artifacts}, template=template)).stacks
    assert (one.name, one.artifact_id, one.account, one.region) == ("first", "One", None, None)
    assert one.template_url is None
    assert one.logical_ids == {"One/Q/Resource": "Q"}


def test_stacks_come_after_those_they_depend_on(tmp_path: Path) -> None:
    artifacts = {"C": stack(dependencies=["B"]), "A": stack(), "B": stack(dependencies=["A"])}
    assembly = read_assembly(write(tmp_path, manifest={"artifacts": artifacts}, template={}))
    assert [each.name for each in assembly.stacks] == ["A", "B", "C"]
    assert [each.name for each in assembly.with_dependencies(assembly.stack("B"))] == ["A", "B"]


def test_a_stage_is_read_with_its_own_folder(tmp_path: Path) -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "stage"}}
    write(tmp_path, manifest={"artifacts": {"Stage": stage}})
    write(tmp_path / "stage", manifest={"artifacts": {"Inner": stack(displayName="Stage/Inner")}}, template={})
    assembly = read_assembly(tmp_path)
    assert assembly.stack("Stage/Inner").template_path == tmp_path / "stage" / "template.json"


@pytest.mark.parametrize(
    ("assets", "message"),
    [
        ({"dockerImages": {"x": {}}}, "One needs a container image, and the local cloud runs no containers"),
        (
            {"files": {"built": {"source": {"executable": ["make"]}, "destinations": {}}}},
            "One has an asset that a command builds, built: build it first",
        ),
    ],
)
def test_assets_that_need_more_than_files_are_refused(tmp_path: Path, assets: dict[str, Any], message: str) -> None:
    manifest = {"type": "cdk:asset-manifest", "properties": {"file": "assets.json"}}
    artifacts = {"One": stack(dependencies=["One.assets"]), "One.assets": manifest}
    stacks = read_assembly(write(tmp_path, manifest={"artifacts": artifacts}, template={}, assets=assets)).stacks
    with pytest.raises(Unsupported, match=message):
        check_supported(stacks, cloudformation=None)


def test_a_manifest_that_is_no_json_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(LocalCloudError, match=r"manifest\.json is not JSON: ") as raised:
        read_assembly(tmp_path)
    assert "\n" not in str(raised.value)


def make_folder(folder: Path, names: list[str], *, time: int) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        path.chmod(0o755 if name.endswith(".sh") else 0o640)
        os.utime(path, (time, time))
    return folder


def test_a_zipped_folder_depends_on_its_files_only(tmp_path: Path) -> None:
    names = ["index.py", "lib/a.py", "run.sh"]
    first = zip_folder(make_folder(tmp_path / "first", names, time=1_000_000_000))
    second = zip_folder(make_folder(tmp_path / "second", names[::-1], time=1_700_000_000))
    assert first == second
    (tmp_path / "second" / "run.sh").chmod(0o644)
    assert first != zip_folder(tmp_path / "second")
    with zipfile.ZipFile(BytesIO(first)) as archive:
        assert archive.namelist() == names
        assert archive.getinfo("run.sh").external_attr >> 16 == 0o100755
