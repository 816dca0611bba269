"""The template in the local cloud, which runs no containers: a task is started, its program run as a process."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.events import container_on_upload
from patterns.events.container_on_upload.example import ContainerOnUploadStack
from tests.conftest import context
from tests.patterns.events.container_on_upload.arrivals import STRANGE_KEYS

PROGRAM = Path(container_on_upload.__file__).parent / "container" / "program.py"


@dataclass(frozen=True)
class Uploads:
    cloud: LocalCloud
    deployment: Deployment

    def id_of(self, path: str) -> str:
        return self.deployment.physical_id(f"Uploads/ContainerOnUpload/{path}")

    def upload(self, key: str, body: bytes) -> str:
        put = self.cloud.client("s3").put_object(Bucket=self.id_of("Bucket"), Key=key, Body=body)
        return put.get("VersionId", "")

    def task_for(self, key: str) -> dict[str, str]:
        """What the task for an object was told, as soon as it was started."""
        ecs = self.cloud.client("ecs")

        def look() -> dict[str, str] | None:
            arns = ecs.list_tasks(cluster=self.id_of("Cluster"))["taskArns"]
            tasks = ecs.describe_tasks(cluster=self.id_of("Cluster"), tasks=arns)["tasks"] if arns else []
            for task in tasks:
                [override] = task["overrides"]["containerOverrides"]
                told = {one["name"]: one["value"] for one in override["environment"]}
                if told["OBJECT_KEY"] == key:
                    return told
            return None

        return dict(self.cloud.wait_for(look, what=f"the task for {key!r}", deadline=60))

    def run(self, told: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run the container's program with what its task definition and its task say."""
        definition = {
            "RESULT_BUCKET": self.id_of("Results"),
            "RESULT_PREFIX": "results/",
            "TABLE_NAME": self.id_of("Jobs"),
        }
        environment = {**self.cloud.environment(), **definition, **told}
        return subprocess.run(
            [sys.executable, str(PROGRAM)], env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    def results(self) -> dict[str, dict[str, object]]:
        client, bucket = self.cloud.client("s3"), self.id_of("Results")
        found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {
            one["Key"]: json.loads(client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()) for one in found
        }


@pytest.fixture(scope="module")
def uploads() -> Iterator[Uploads]:
    synthesis = synthesize(
        lambda app: ContainerOnUploadStack(app, "Uploads", max_tasks=100), context=context(), build_assets=True
    )
    with LocalCloud.start() as cloud:
        yield Uploads(cloud, cloud.deploy(synthesis.directory))


@pytest.mark.parametrize("key", STRANGE_KEYS)
def test_an_upload_becomes_a_task_whose_program_does_the_work(uploads: Uploads, key: str) -> None:
    body = f"hello {key}".encode()
    version = uploads.upload(key, body)
    told = uploads.task_for(key)
    assert told["OBJECT_VERSION"] == version
    done = uploads.run(told)
    assert done.returncode == 0, done.stderr
    assert uploads.results()[f"results/{told['JOB']}.json"] == {
        "key": key,
        "bytes": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }


def test_a_task_that_is_started_twice_works_once(uploads: Uploads) -> None:
    uploads.upload("twice", b"one")
    told = uploads.task_for("twice")
    assert '"done"' in uploads.run(told).stdout
    before = uploads.results()
    assert '"done before"' in uploads.run(told).stdout
    assert uploads.results() == before


def test_a_task_works_on_the_version_that_it_was_started_for(uploads: Uploads) -> None:
    uploads.upload("versions", b"old")
    told = uploads.task_for("versions")
    uploads.upload("versions", b"newer")
    assert uploads.run(told).returncode == 0
    assert uploads.results()[f"results/{told['JOB']}.json"]["bytes"] == 3


def test_a_program_that_fails_ends_with_another_code_than_0(uploads: Uploads) -> None:
    uploads.upload("gone", b"x")
    told = uploads.task_for("gone")
    done = uploads.run({**told, "OBJECT_KEY": "never there", "OBJECT_VERSION": "", "JOB": "other"})
    assert (done.returncode, "NoSuchKey" in done.stderr) == (1, True)
    assert "results/other.json" not in uploads.results()
