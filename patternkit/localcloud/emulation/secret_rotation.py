"""Rotating a secret calls its function, in the four steps of Secrets Manager.

ministack promotes a copy of the current value and calls nothing.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

from __future__ import annotations

import contextvars
import json
import threading
import time
import uuid
from types import ModuleType
from typing import Any

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def rotate(secrets: ModuleType) -> None:
    """Have RotateSecret call the secret's function.

    Args:
        secrets: ministack's module of Secrets Manager.
    """
    module = vars(secrets)
    promote = module["_rotate_secret"]

    def rotating(data: dict[str, Any]) -> Any:
        _, secret = module["_resolve"](data.get("SecretId"))
        if not secret or secret.get("DeletedDate") or module["_is_replica"](secret):
            return promote(data)  # its refusals
        arn = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
        if not arn:
            reason = "No Lambda rotation function ARN is associated with this secret."
            return module["error_response_json"]("InvalidRequestException", reason, 400)
        secret["RotationLambdaARN"] = arn
        secret["RotationRules"] = data.get("RotationRules") or secret.get("RotationRules")
        secret["RotationEnabled"] = True
        token = data.get("ClientRequestToken") or str(uuid.uuid4())
        answer = {"ARN": secret["ARN"], "Name": secret["Name"]}
        if data.get("RotateImmediately", True):
            answer["VersionId"] = token
            if token not in secret["Versions"]:
                for version in secret["Versions"].values():
                    if "AWSPENDING" in version["Stages"]:
                        version["Stages"].remove("AWSPENDING")
                secret["Versions"][token] = {
                    "SecretString": None,
                    "SecretBinary": None,
                    "CreatedDate": int(time.time()),
                    "Stages": ["AWSPENDING"],
                }
            thread = threading.Thread(
                target=contextvars.copy_context().run, args=(_call, secret, arn, token), daemon=True
            )
            thread.start()
        return module["json_response"](answer)

    module["_rotate_secret"] = rotating


def _call(secret: dict[str, Any], arn: str, token: str) -> None:
    import ministack.services.lambda_svc as functions

    module = vars(functions)
    function, configuration, _ = module["_get_func_record_for_ref"](arn)
    if not function or not configuration:
        return
    record = module["_execution_record_for_config"](function, configuration)
    for step in STEPS:
        event = {"SecretId": secret["ARN"], "ClientRequestToken": token, "Step": step}
        result = module["_execute_function_with_config_scope"](record, event)
        if result.get("error"):
            module["logger"].warning(
                "rotation of %s failed at %s: %s", secret["Name"], step, json.dumps(result["body"])
            )
            return
    secret["LastRotatedDate"] = int(time.time())
