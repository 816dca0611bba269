"""The pinned CDK CLI lists, synthesizes and deploys the catalog, as a user's hand would."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from uv import find_uv_bin

from patternkit.catalog.discovery import patterns
from patternkit.localcloud import LocalCloud
from tests.conftest import ROOT
from tests.patternkit.catalog.temporary import environment, run, write_catalog, write_pattern

CDK = str(ROOT / "node_modules" / ".bin" / "cdk")
PLAIN = Path(sys.prefix) / "plain"


@pytest.fixture(scope="module", autouse=True)
def plain() -> Path:
    """An environment that holds what requirements.txt names and nothing else, as README has it made."""
    python = PLAIN / "bin" / "python"
    for command in (
        ["venv", "--quiet", "--allow-existing", "--python", sys.executable, str(PLAIN)],
        ["pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(ROOT / "requirements.txt")],
    ):
        done = subprocess.run([find_uv_bin(), *command], capture_output=True, text=True, check=False, timeout=280)
        assert done.returncode == 0, done.stderr
    return PLAIN


def cdk(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> CompletedProcess[str]:
    """Run the CDK CLI with the Python and the Node of the plain environment."""
    # No request for news; and no account or credentials of this machine's user.
    # A home of its own, but for the CDK that jsii keeps unpacked in this user's.
    quiet = {
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "HOME": str(PLAIN / "home"),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path.home() / ".cache/aws/jsii/package-cache"),
        "VIRTUAL_ENV": str(PLAIN),
    }
    env = (env or environment()) | quiet
    env["PATH"] = os.pathsep.join([str(PLAIN / "bin"), env["PATH"]])
    return run(*(command if command[0] == "npx" else (CDK, *command)), "--no-notices", cwd=cwd, env=env)


def test_the_cli_is_the_pinned_one() -> None:
    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]["aws-cdk"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", pinned)
    assert cdk("--version").stdout.split()[0] == pinned


def test_list_shows_every_patterns_stack() -> None:
    done = cdk("npx", "cdk", "list")
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split()) == sorted(one.stack for one in patterns().values())


def test_the_plain_environment_lacks_what_only_development_needs() -> None:
    for module in ("boto3", "cdk_nag", "cfnlint", "yaml", "pytest"):
        missing = run(str(PLAIN / "bin" / "python"), "-c", f"import {module}")
        assert f"No module named '{module}'" in missing.stderr


def test_synth_builds_one_pattern_with_its_options(tmp_path: Path) -> None:
    done = cdk("synth", "--quiet", "-c", "pattern=thumbnailer", "-c", "widths=128,512", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    [template] = tmp_path.glob("*.template.json")
    assert template.name == "ThumbnailerStack.template.json"
    resources = json.loads(template.read_text())["Resources"].values()
    [function] = [one["Properties"] for one in resources if one["Type"] == "AWS::Lambda::Function"]
    assert function["Environment"]["Variables"]["WIDTHS"] == "128,512"


@pytest.mark.parametrize(
    ("context", "said"),
    [
        (["pattern=thumbnail"], "unknown pattern thumbnail: did you mean thumbnailer?"),
        (["pattern=thumbnailer", "width=128"], "unknown option width: did you mean widths?"),
        (["pattern=thumbnailer", "widths=0"], "thumbnailer: widths must be between 1 and 4096 pixels, got 0"),
    ],
)
def test_a_mistake_is_one_line(context: list[str], said: str, tmp_path: Path) -> None:
    given = [word for one in context for word in ("-c", one)]
    done = cdk("synth", *given, "--output", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    # The second line is the CLI's own.
    assert done.stderr.splitlines() == [f"error: {said}", "python3 app.py: Subprocess exited with error 1"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the repository that holds one pattern, of a queue."""
    for name in ("app.py", "cdk.json"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "patternkit").symlink_to(ROOT / "patternkit")
    write_pattern(write_catalog(tmp_path), "queues", "one_queue")
    return tmp_path


def test_a_finding_fails_synth(clone: Path) -> None:
    validating = environment(CDK_VALIDATION="true")
    bad = cdk("synth", "--quiet", "-c", "pattern=one-queue", "-c", "seconds=5", cwd=clone, env=validating)
    assert bad.returncode == 1
    assert "ERROR MessageRetentionPeriod: 5 is less than the minimum of 60" in bad.stderr


def test_a_finding_does_not_fail_an_app_without_the_catalogs_flag(clone: Path) -> None:
    # The test above would hold nothing if a finding were an error by itself.
    settings = json.loads((clone / "cdk.json").read_text())
    settings["context"]["@aws-cdk/core:validateAgainstDefaultRules"] = False
    (clone / "cdk.json").write_text(json.dumps(settings))
    validating = environment(CDK_VALIDATION="true")
    done = cdk("synth", "--quiet", "-c", "pattern=one-queue", "-c", "seconds=5", cwd=clone, env=validating)
    assert done.returncode == 0, done.stderr


def test_deploy_and_destroy_in_the_local_cloud(tmp_path: Path) -> None:
    asked = ["-c", "pattern=thumbnailer", "-c", "patterns:handler-platform=local", "--output", str(tmp_path / "out")]
    with LocalCloud.start() as cloud:
        env = cloud.environment(environment())
        buckets, stacks = cloud.client("s3"), cloud.client("cloudformation")

        def done(*command: str, cwd: Path = ROOT) -> None:
            finished = cdk(*command, cwd=cwd, env=env)
            assert finished.returncode == 0, finished.stderr

        # Before and after it, without synthesizing all anew.
        done("bootstrap", f"aws://{cloud.account}/{cloud.region}", cwd=tmp_path)
        done("deploy", "ThumbnailerStack", "--require-approval", "never", *asked)
        [stack] = stacks.describe_stacks(StackName="ThumbnailerStack")["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        assert buckets.head_bucket(Bucket=outputs["SourceBucket"])["ResponseMetadata"]["HTTPStatusCode"] == 200
        functions = cloud.client("lambda").list_functions()["Functions"]
        assert "thumbnailer.index.handler" in {one["Handler"] for one in functions}
        done("destroy", "ThumbnailerStack", "--force", "--app", str(tmp_path / "out"), cwd=tmp_path)
        names = {
            one["StackName"]
            for one in stacks.list_stacks()["StackSummaries"]
            if one["StackStatus"] != "DELETE_COMPLETE"
        }
        assert names == {"CDKToolkit"}
    assert os.environ.get("AWS_ENDPOINT_URL") is None
