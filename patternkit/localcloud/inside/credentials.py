"""Credentials of functions: each has its own role's, with a secret that nobody outside this run can compute."""

from __future__ import annotations

import hashlib
import hmac
from types import ModuleType
from typing import Any


def as_their_roles(runtime: ModuleType, functions: ModuleType, secret: str) -> None:
    """Have each function act as its own role.

    ministack gives functions the account's own secret, or with permissions checked a role session whose secret is a
    plain hash of public names.

    Args:
        runtime: ministack's module of function processes.
        functions: ministack's module of functions.
        secret: This run's.
    """

    def credentials(configuration: dict[str, Any]) -> dict[str, str]:
        from ministack.services import sts

        account, _ = runtime._account_region_from_function_config(configuration)
        function, role = configuration.get("FunctionArn", ""), configuration.get("Role", "")
        name = role.rsplit("/", 1)[-1] or "none"

        def derive(purpose: str) -> str:
            return hmac.new(secret.encode(), f"{purpose}:{function}:{role}".encode(), hashlib.sha256).hexdigest()

        access_key, session = f"ASIA{derive('key')[:16].upper()}", configuration.get("FunctionName", "function")[:64]
        sts.register_session(
            access_key,
            {
                "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
                "UserId": f"{name}:{session}",
                "SecretAccessKey": derive("secret"),
                "SessionToken": derive("token"),
            },
        )
        return {
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": derive("secret"),
            "AWS_SESSION_TOKEN": derive("token"),
        }

    vars(runtime)["execution_credentials"] = credentials
    vars(functions)["execution_credentials"] = credentials
