"""The policies of resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from patternkit.testing.permissions.account.made import Key, Made
from patternkit.testing.permissions.statements import read_policy

_RESOURCE_POLICIES: dict[str, tuple[str | None, str]] = {
    "AWS::DynamoDB::Table": (None, "ResourcePolicy"),
    "AWS::KMS::Key": (None, "KeyPolicy"),
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("Topics", "PolicyDocument"),
    "AWS::SQS::QueuePolicy": ("Queues", "PolicyDocument"),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId", "ResourcePolicy"),
}
"""Where resource policies are: the property that names whose they are (None: its own), and the document's."""


def attach(
    resolve: Callable[[int, Any], Any],
    made: Mapping[Key, Made],
    index: int,
    logical_id: str,
    resource: Mapping[str, Any],
) -> None:
    """Attach the policy that a resource of a template is, or has.

    Args:
        resolve: What resolves a part of a template, by the template's place.
        made: The resources.
        index: The place of the resource's template.
        logical_id: The resource.
        resource: Its definition.
    """
    described_by = _RESOURCE_POLICIES.get(resource["Type"])
    properties = resource.get("Properties", {})
    if described_by is None or described_by[1] not in properties:
        return
    target, document = described_by
    written = properties[document]
    if resource["Type"] == "AWS::DynamoDB::Table":
        written = written.get("PolicyDocument")
    statements = list(read_policy(logical_id, resolve(index, written), written, of_resource=True))
    targets = [logical_id] if target is None else resolve(index, properties[target])
    for one in targets if isinstance(targets, list) else [targets]:
        owner = (
            made[index, logical_id]
            if target is None
            else next((other for other in made.values() if one in (other.ref, other.arn)), None)
        )
        if owner is not None:
            owner.policies.extend(statements)
