"""The table of records: what became of each source key, and who is working on it."""

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from .notifications import Upload

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


class Claim(enum.Enum):
    """The answer to a claim."""

    GRANTED = enum.auto()
    DUPLICATE = enum.auto()
    STALE = enum.auto()
    BUSY = enum.auto()


class LeaseLost(RuntimeError):  # noqa: N818 - it is named for what it is
    """Somebody else completed or claimed what this lease was for: it had run out."""


class Records:
    """The table; `processing` says how claims, leases and sequencers keep it right."""

    def __init__(self, dynamodb: "DynamoDBClient", table_name: str) -> None:
        self._dynamodb = dynamodb
        self._table_name = table_name

    def claim(self, upload: Upload, *, owner: str, now: float, until: float) -> Claim:
        """Take the key's lease for an upload, unless it is done, out of date, or the lease is taken.

        Args:
            upload: The upload to process.
            owner: A name that nobody else uses.
            now: Seconds since 1970.
            until: When the lease ends, seconds since 1970.
        """
        # The owner's own claim, sent again by the SDK after a lost answer, is granted too.
        existing = self._update(
            upload,
            "SET claimed_sequencer = :sequencer, lease_owner = :owner, lease_until = :until, source_id = :id,"
            " #status = if_not_exists(#status, :pending)",
            "lease_owner = :owner OR ("
            "(attribute_not_exists(claimed_sequencer) OR claimed_sequencer <= :sequencer)"
            " AND (attribute_not_exists(sequencer) OR sequencer < :sequencer)"
            " AND (attribute_not_exists(lease_until) OR lease_until < :now))",
            names={"#status": "status"},
            values={
                ":sequencer": upload.sequencer,
                ":owner": owner,
                ":now": int(now),
                ":until": int(until) + 1,
                ":id": upload.source_id,
                ":pending": "PENDING",
            },
        )
        if existing is None:
            return Claim.GRANTED
        if existing.get("sequencer") == upload.sequencer:
            return Claim.DUPLICATE
        if max(existing.get("sequencer", ""), existing.get("claimed_sequencer", "")) > upload.sequencer:
            return Claim.STALE
        return Claim.BUSY

    def complete(self, upload: Upload, *, owner: str, values: Mapping[str, Any]) -> None:
        """Write what became of an upload, and give the lease back.

        Args:
            upload: The upload that was processed.
            owner: Who claimed it.
            values: The attributes; those that are None are removed.

        Raises:
            LeaseLost: the lease is not the owner's any more.
        """
        values = {**values, "sequencer": upload.sequencer}
        gone = [name for name, value in values.items() if value is None]
        names = {f"#{name}": name for name in values}
        assignments = ", ".join(f"#{name} = :{name}" for name in values if name not in gone)
        removals = ", ".join(["lease_owner", "lease_until", *(f"#{name}" for name in gone)])
        existing = self._update(
            upload,
            f"SET {assignments} REMOVE {removals}",
            "lease_owner = :owner",
            names=names,
            values={":owner": owner} | {f":{name}": v for name, v in values.items() if v is not None},
        )
        # With this sequencer it is the owner's own write, sent again by the SDK after a lost answer.
        if existing is not None and existing.get("sequencer") != upload.sequencer:
            raise LeaseLost(f"the lease of {upload.source_id} ran out before the work was done")

    def release(self, upload: Upload, *, owner: str) -> None:
        """Give the lease back with nothing done; the record still says which upload was the newest seen."""
        self._update(
            upload,
            "REMOVE lease_owner, lease_until",
            "lease_owner = :owner",
            names={},
            values={":owner": owner},
        )

    def _update(
        self,
        upload: Upload,
        update: str,
        condition: str,
        *,
        names: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> dict[str, Any] | None:
        # None, or the record that did not meet the condition.
        request: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
        try:
            self._dynamodb.update_item(
                TableName=self._table_name,
                Key={"source_key": {"S": upload.key}, "source_bucket": {"S": upload.bucket}},
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues={name: _serialize(value) for name, value in values.items()},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **request,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            item: dict[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]
            return {name: _deserialize(value) for name, value in item.items()}
        return None
