import json
from pathlib import Path

import pytest

from patternkit.localcloud import Deployment, LocalCloud
from tests.patternkit.localcloud import apps


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return apps.synthesize(tmp_path_factory.mktemp("guarded") / "cdk.out", apps.Guarded)


def write(cloud: LocalCloud, deployment: Deployment, key: str) -> str:
    answer = cloud.client("lambda").invoke(
        FunctionName=deployment.physical_id("Writer"), Payload=json.dumps({"key": key}).encode()
    )
    told: str = json.loads(answer["Payload"].read())
    return told


def test_permissions_are_checked_over_tls(guarded: Path) -> None:
    with LocalCloud.start(enforce_iam=True) as cloud:
        assert cloud.endpoint_url.startswith("https://127.0.0.1:")
        deployment = cloud.deploy(guarded)
        assert write(cloud, deployment, "allowed/key") == "written"
        assert "AccessDenied" in write(cloud, deployment, "other/key")
        queue = deployment.physical_id("Queue")
        [message] = cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"]
        assert message["Body"] == "allowed/key"
        unchecked = [finding.type for finding in deployment.report.not_exercised if "IAM" in finding.type]
        assert unchecked == []
        authority = cloud.certificate_authority
        assert authority is not None
        assert cloud.environment()["AWS_CA_BUNDLE"] == str(authority)
    assert not authority.exists()


def test_without_tls_a_policy_for_tls_only_denies(guarded: Path) -> None:
    with LocalCloud.start(enforce_iam=True, tls=False) as cloud:
        deployment = cloud.deploy(guarded)
        assert "explicit deny" in write(cloud, deployment, "allowed/key")


@pytest.mark.parametrize("tls", [False, True])
def test_unchecked_permissions_let_everything_through_and_are_said(guarded: Path, tls: bool) -> None:
    with LocalCloud.start(tls=tls) as cloud:
        deployment = cloud.deploy(guarded)
        assert write(cloud, deployment, "other/key") == "written"
        assert [finding.property for finding in deployment.report.not_exercised if "IAM" in finding.type] == ["*"]
