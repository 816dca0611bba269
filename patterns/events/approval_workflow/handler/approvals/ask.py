"""Asks for a decision, reminds of it, and closes what nobody has decided."""

import json
import logging
import os
import re
import time
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

from .answers import tell
from .links import Link, sign
from .records import EXPIRED, Records, approval_of

logger = logging.getLogger()
logger.setLevel(logging.INFO)
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})
_kms, _sns = boto3.client("kms", config=_SDK), boto3.client("sns", config=_SDK)
_records = Records()
_LONGEST_FACT = 200


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Ask for a decision, or close the approval.

    Args:
        event: `execution`, and what to do: with a `token`, ask about `order`, for the first time if `asked` is 0;
            without, close.
        _context: Lambda's own.

    Returns:
        The decision that holds, if there is one.

    Raises:
        LookupError: If nobody was ever asked for what is to be closed.
    """
    approval = approval_of(event["execution"])
    if "token" not in event:
        closed = _records.decide(approval, EXPIRED)
        if closed is None:
            raise LookupError("nobody was asked for a decision")
        return {"decision": closed.decision}
    record = _records.open(
        approval,
        task_token=event["token"],
        expires=int(time.time()) + int(os.environ["DECISION_SECONDS"]),
        facts=_facts(event["order"]),
        again=event["asked"] > 0,
    )
    if record.decision is not None:
        # Decided while the workflow was between two reminders, and could not hear it.
        tell(record.task_token, record.decision)
        return {"decision": record.decision}
    link = f"{os.environ['LINK_URL']}?token={sign(_kms, Link(approval=approval, expires=record.expires))}"
    until = datetime.fromtimestamp(record.expires, UTC)
    _sns.publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=_subject(event["order"]["id"], reminder=event["asked"] > 0),
        Message="\n".join(
            [
                "An order waits for your decision.",
                "",
                *(f"{name}: {json.dumps(value)}" for name, value in record.facts.items()),
                "",
                f"Decide until {until:%Y-%m-%d %H:%M} UTC:",
                link,
                "",
                "Whoever has this link can decide, once: do not pass it on.",
            ]
        ),
    )
    logger.info(json.dumps({"message": "asked", "approval": approval, "time": event["asked"] + 1}))
    return {}


def _facts(order: dict[str, Any]) -> dict[str, Any]:
    """What an approver sees: text that is too long is cut, and a list or object is text."""
    facts = {}
    for name in json.loads(os.environ["SHOWN"]):
        value = order.get(name)
        if not isinstance(value, int | float | None):
            text = value if isinstance(value, str) else json.dumps(value)
            value = text if len(text) <= _LONGEST_FACT else f"{text[:_LONGEST_FACT]}..."
        facts[name] = value
    return facts


def _subject(order: str, *, reminder: bool) -> str:
    # Amazon SNS takes up to 99 printable ASCII characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    return f"{'Reminder: decide' if reminder else 'Decide'} about order {re.sub('[^ -~]', '?', order)[:60]}"
