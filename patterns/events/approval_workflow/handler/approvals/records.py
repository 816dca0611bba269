"""Records of approvals in Amazon DynamoDB: the one place that says what was decided."""

import hashlib
import json
import os
import time
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

APPROVED, REFUSED, EXPIRED = "approved", "refused", "expired"
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an approval.

    Attributes:
        approval: Its id.
        task_token: What the workflow waits for.
        expires: When nobody can decide any more, in seconds since 1970.
        facts: What the approver sees of the order.
        decision: What was decided; None: nothing yet.
    """

    approval: str
    task_token: str
    expires: int
    facts: dict[str, Any]
    decision: str | None


def approval_of(execution: str) -> str:
    """The id of the approval that an execution waits for.

    Args:
        execution: The execution's ARN.

    Returns:
        The id, which tells nothing of the execution.
    """
    return hashlib.sha256(execution.encode()).hexdigest()[:32]


class Records:
    """The table of approvals."""

    def __init__(self) -> None:
        self._table = boto3.resource("dynamodb", config=_SDK).Table(os.environ["TABLE_NAME"])
        self._kept = int(os.environ["KEPT_SECONDS"])

    def open(self, approval: str, *, task_token: str, expires: int, facts: dict[str, Any], again: bool) -> Record:
        """Note that a decision is waited for, and never touch one that was made.

        Args:
            approval: The id.
            task_token: What the workflow waits for, which is another one after each reminder.
            expires: When nobody can decide any more; it does not move with a reminder.
            facts: What the approver sees of the order.
            again: Whether this is a reminder.

        Returns:
            The record as it is now.
        """
        until = "if_not_exists(expires, :expires)" if again else ":expires"
        answer = self._table.update_item(
            Key={"id": approval},
            UpdateExpression=f"SET task_token = :token, expires = {until}, facts = :facts, forgotten = :forgotten",
            ExpressionAttributeValues={
                ":token": task_token,
                ":expires": expires,
                # As text: DynamoDB knows no floating-point numbers.
                ":facts": json.dumps(facts),
                ":forgotten": expires + self._kept,
            },
            ReturnValues="ALL_NEW",
        )
        return _record(answer["Attributes"])

    def find(self, approval: str) -> Record | None:
        """Read a record.

        Args:
            approval: Its id.

        Returns:
            The record; None if there is none.
        """
        item = self._table.get_item(Key={"id": approval}, ConsistentRead=True).get("Item")
        return None if item is None else _record(item)

    def decide(self, approval: str, decision: str) -> Record | None:
        """Write a decision down, unless there is one.

        Args:
            approval: The id.
            decision: The decision.

        Returns:
            The record with the decision that holds, this one or the one that came first; None if there is no record.
        """
        try:
            answer = self._table.update_item(
                Key={"id": approval},
                UpdateExpression="SET decision = :decision, decided = :now",
                ConditionExpression="attribute_exists(id) AND attribute_not_exists(decision)",
                ExpressionAttributeValues={":decision": decision, ":now": int(time.time())},
                ReturnValues="ALL_NEW",
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return self.find(approval)
        return _record(answer["Attributes"])


def _record(item: dict[str, Any]) -> Record:
    return Record(
        approval=item["id"],
        task_token=item["task_token"],
        expires=int(item["expires"]),
        facts=json.loads(item["facts"]),
        decision=item.get("decision"),
    )
