"""Roles are assumed by services for this account alone, wherever the service says for whom: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.every_template import TEMPLATES, Resources, every_template, resources

SAYS_FOR_WHOM = {
    "appsync.amazonaws.com": "https://docs.aws.amazon.com/appsync/latest/devguide/attaching-a-data-source.html",
    "codedeploy.amazonaws.com": "https://docs.aws.amazon.com/codedeploy/latest/userguide/security_confused_deputy.html",
    "ecs-tasks.amazonaws.com": "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    "scheduler.amazonaws.com": "https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    "states.amazonaws.com": "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
    "vpc-flow-logs.amazonaws.com": "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html",
}
"""Services that assume a role with the account or the resource that they do it for, and where AWS says so.

Not apigateway.amazonaws.com: it says nothing of the account, and a role with the condition cannot be assumed
(https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/479).
"""

SAYS_IT_NOT_OF = {"appsync.amazonaws.com": "LogRole"}
"""Roles of which AWS does not say so, by the end of their ids: those that AWS AppSync writes its log with."""


def roles(found: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    """The statements by which roles are assumed, by logical id."""
    for logical_id, resource in found.items():
        if resource["Type"] == "AWS::IAM::Role":
            for statement in resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
                yield logical_id, statement


def is_left_out(service: str, logical_id: str) -> bool:
    """Whether AWS does not say for whom this role of a service is assumed; an id ends in eight digits of its path."""
    return service in SAYS_IT_NOT_OF and logical_id[:-8].endswith(SAYS_IT_NOT_OF[service])


@every_template
def test_a_role_is_assumed_for_this_account_alone(path: Path) -> None:
    for logical_id, statement in roles(resources(path)):
        service = str(statement["Principal"].get("Service", ""))
        if service in SAYS_FOR_WHOM and not is_left_out(service, logical_id):
            conditions = json.dumps(statement.get("Condition", {}))
            assert '"aws:SourceAccount": {"Ref": "AWS::AccountId"}' in conditions, (
                f"{logical_id} may be assumed by {service} for any account: {SAYS_FOR_WHOM[service]}"
            )


def test_each_of_these_services_assumes_a_role_somewhere() -> None:
    found = {
        str(statement["Principal"].get("Service", "")) for path in TEMPLATES for _, statement in roles(resources(path))
    }
    assert found >= SAYS_FOR_WHOM.keys()
