"""The starter's role allows what it does, and no more; the container's role likewise."""

import copy
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from patternkit.testing.permissions import Account, PermissionProof, prove
from patterns.events import container_on_upload
from patterns.events.container_on_upload.container import program
from tests.conftest import example
from tests.container_permissions import prove_container
from tests.patterns.events.container_on_upload.arrivals import batch, event

TABLE_KEY_ACTIONS = ("DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
CODE = Path(container_on_upload.__file__).parent / "handler"


@pytest.fixture(scope="module", params=["agnostic", "concrete"])
def proof(request: pytest.FixtureRequest) -> Any:
    where: dict[str, Any] = {"account": "111122223333", "region": "eu-west-1"} if request.param == "concrete" else {}
    return prove(
        example("container-on-upload", request.param).template,
        function="ContainerOnUpload/Starter/Function",
        code=CODE,
        events=[batch(event("a"))],
        raises=(Exception,),
        **where,
    )


def test_the_role_allows_what_is_done_and_no_more(proof: Any) -> None:
    assert not proof.denied, proof.report()
    used = {one for one in proof.used if one.startswith(("ecs:", "iam:"))}
    assert used == {"ecs:RunTask", "ecs:ListTasks", "ecs:TagResource", "iam:PassRole"}
    assert not proof.unused, proof.report()
    assert not proof.redundant


@pytest.mark.parametrize("missing", ["iam:PassRole", "ecs:TagResource", "ecs:RunTask"])
def test_without_one_of_them_nothing_is_started(missing: str) -> None:
    template = example("container-on-upload", "agnostic").template
    broken = copy.deepcopy(dict(template))
    for one in broken["Resources"].values():
        if one["Type"] == "AWS::IAM::Policy":
            document = one["Properties"]["PolicyDocument"]
            document["Statement"] = [each for each in document["Statement"] if each["Action"] != missing]
    result = prove(
        broken,
        function="ContainerOnUpload/Starter/Function",
        code=CODE,
        events=[batch(event("a"))],
        raises=(Exception,),
    )
    assert any(missing in str(one) for one in result.denied), result.report()


def containers(*, missing: str = "") -> PermissionProof:
    templates = {"Stack": example("container-on-upload", "agnostic").template}
    return prove_container(templates, "Stack", run=run_program, events=objects, missing=missing)


def run_program(told: dict[str, str], _: Any) -> None:
    program.work({**os.environ, **told})


def objects(account: Account) -> Iterator[dict[str, str]]:
    names = [one for _, one, each in account.resources() if each["Type"] == "AWS::S3::Bucket"]
    [uploads] = [account.name(one) for one in names if "UploadBucket" in one]
    put = account.client("s3").put_object(Bucket=uploads, Key="a", Body=b"hello")
    told = {"OBJECT_BUCKET": uploads, "OBJECT_KEY": "a", "OBJECT_SIZE": "5"}
    yield {**told, "JOB": "1", "OBJECT_VERSION": put["VersionId"]}
    # An event that came twice, and one of a bucket without versions.
    yield {**told, "JOB": "1", "OBJECT_VERSION": put["VersionId"]}
    yield {**told, "JOB": "2", "OBJECT_VERSION": ""}


def of_program(found: Iterable[Any]) -> list[Any]:
    """What the program needed: a task has a log by its execution role, not by its own."""
    return [one for one in found if not one.request.action.startswith("logs:")]


def test_the_container_may_do_its_work_and_no_more() -> None:
    found = containers()
    assert not of_program(found.denied), found.report()
    # A page of DynamoDB asks for more actions on a table's key than calls on items use.
    unused = {one.partition(" on ")[0] for one in found.unused if one.endswith("if kms:ViaService")}
    assert unused == {f"kms:{one}" for one in TABLE_KEY_ACTIONS}
    assert len(found.unused) == len(unused), found.report()
    assert {one for one in found.used if not one.startswith("kms:")} == {
        "dynamodb:GetItem", "dynamodb:PutItem", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject",
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["s3:GetObjectVersion", "s3:PutObject", "kms:Decrypt"])
def test_without_one_of_them_the_container_does_not_work(missing: str) -> None:
    found = containers(missing=missing)
    assert of_program(found.denied), found.report()
