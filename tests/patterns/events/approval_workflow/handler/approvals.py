"""What tests of the approvals' handlers share: a link, a record, and the calls that look for it."""

import json
from typing import Any

NOW = 1_800_000_000.0

APPROVAL = "0" * 32

MAC = bytes(range(220, 252))

MAC_TEXT = "3N3e3-Dh4uPk5ebn6Onq6-zt7u_w8fLz9PX29_j5-vs"

SETTINGS = {
    "TABLE_NAME": "approvals",
    "KEPT_SECONDS": "60",
    "SHOWN": '["id", "amount", "note", "none"]',
    "LINK_KEY": "a-key",
    "LINK_URL": "https://a.example.com/decision",
    "TOPIC_ARN": "arn:topic",
    "DECISION_SECONDS": "3600",
    "LEDGER_NAME": "ledger",
}

MODULES = ("authorize", "decide", "links", "ask", "records", "steps", "answers")


def mac_of(expires: int = int(NOW) + 1) -> dict[str, Any]:
    message = f"approval-link/1|{APPROVAL}|{expires}".encode()
    return {"KeyId": "a-key", "MacAlgorithm": "HMAC_SHA_256", "Message": message}


def row(decision: str | None = None, **facts: Any) -> dict[str, Any]:
    item = {"id": APPROVAL, "task_token": "task", "expires": int(NOW) + 1, "facts": json.dumps(facts)}
    return {**item, "decision": decision} if decision else item


def deciding(decision: str) -> tuple[str, dict[str, Any]]:
    given = {
        "TableName": "approvals",
        "Key": {"id": APPROVAL},
        "UpdateExpression": "SET decision = :decision, decided = :now",
        "ConditionExpression": "attribute_exists(id) AND attribute_not_exists(decision)",
        "ExpressionAttributeValues": {":decision": decision, ":now": int(NOW)},
        "ReturnValues": "ALL_NEW",
    }
    return "UpdateItem", given


def told(decision: str, task: str = "task") -> tuple[str, dict[str, Any]]:
    return "SendTaskSuccess", {"taskToken": task, "output": json.dumps({"decision": decision})}
