"""The roles of the gallery's and the API's functions allow what they do with every kind of event, over all stacks."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from examples.image_service import app
from patternkit.testing.permissions import Account, PermissionProof, prove
from tests.conftest import example

FOLDER = Path(app.__file__).parent
TABLE_KEY = (
    "Amazon DynamoDB asks for it of whoever uses a table with a customer key; calls on items are seen to use Decrypt: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html"
)
LINK = "Who holds a link that the function made uses it: the deployment to the local cloud shows that it is enough."
PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
GALLERY: dict[str, Any] = {
    "function": "ImageProcessing/NewThumbnails/Gallery/Work/Function",
    "code": FOLDER / "gallery_handler",
}
API: dict[str, Any] = {"function": "ImageApi/Images/Answer/Function", "code": FOLDER / "api_handler"}
IMAGE = "0" * 32


def templates() -> Mapping[str, Mapping[str, Any]]:
    return example("image-service", "agnostic").templates


def output(name: str) -> str:
    """How findings call what the data stack gives."""
    return next(f"ImageData.{one}" for one in templates()["ImageData"]["Outputs"] if one.startswith(name))


def reasons() -> dict[str, str]:
    key = output("PublishOutputFnGetAttKey")
    actions = ("DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
    return {f"kms:{one} on {key} if kms:ViaService": TABLE_KEY for one in actions}


def announced(_account: Account) -> Iterator[dict[str, Any]]:
    """A thumbnail, the same again, an older one late, what is no thumbnail, and S3's test."""
    bodies: list[Any] = [
        {"Records": [{"s3": {"object": {"key": key, "size": 9, "sequencer": sequencer}}}]}
        for key, sequencer in ((f"128/{IMAGE}.jpg", "0A"), (f"128/{IMAGE}.jpg", "0A"), (f"128/{IMAGE}.jpg", "09"))
    ]
    bodies += [{"Records": [{"s3": {"object": {"key": "elsewhere", "size": 9, "sequencer": "0A"}}}]}]
    bodies += [{"Service": "Amazon S3", "Event": "s3:TestEvent"}]
    yield {"Records": [{"messageId": str(n), "body": json.dumps(one)} for n, one in enumerate(bodies)]}


def asked(account: Account) -> Iterator[dict[str, Any]]:
    """A new image, one that is there, one that is not, and what the API does not do."""
    records, gallery = (
        account.name(next(one for one in templates()["ImageData"]["Resources"] if one.startswith(kind)))
        for kind in ("Records", "Gallery")
    )
    uploads = account.name(next(one for one in templates()["ImageData"]["Resources"] if one.startswith("Uploads")))
    client = account.client("dynamodb")
    ready = {"source_key": {"S": IMAGE}, "source_bucket": {"S": uploads}, "status": {"S": "READY"}}
    client.put_item(TableName=records, Item=ready)
    shown = {"image": {"S": IMAGE}, "width": {"S": "128"}, "key": {"S": f"128/{IMAGE}.jpg"}}
    client.put_item(TableName=gallery, Item=shown)
    for method, path in (
        ("POST", "/images"),
        ("GET", f"/images/{IMAGE}"),
        ("GET", f"/images/{'1' * 32}"),
        ("GET", "/images/../records"),
        ("DELETE", f"/images/{IMAGE}"),
    ):
        yield {"httpMethod": method, "path": path}


def test_the_gallery_s_keeper_may_do_what_it_does_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    proof = permissions(templates(), events=announced, unused=reasons(), **GALLERY)
    assert proof.used == PLATFORM | {
        "dynamodb:UpdateItem",
        "kms:Decrypt",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    }


def test_the_api_may_do_what_it_does_and_no_more() -> None:
    key, uploads, thumbnails = (output(f"PublishOutputFnGetAtt{one}") for one in ("Key", "Uploads", "Thumbnails"))
    links = {
        f"s3:PutObject on {uploads}/*": LINK,
        f"s3:GetObject on {thumbnails}/*": LINK,
        f"kms:GenerateDataKey on {key}": LINK,
    }
    proof = prove(templates(), events=asked, **API)
    # What holders of links may do is not evaluated, and nothing else is left open: the deployment shows it.
    assert {one.request.action for one in proof.denied} == {"?"}, proof.report()
    assert all("signs a URL" in str(one) for one in proof.denied), proof.report()
    assert proof.unexplained(reasons() | links) == []
    assert proof.used == PLATFORM | {"dynamodb:GetItem", "dynamodb:Query", "kms:Decrypt"}


@pytest.mark.parametrize(
    ("function", "events", "stack", "action"),
    [
        (GALLERY, announced, "ImageProcessing", "dynamodb:UpdateItem"),
        (API, asked, "ImageApi", "dynamodb:GetItem"),
        (API, asked, "ImageApi", "kms:Decrypt"),
    ],
)
def test_an_action_that_is_taken_away_is_missed(
    function: dict[str, Any], events: Callable[[Account], Any], stack: str, action: str
) -> None:
    mutant = {**templates(), stack: _without(templates()[stack], action)}
    assert {one.request.action for one in prove(mutant, events=events, **function).denied} - {"?"} == {action}


def _without(value: Any, action: str) -> Any:
    if isinstance(value, dict):
        return {name: _without(part, action) for name, part in value.items()}
    if isinstance(value, list):
        return [_without(part, action) for part in value]
    return "s3:GetBucketLocation" if value == action else value
