"""Tell a room of each message that is written, and of each that is hidden.

A batch is tried again from its first failure on, and may come twice for no reason that can be seen. Powertools
remembers each change by its event id; whoever is told twice all the same knows a message by its `at`.
"""

import json
import logging
import os
from typing import Any

import boto3
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function
from botocore.config import Config

logger = logging.getLogger()
logger.setLevel(logging.INFO)
_SDK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
_CONFIG = IdempotencyConfig(
    event_key_jmespath="eventID",
    raise_on_no_idempotency_key=True,
    expires_after_seconds=int(os.environ["IDEMPOTENCY_SECONDS"]),
)
_SQS = boto3.client("sqs", config=_SDK)


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="record",
    persistence_store=DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"], boto_config=_SDK),
    config=_CONFIG,
)
def tell(*, record: dict[str, Any]) -> dict[str, str]:
    """Tell a room of a change, unless that was done before.

    Args:
        record: The change, with its images before and after.

    Returns:
        What was told.
    """
    item = record["dynamodb"]["NewImage"]
    told = {"type": "message", "room": item["room"]["S"], "at": item["at"]["S"], "person": item["person"]["S"]}
    if "hidden" in item:
        told["type"] = "hidden"
    else:
        told |= {"id": item["id"]["S"], "text": item["text"]["S"]}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    body = {"group": f"room:{told['room']}", "message": text}
    _SQS.send_message(QueueUrl=os.environ["PUSH_QUEUE"], MessageBody=json.dumps(body))
    logger.info(json.dumps({"message": "room told", "event": record["eventID"], "what": told["type"]}))
    return {"told": told["type"]}


def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Work on a batch up to its first failure, and say where that is.

    Args:
        event: What Lambda invokes the function with.
        context: Lambda's own.

    Returns:
        The change from which on Lambda tries again, by its sequence number.
    """
    _CONFIG.register_lambda_context(context)
    for record in event["Records"]:
        try:
            tell(record=record)
        except Exception as error:
            # Not the error's text: it may hold what was said.
            logger.error(json.dumps({"message": "room not told", "error": type(error).__name__}))
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}
