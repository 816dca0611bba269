"""A query that cannot be run fails.

Without the package duckdb ministack answers every query with a made-up value, and says that it succeeded.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any


def fail_without_engine(queries: ModuleType) -> None:
    """Have queries fail where there is nothing to run them.

    Args:
        queries: ministack's module of Athena.
    """

    def failing(_query: str) -> Any:
        raise RuntimeError("the local cloud runs queries with the package duckdb, and it is not installed")

    vars(queries)["_mock_query_results"] = failing
