"""What these tests share: notifications, and the writes that claim and complete a work."""

import hashlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from botocore.exceptions import ClientError

from tests.answering import Refusal

SETTINGS = {
    "DESTINATION_BUCKET": "destination",
    "TABLE_NAME": "records",
    "WIDTHS": "16,8",
    "DESTINATION_PREFIX": "small/",
    "SOURCE_PREFIX": "in/",
    "QUALITY": "70",
    "FORMAT": "PNG",
    "MAX_BYTES": "5000",
    "MAX_PIXELS": "9000",
    "POWERTOOLS_SERVICE_NAME": "thumbnailer",
    "POWERTOOLS_METRICS_NAMESPACE": "Patterns",
}

FOLDER = "events/thumbnailer/handler/thumbnailer"

MODULES = ("notifications", "configuration", "records", "processing", "images")

Modules = Callable[[str], ModuleType]


def created(key: Any = "in/a.png", sequencer: Any = "1A00", **about: Any) -> dict[str, Any]:
    entry = {"key": key, "sequencer": sequencer, "eTag": "e", "versionId": "v1", **about}
    return {
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-21T08:00:00.000Z",
        "s3": {"bucket": {"name": "source"}, "object": {name: one for name, one in entry.items() if one is not None}},
    }


def upload_of(modules: Modules, **about: Any) -> Any:
    given = {"bucket": "source", "key": "in/a.png", "sequencer": "1A", "version_id": "v1", "etag": "e"}
    return modules("notifications").Upload(**given | {"uploaded_at": "then"} | about)


SOURCE_ID = hashlib.sha256(b"source/in/a.png").hexdigest()[:16]

CLAIMING = (
    "SET claimed_sequencer = :sequencer, lease_owner = :owner, lease_until = :until, source_id = :id,"
    " #status = if_not_exists(#status, :pending)"
)

UNLESS = (
    "lease_owner = :owner OR ("
    "(attribute_not_exists(claimed_sequencer) OR claimed_sequencer <= :sequencer)"
    " AND (attribute_not_exists(sequencer) OR sequencer < :sequencer)"
    " AND (attribute_not_exists(lease_until) OR lease_until < :now))"
)


def update(expression: str, condition: str, names: dict[str, str], **values: Any) -> tuple[str, dict[str, Any]]:
    given: dict[str, Any] = {
        "TableName": "records",
        "Key": {"source_key": {"S": "in/a.png"}, "source_bucket": {"S": "source"}},
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return "UpdateItem", given | ({"ExpressionAttributeNames": names} if names else {})


def claiming(owner: str, now: int, until: int) -> tuple[str, dict[str, Any]]:
    return update(
        CLAIMING,
        UNLESS,
        {"#status": "status"},
        sequencer={"S": "1A"},
        owner={"S": owner},
        now={"N": str(now)},
        until={"N": str(until)},
        id={"S": SOURCE_ID},
        pending={"S": "PENDING"},
    )


def refused(**item: str) -> Refusal:
    return Refusal("ConditionalCheckFailedException", item={name: {"S": value} for name, value in item.items()})


def with_item(refusal: Refusal) -> Callable[[Any], Any]:
    """What botocore makes of a refusal that returns the item."""

    def raised(_: Any) -> Any:
        about: Any = {"Error": {"Code": refusal.code, "Message": "refused"}, "Item": refusal.others["item"]}
        return ClientError(about, "UpdateItem")

    return raised


def there(**item: str) -> Callable[[Any], Any]:
    return with_item(refused(**item))


def table(modules: Modules) -> Any:
    import boto3

    return modules("records").Records(boto3.client("dynamodb"), "records")


RELEASED = update("REMOVE lease_owner, lease_until", "lease_owner = :owner", {}, owner={"S": "me"})
