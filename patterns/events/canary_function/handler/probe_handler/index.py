"""Check a new version for AWS CodeDeploy: call it with the probe, and say how that went.

CodeDeploy calls the hook with two ids and waits up to an hour for an answer. A version that raises, times out or is
refused has failed, and gets no traffic, or gives back what it has.
"""

import json
import logging
import os
from typing import Any

import boto3
from botocore.config import Config

logger = logging.getLogger()
logger.setLevel(logging.INFO)
# A probe that is tried again would hide the failure that it is for.
functions = boto3.client(
    "lambda", config=Config(connect_timeout=5, read_timeout=900, retries={"total_max_attempts": 1})
)
deployments = boto3.client(
    "codedeploy", config=Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard"})
)


def failure() -> str | None:
    """Call the new version as often as is asked for.

    Returns:
        What went wrong; None if nothing did.
    """
    for _ in range(int(os.environ["PROBES"])):
        try:
            answer = functions.invoke(FunctionName=os.environ["NEW_VERSION"], Payload=os.environ["PROBE"].encode())
        except Exception as error:
            logger.exception("the new version could not be called")
            return type(error).__name__
        if "FunctionError" in answer:
            return str(json.loads(answer["Payload"].read()).get("errorType", answer["FunctionError"]))
    return None


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Check the new version, and answer CodeDeploy.

    Args:
        event: The ids of deployment and hook.
        context: Lambda's own.

    Returns:
        The answer.
    """
    failed = failure()
    status = "Failed" if failed else "Succeeded"
    told = {"message": "checked", "request_id": context.aws_request_id, "status": status, "error": failed}
    logger.info(json.dumps(told))
    deployments.put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=status,
    )
    return {"status": status}
