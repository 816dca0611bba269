"""The policies of resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from patternkit.testing.permissions.account.made import Key, Made
from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.statements import Statement, listed, read_policy

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
        if target is None:
            made[index, logical_id].policies.extend(statements)
            return
        for one in listed(resolve(index, properties.get(target))):
            if isinstance(one, str):
                for owner in _named(made, {one})[:1]:
                    owner.policies.extend(statements)
            elif isinstance(one, Unresolved):
                doubted = [_perhaps(each, one) for each in statements if not each.allow]
                for owner in _named(made, _texts(resolve, index, properties[target])):
                    owner.policies.extend(doubted)
    # What IAM itself keeps is read with the role, and that of a replica when it is made.
    elif not kind.startswith(("AWS::IAM::", "AWS::DynamoDB::GlobalTable")) and _has_policy(properties):
        for owner in (made[index, logical_id], *_named(made, _texts(resolve, index, properties))):
            owner.policies.append(_unread(kind, logical_id))


def _at(properties: Any, path: Sequence[str]) -> Any:
    for name in path:
        properties = properties.get(name) if isinstance(properties, Mapping) else None
    return properties


def _named(made: Mapping[Key, Made], names: set[str]) -> list[Made]:
    return [one for one in made.values() if one.ref in names or one.arn in names]


def _texts(resolve: Callable[[int, Any], Any], index: int, value: Any) -> set[str]:
    return {one for one in (resolve(index, each) for each in _names(value)) if isinstance(one, str)}


def _perhaps(statement: Statement, target: Unresolved) -> Statement:
    """A denial that is written for what is not known before deployment."""
    whose = Unresolved(f"policy of {target.text}")
    return replace(statement, resources=(whose,), as_written=(target.text,), all_but_resources=False)


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
    if isinstance(value, Mapping) and "Fn::If" in value and is_intrinsic:
        # Which of the two it is may not be known.
        yield from _names(value["Fn::If"])
    elif not is_intrinsic and isinstance(value, list | Mapping) and not ("Effect" in value and "Principal" in value):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _names(one)
