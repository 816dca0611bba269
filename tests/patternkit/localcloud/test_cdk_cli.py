"""The CDK's own command line works against the local cloud, with nothing but its environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from patternkit.localcloud import LocalCloud

ROOT = Path(__file__).parents[3]
CLI = ROOT / "node_modules" / ".bin" / "cdk"


@pytest.mark.skipif(not CLI.exists(), reason="the pinned CDK CLI is not installed: make env")
def test_the_cdk_cli_bootstraps_deploys_and_destroys(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A host that is set up for an account of its own.
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with LocalCloud.start() as cloud:
        environment = cloud.environment(os.environ)
        node = Path(sys.executable).parent
        environment |= {"PATH": f"{node}{os.pathsep}{environment['PATH']}", "HOME": str(tmp_path)}

        def cdk(*arguments: str) -> None:
            answer = subprocess.run(
                [str(CLI), *arguments, "--app", str(small), "--no-notices"],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert answer.returncode == 0, answer.stdout + answer.stderr

        stacks = cloud.client("cloudformation").describe_stacks
        cdk("bootstrap", f"aws://{cloud.account}/{cloud.region}")
        cdk("deploy", "--require-approval", "never")
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks(StackName="Small")["Stacks"][0]["Outputs"]}
        assert outputs["BucketName"] in [each["Name"] for each in cloud.client("s3").list_buckets()["Buckets"]]
        cdk("destroy", "--force")
        assert [each["StackName"] for each in stacks()["Stacks"]] == ["CDKToolkit"]
    shutil.rmtree(tmp_path, ignore_errors=True)
