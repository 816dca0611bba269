"""Tells the waiting workflow what was decided."""

import json
import logging

import boto3
from botocore.config import Config

logger = logging.getLogger()
logger.setLevel(logging.INFO)
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})
_workflows = boto3.client("stepfunctions", config=_SDK)


def tell(task_token: str, decision: str) -> bool:
    """Tell the workflow, if it still waits.

    Args:
        task_token: What it waits for.
        decision: What was decided.

    Returns:
        Whether it waited: not after the first answer, nor between two reminders, when it asks the record itself.
    """
    errors = _workflows.exceptions
    try:
        _workflows.send_task_success(taskToken=task_token, output=json.dumps({"decision": decision}))
    except (errors.TaskTimedOut, errors.TaskDoesNotExist):
        logger.info(json.dumps({"message": "the workflow does not wait for this answer"}))
        return False
    return True
