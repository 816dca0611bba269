"""The policies of resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from patternkit.testing.permissions.account.made import Key, Made
from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.statements import Statement, read_policy

_RESOURCE_POLICIES: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "AWS::DynamoDB::Table": (None, ("ResourcePolicy", "PolicyDocument")),
    "AWS::Events::EventBus": (None, ("Policy",)),
    "AWS::KMS::Key": (None, ("KeyPolicy",)),
    "AWS::KMS::ReplicaKey": (None, ("KeyPolicy",)),
    "AWS::Kinesis::ResourcePolicy": ("ResourceArn", ("ResourcePolicy",)),
    "AWS::S3::BucketPolicy": ("Bucket", ("PolicyDocument",)),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn", ("PolicyDocument",)),
    "AWS::SNS::TopicPolicy": ("Topics", ("PolicyDocument",)),
    "AWS::SQS::QueueInlinePolicy": ("Queue", ("PolicyDocument",)),
    "AWS::SQS::QueuePolicy": ("Queues", ("PolicyDocument",)),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId", ("ResourcePolicy",)),
}
"""Where resource policies are: the property that names whose they are (None: its own), and the path of the document."""


def attach(
    resolve: Callable[[int, Any], Any],
    made: Mapping[Key, Made],
    index: int,
    logical_id: str,
    resource: Mapping[str, Any],
) -> None:
    """Attach the policy that a resource of a template is, or has.

    A policy in a property that is not known here may deny as well as allow: what it could be the policy of, which is
    its own resource and those that its other properties name, gets a denial of which nothing is known.

    Args:
        resolve: What resolves a part of a template, by the template's place.
        made: The resources.
        index: The place of the resource's template.
        logical_id: The resource.
        resource: Its definition.
    """
    kind, properties = resource["Type"], resource.get("Properties", {})
    target, path = _RESOURCE_POLICIES.get(kind, (None, ()))
    written = _at(properties, path) if path else None
    if written is not None:
        statements = list(read_policy(logical_id, resolve(index, written), written, of_resource=True))
        targets = [logical_id] if target is None else resolve(index, properties[target])
        for one in targets if isinstance(targets, list) else [targets]:
            owner = made[index, logical_id] if target is None else next(iter(_named(made, {one})), None)
            if owner is not None:
                owner.policies.extend(statements)
    # What IAM itself keeps is read with the role, and that of a replica when it is made.
    elif not kind.startswith(("AWS::IAM::", "AWS::DynamoDB::GlobalTable")) and _has_policy(properties):
        names = {one for one in (resolve(index, each) for each in _names(properties)) if isinstance(one, str)}
        for owner in (made[index, logical_id], *_named(made, names)):
            owner.policies.append(_unread(kind, logical_id))


def _at(properties: Any, path: Sequence[str]) -> Any:
    for name in path:
        properties = properties.get(name) if isinstance(properties, Mapping) else None
    return properties


def _named(made: Mapping[Key, Made], names: set[str]) -> list[Made]:
    return [one for one in made.values() if one.ref in names or one.arn in names]


def _unread(kind: str, logical_id: str) -> Statement:
    return Statement(
        policy=logical_id,
        number=1,
        allow=False,
        actions=("*",),
        resources=(Unresolved(f"policy of {kind}"),),
        as_written=(),
        principals={"AWS": ("*",)},
    )


def _has_policy(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_policy, value))
    if not isinstance(value, Mapping):
        return False
    return ("Effect" in value and "Principal" in value) or any(map(_has_policy, value.values()))


def _names(value: Any) -> Iterator[Any]:
    """The texts and references of properties, those of policies left out."""
    is_intrinsic = isinstance(value, Mapping) and len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))
    if isinstance(value, str) or is_intrinsic:
        yield value
    elif isinstance(value, list | Mapping) and not ("Effect" in value and "Principal" in value):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _names(one)
