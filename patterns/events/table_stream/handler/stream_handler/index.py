"""Work on each change of a table once: the place to start from.

A batch is tried again from its first failure on, and may come twice for no reason that can be seen. Powertools
remembers each change by its event id, so that what was worked on before a failure is not worked on again.
"""

import json
import logging
import os
from typing import Any

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


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="record",
    persistence_store=DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"], boto_config=_SDK),
    config=_CONFIG,
)
def work(*, record: dict[str, Any]) -> dict[str, str]:
    """Work on a change, unless that was done before.

    Args:
        record: The change, with its images before and after.

    Returns:
        What was done.
    """
    # Your work stands here. The log tells nothing of the item.
    logger.info(json.dumps({"message": "worked on", "event": record["eventID"], "change": record["eventName"]}))
    return {"status": "done"}


def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Work on a batch up to its first failure, and say where that is.

    Args:
        event: What Lambda invokes the function with.
        context: Lambda's own.

    Returns:
        The change from which on Lambda tries again, by its sequence number; any other answer would be the whole batch
        again, or none of it.
    """
    _CONFIG.register_lambda_context(context)
    for record in event["Records"]:
        try:
            work(record=record)
        except Exception:
            logger.exception("a change failed")
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}
