"""Roles are assumed by services for this account alone, wherever the service says for whom: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

SAYS_FOR_WHOM = {
    "ecs-tasks.amazonaws.com": "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    "scheduler.amazonaws.com": "https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    "vpc-flow-logs.amazonaws.com": "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html",
}
"""Services that assume a role with the account or the resource that they do it for, and where AWS says so."""

TEMPLATES = sorted((ROOT / "tests").glob("**/snapshots/*.agnostic.json"))


def roles(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The statements by which roles are assumed, by logical id."""
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            for statement in resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
                yield logical_id, statement


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name.removesuffix(".agnostic.json"))
def test_a_role_is_assumed_for_this_account_alone(path: Path) -> None:
    for logical_id, statement in roles(json.loads(path.read_text(encoding="utf-8"))):
        service = str(statement["Principal"].get("Service", ""))
        if service in SAYS_FOR_WHOM:
            conditions = json.dumps(statement.get("Condition", {}))
            assert '"aws:SourceAccount": {"Ref": "AWS::AccountId"}' in conditions, (
                f"{logical_id} may be assumed by {service} for any account: {SAYS_FOR_WHOM[service]}"
            )


def test_each_of_these_services_assumes_a_role_somewhere() -> None:
    found = {
        str(statement["Principal"].get("Service", ""))
        for path in TEMPLATES
        for _, statement in roles(json.loads(path.read_text(encoding="utf-8")))
    }
    assert found >= SAYS_FOR_WHOM.keys()
