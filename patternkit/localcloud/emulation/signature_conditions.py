"""Conditions of policies on how a request to Amazon S3 is signed."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from patternkit.localcloud.inside.signatures import SIGNATURE


def know_signatures(evaluator: ModuleType) -> None:
    """Have `s3:signatureversion`, `s3:authType` and `s3:signatureAge` known of the request at hand.

    Args:
        evaluator: ministack's module of policies.
    """
    module = vars(evaluator)
    resolve = module["_resolve_condition_key"]

    def resolving(key: str, context: Any) -> Any:
        known = SIGNATURE.get().get(key.lower())
        return resolve(key, context) if known is None else known

    module["_resolve_condition_key"] = resolving
