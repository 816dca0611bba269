"""The roles of the portal's functions and of its container allow what they do, over all five stacks."""

import io
import json
import os
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from examples.document_portal import app
from patternkit.testing.permissions import Account, PermissionProof, prove
from tests.conftest import example
from tests.container_permissions import prove_container
from tests.examples.document_portal.portal import pdf

FOLDER = Path(app.__file__).parent
PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
# Amazon DynamoDB asks for it of whoever uses a table with a customer key; calls on items are seen to use Decrypt:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
BY_DYNAMODB = "if kms:ViaService"
# Powertools reads an item where DynamoDB does not return it with the failed condition, as older releases do:
# https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
READS = "dynamodb:GetItem"
RECORD = {"eventID": "1", "eventName": "MODIFY", "dynamodb": {"SequenceNumber": "1", "Keys": {"id": {"S": "a"}}}}


def templates() -> Mapping[str, Mapping[str, Any]]:
    return example("document-portal", "agnostic").templates


def named(account: Account, kind: str, part: str) -> str:
    [found] = [
        account.name(name) for _, name, one in account.resources() if one["Type"] == f"AWS::{kind}" and part in name
    ]
    return found


def test_what_signs_links_reads_documents_and_no_more() -> None:
    def asked(_: Account) -> Iterator[Any]:
        yield [{"source": {"id": "a"}}, {"source": {"id": "b"}}]

    proof = prove(templates(), function="PortalApi/Files/Links/Function", code=FOLDER / "links_handler", events=asked)
    # Who holds a link uses it as the role that signed it: the deployment to the local cloud shows that it is enough.
    assert all("signs a URL" in str(one) for one in proof.denied), proof.report()
    assert sorted(str(one).split(" on ")[0] for one in proof.unused) == ["kms:Decrypt", "s3:GetObject"]
    assert proof.used == PLATFORM


def test_what_announces_follows_the_stream_and_calls_one_field() -> None:
    def changed(_: Account) -> Iterator[dict[str, Any]]:
        yield {"Records": [RECORD]}
        yield {"Records": [RECORD, {**RECORD, "eventID": "2"}]}

    answers = [{"data": {"announce": {"id": "a"}}}, {"errors": [{"errorType": "Unauthorized"}]}]
    sent: list[urllib.request.Request] = []

    def api(request: urllib.request.Request, *, timeout: float) -> io.BytesIO:
        assert timeout < 30
        sent.append(request)
        return io.BytesIO(json.dumps(answers[len(sent) - 1]).encode())

    with patch("urllib.request.urlopen", api):
        proof = prove(
            templates(),
            function="PortalApi/Stream/Announce/Work/Function",
            code=FOLDER / "announce_handler",
            events=changed,
            environment={"GRAPHQL_URL": "https://api.example.com/graphql"},
        )
    assert len(sent) == 2, "what was announced is not announced again, and what failed is told once"
    assert all("/appsync/aws4_request" in str(one.get_header("Authorization")) for one in sent)
    assert not proof.denied, proof.report()
    unused = {one for one in map(str, proof.unused) if BY_DYNAMODB not in one}
    # The call is none of botocore's: that it is the one field is what is allowed.
    (called,) = [one for one in unused if one.startswith("appsync:GraphQL on ")]
    assert called.endswith("/types/Mutation/fields/announce"), called
    assert all(READS in one and "Remembered" in one for one in unused - {called}), unused
    assert proof.used >= PLATFORM | {"dynamodb:PutItem", "dynamodb:DeleteItem"}


def container(*, missing: str = "") -> PermissionProof:
    return prove_container(templates(), "PortalExtraction", run=work, events=documents, missing=missing)


def work(told: dict[str, str], _: Any) -> None:
    from examples.document_portal.extraction_container.extraction import program

    program.work({**os.environ, **told})


def documents(account: Account) -> Iterator[dict[str, str]]:
    files, uploads = named(account, "S3::Bucket", "Files"), named(account, "DynamoDB::Table", "Records")
    record = {"upload": "a", "owner": "ada", "name": "a.pdf", "type": "application/pdf"}
    item = {**{name: {"S": value} for name, value in record.items()}, "size": {"N": "9"}}
    account.client("dynamodb").put_item(TableName=uploads, Item=item)
    put = account.client("s3").put_object(Bucket=files, Key="documents/a", Body=pdf("Title"))
    told = {"OBJECT_BUCKET": files, "OBJECT_KEY": "documents/a", "OBJECT_VERSION": put["VersionId"]}
    yield {**told, "JOB": "1"}
    # An event that came twice, a copy of the file onto itself, and a bucket without versions.
    yield {**told, "JOB": "1"}
    yield {**told, "JOB": "2"}
    account.client("dynamodb").put_item(TableName=uploads, Item={**item, "upload": {"S": "b"}})
    account.client("s3").put_object(Bucket=files, Key="documents/b", Body=b"no PDF")
    yield {**told, "OBJECT_KEY": "documents/b", "OBJECT_VERSION": "", "JOB": "3"}


def of_program(found: Iterable[Any]) -> list[Any]:
    """What the program needed: a task has a log by its execution role, not by its own."""
    return [one for one in found if not one.request.action.startswith("logs:")]


def test_the_role_allows_what_is_done_and_no_more() -> None:
    proof = container()
    assert not of_program(proof.denied), proof.report()
    assert all(BY_DYNAMODB in str(one) for one in proof.unused), proof.report()
    assert {one for one in proof.used if not one.startswith("kms:")} == {
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "s3:GetObject", "s3:GetObjectVersion",
        "s3:PutObject",
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["dynamodb:UpdateItem", "dynamodb:GetItem", "s3:GetObjectVersion"])
def test_an_action_that_is_taken_away_is_missed(missing: str) -> None:
    assert of_program(container(missing=missing).denied)
