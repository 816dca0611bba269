"""Announce each change of a document: the API tells subscribers of mutations alone, and a container writes the table.

A batch is tried again from its first failure on, and may come twice for no reason that can be seen. Powertools
remembers each change by its event id; who is told twice all the same is told what the table has.
"""

import json
import logging
import os
import urllib.request
from typing import Any

import boto3
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config

logger = logging.getLogger()
logger.setLevel(logging.INFO)
_SDK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
# Subscribers are told what is selected here, and their filters see nothing else.
MUTATION = "mutation Announce($id: ID!) { announce(id: $id) { id owner status updatedAt } }"
_CONFIG = IdempotencyConfig(
    event_key_jmespath="eventID",
    raise_on_no_idempotency_key=True,
    expires_after_seconds=int(os.environ["IDEMPOTENCY_SECONDS"]),
)
_SESSION = boto3.Session()


class NotAnnouncedError(Exception):
    """The API answered, and told nobody."""


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="record",
    persistence_store=DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"], boto_config=_SDK),
    config=_CONFIG,
)
def announce(*, record: dict[str, Any]) -> dict[str, str]:
    """Announce a change, unless that was done before.

    Args:
        record: The change.

    Returns:
        Which document was announced.

    Raises:
        NotAnnouncedError: If the API answers with an error.
    """
    document = record["dynamodb"]["Keys"]["id"]["S"]
    answer = _send({"query": MUTATION, "variables": {"id": document}})
    if answer.get("errors"):
        raise NotAnnouncedError(str(answer["errors"][0].get("errorType")))
    logger.info(json.dumps({"message": "announced", "event": record["eventID"], "document": document}))
    return {"document": document}


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
            announce(record=record)
        except Exception as error:
            logger.error(json.dumps({"message": "not announced", "error": type(error).__name__, "why": str(error)}))
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _send(body: dict[str, Any]) -> dict[str, Any]:
    """Send a request as the function's role."""
    url, data = os.environ["GRAPHQL_URL"], json.dumps(body).encode()
    request = AWSRequest("POST", url, data=data, headers={"Content-Type": "application/json"})
    credentials = _SESSION.get_credentials()
    if credentials is None:
        raise NotAnnouncedError("the function has no credentials")
    SigV4Auth(credentials, "appsync", os.environ["AWS_REGION"]).add_auth(request)
    sent = urllib.request.Request(url, data=data, headers=dict(request.headers))
    with urllib.request.urlopen(sent, timeout=10) as answer:
        return dict(json.load(answer))
