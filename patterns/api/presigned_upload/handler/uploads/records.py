"""The record of each upload, which only ever goes forward."""

import os
import time
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

WAITING, CHECKING, RELEASED, REFUSED = "WAITING", "CHECKING", "RELEASED", "REFUSED"
_LONGEST_REASON = 1000
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as it was asked for, and what became of it."""

    upload: str
    owner: str
    name: str
    type: str
    size: int
    status: str = WAITING
    multipart: str = ""
    part_size: int = 0
    version: str = ""
    reason: str = ""

    @property
    def parts(self) -> int:
        """How many parts it is sent in; none with a form."""
        return -(-self.size // self.part_size) if self.part_size else 0

    def part(self, number: int) -> int:
        """The size of a part, which is counted from 1."""
        return self.part_size if number < self.parts else self.size - self.part_size * (self.parts - 1)


class Records:
    """The table of uploads."""

    def __init__(self) -> None:
        self._table = boto3.resource("dynamodb", config=_SDK).Table(os.environ["TABLE_NAME"])
        self._kept = int(os.environ["KEPT_SECONDS"])

    def put(self, one: Upload) -> None:
        """Keep a new upload for as long as its file may wait."""
        item = {name: getattr(one, name) for name in Upload.__slots__}
        self._table.put_item(Item={**item, "expires": int(time.time()) + self._kept})

    def get(self, upload: str) -> Upload | None:
        """Find an upload."""
        item = self._table.get_item(Key={"upload": upload}, ConsistentRead=True).get("Item")
        if item is None:
            return None
        found: dict[str, Any] = {name: item[name] for name in Upload.__slots__ if name in item}
        return Upload(**found | {name: int(found[name]) for name in ("size", "part_size")})

    def claim(self, one: Upload, version: str) -> bool:
        """Say that a version of the file is the one that is checked: the first that arrived, and no other ever."""
        try:
            self._table.update_item(
                Key={"upload": one.upload},
                UpdateExpression="SET #status = :checking, version = :version",
                ConditionExpression="#status = :waiting OR (version = :version AND #status = :checking)",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":checking": CHECKING, ":waiting": WAITING, ":version": version},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def decide(self, one: Upload, status: str, reason: str = "") -> None:
        """Write down what became of an upload that is being checked; what was decided before stays."""
        # A check may say anything: half a character, or more than an item holds, would be refused each time.
        told = reason[:_LONGEST_REASON].encode("utf-8", "replace").decode()
        try:
            self._table.update_item(
                Key={"upload": one.upload},
                UpdateExpression="SET #status = :status, reason = :reason",
                ConditionExpression="#status = :checking",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":status": status, ":reason": told, ":checking": CHECKING},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
