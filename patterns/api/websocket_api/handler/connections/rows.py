"""Who is connected, by group: a row for each connection in each of its groups."""

import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from botocore.config import Config

EVERYBODY = "all"
BY_CONNECTION = "by-connection"
# API Gateway ends a connection after two hours: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
LONGEST = 2 * 60 * 60
PAGE = 500
# A row is written before $connect is answered, which may take 29 seconds: until then the connection is not there, and
# API Gateway says of it what it says of one that is gone. https://repost.aws/knowledge-center/410-gone-api-gateway
SETTLED = 60
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})


class Rows:
    """The table of connections."""

    def __init__(self) -> None:
        self._table: Any = boto3.resource("dynamodb", config=_SDK).Table(os.environ["TABLE_NAME"])

    def add(self, connection: str, groups: Iterable[str]) -> None:
        """Remember a connection in groups, no longer than it can last."""
        expires = int(time.time()) + LONGEST
        with self._table.batch_writer() as batch:
            for group in sorted({EVERYBODY, *groups}):
                batch.put_item(Item={"group": group, "connection": connection, "expires": expires})

    def remove(self, connection: str) -> None:
        """Forget a connection in all its groups."""
        of_connection = Key("connection").eq(connection)
        found = self._table.query(IndexName=BY_CONNECTION, KeyConditionExpression=of_connection)["Items"]
        with self._table.batch_writer() as batch:
            for row in found:
                batch.delete_item(Key={"group": row["group"], "connection": connection})

    def forget(self, connection: str) -> None:
        """Forget a connection that API Gateway does not have, unless it may be one that it does not have yet."""
        key = Key("group").eq(EVERYBODY) & Key("connection").eq(connection)
        found = self._table.query(KeyConditionExpression=key, ConsistentRead=True)["Items"]
        if not any(row["expires"] - LONGEST > time.time() - SETTLED for row in found):
            self.remove(connection)

    def pages(self, group: str) -> Iterator[list[str]]:
        """The connections of a group, page by page, without those whose time is over but that are not swept yet."""
        start: dict[str, Any] = {"Limit": PAGE}
        while True:
            page = self._table.query(KeyConditionExpression=Key("group").eq(group), **start)
            yield [row["connection"] for row in page["Items"] if row["expires"] > time.time()]
            if "LastEvaluatedKey" not in page:
                return
            start |= {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def holds(self, group: str, connection: str) -> bool:
        """Whether a connection is in a group."""
        return "Item" in self._table.get_item(Key={"group": group, "connection": connection})
