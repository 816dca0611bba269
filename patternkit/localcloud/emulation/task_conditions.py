"""Requests to Amazon ECS name the task definition that they run, and the cluster that policies ask for.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

RUN = ("RunTask", "StartTask")


def name_clusters(actions: ModuleType) -> None:
    """Have `ecs:cluster` known of a request, and what is run be its resource.

    Args:
        actions: ministack's module of the actions and resources of requests.
    """
    module = vars(actions)
    resource, conditions = module["extract_resource_arn"], module["request_tag_context"]

    def resource_of(
        service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *more: Any, **named: Any
    ) -> str:
        found = str(resource(service, method, path, headers, body, *more, **named))
        operation = {name.lower(): one for name, one in headers.items()}.get("x-amz-target", "").rpartition(".")[2]
        if service != "ecs" or operation not in RUN:
            return found
        # The rest of its answer names the cluster, and not the task definition.
        asked = {key: value for key, value in _read(body).items() if key != "cluster"}
        return str(resource(service, method, path, headers, json.dumps(asked).encode(), *more, **named))

    def conditions_of(service: str, action: str, body: bytes, params: Any) -> dict[str, Any]:
        known = dict(conditions(service, action, body, params))
        cluster = _read(body).get("cluster") if service == "ecs" else None
        if isinstance(cluster, str) and cluster:
            known["ecs:cluster"] = cluster if cluster.startswith("arn:") else _named(cluster)
        return known

    module["extract_resource_arn"], module["request_tag_context"] = resource_of, conditions_of


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _named(cluster: str) -> str:
    from ministack.core.responses import get_account_id, get_region

    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:cluster/{cluster}"
