"""What is known of requests when they are let in: the keys of tokens, and what a policy of Amazon ECS asks for."""

import asyncio
import json
import types
from typing import Any

import pytest

from patternkit.localcloud.emulation.task_conditions import name_clusters
from patternkit.localcloud.emulation.token_keys import read_by_tls

CLUSTER = "arn:aws:ecs:eu-west-1:000000000000:cluster/c"
DEFINITION = "arn:aws:ecs:eu-west-1:000000000000:task-definition/d:1"


@pytest.mark.parametrize(
    ("tls", "url", "read"),
    [
        ("1", "http://127.0.0.1:4566/p/.well-known/jwks.json", "https://127.0.0.1:4566/p/.well-known/jwks.json"),
        ("", "http://127.0.0.1:4566/p/.well-known/jwks.json", "http://127.0.0.1:4566/p/.well-known/jwks.json"),
        ("1", "http://other.example.com/jwks.json", "http://other.example.com/jwks.json"),
        ("1", None, None),
    ],
)
def test_keys_of_its_own_pools_are_read_as_it_speaks(
    monkeypatch: pytest.MonkeyPatch, tls: str, url: str | None, read: str | None
) -> None:
    async def resolve(_: Any) -> str | None:
        return url

    gateway = types.ModuleType("gateway")
    vars(gateway).update(_HOST="127.0.0.1", _PORT="4566", _resolve_jwks_url=resolve)
    read_by_tls(gateway)
    monkeypatch.setenv("USE_SSL", tls)
    assert asyncio.run(vars(gateway)["_resolve_jwks_url"]({})) == read


def _actions() -> Any:
    def extract_resource_arn(*request: Any) -> str:
        asked = json.loads(request[4])
        return str(asked.get("cluster") or asked.get("taskDefinition") or "*")

    actions = types.ModuleType("actions")
    vars(actions).update(
        extract_resource_arn=extract_resource_arn, request_tag_context=lambda *_: {"aws:TagKeys": None}
    )
    name_clusters(actions)
    return actions


@pytest.mark.parametrize(
    ("operation", "resource"), [("RunTask", DEFINITION), ("StartTask", DEFINITION), ("ListTasks", CLUSTER)]
)
def test_what_is_run_is_the_resource_of_a_request_to_ecs(operation: str, resource: str) -> None:
    body = json.dumps({"cluster": CLUSTER, "taskDefinition": DEFINITION}).encode()
    target = {"X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{operation}"}
    found = _actions().extract_resource_arn("ecs", "POST", "/", target, body, {}, "eu-west-1", "0" * 12)
    assert found == resource


def test_the_cluster_of_a_request_is_known_to_policies() -> None:
    conditions = _actions().request_tag_context
    assert conditions("ecs", "ecs:RunTask", json.dumps({"cluster": CLUSTER}).encode(), {})["ecs:cluster"] == CLUSTER
    for service, body in (("ecs", b"{}"), ("ecs", b"no JSON"), ("ecs", b"[]"), ("sqs", b'{"cluster": "c"}')):
        assert conditions(service, "any:Action", body, {}) == {"aws:TagKeys": None}
