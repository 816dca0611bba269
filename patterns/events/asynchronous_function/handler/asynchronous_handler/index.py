"""Work on each event once: the place to start from.

Lambda may call a function more than once with one event: after an error, after a timeout, and now and then for no
reason that can be seen. Powertools remembers what was worked on, and answers with the result of the first time.
"""

import json
import logging
import os
from typing import Any

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent
from botocore.config import Config

logger = logging.getLogger()
logger.setLevel(logging.INFO)
_SDK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


@idempotent(
    persistence_store=DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"], boto_config=_SDK),
    config=IdempotencyConfig(
        event_key_jmespath=os.environ["IDEMPOTENCY_KEY"],
        # An event that holds nothing there could be told from no other.
        raise_on_no_idempotency_key=True,
        expires_after_seconds=int(os.environ["IDEMPOTENCY_SECONDS"]),
    ),
)
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Work on an event, unless that was done before.

    Args:
        event: What the function was invoked with.
        context: Lambda's own.

    Returns:
        The result, which goes to the destination of successes.

    Raises:
        ValueError: If the event is no object, which is tried again and then kept with this error.
    """
    if not isinstance(event, dict):
        raise ValueError("the event must be a JSON object")
    # Your work stands here. The log tells nothing of the event but its size.
    size = len(json.dumps(event))
    logger.info(json.dumps({"message": "worked on", "request_id": context.aws_request_id, "bytes": size}))
    return {"status": "done", "bytes": size}
