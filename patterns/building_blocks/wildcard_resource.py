"""Wildcards in the resources of AWS IAM policies, each with its reason."""

import json
from typing import Any, cast

import jsii
from aws_cdk import Acknowledgment, Reference, Stack, Tokenization, Validations
from constructs import IConstruct, IValidation

from patterns.building_blocks.cross_stack import in_one_stack

OBJECT_KEYS_UNKNOWN = (
    "Which object keys will exist is not known when the template is made; the statement names one bucket and prefix."
)


def acknowledge_wildcard_resource(scope: IConstruct, arn: str, reason: str) -> None:
    """Acknowledge that the policies under `scope` name `arn`, which holds a wildcard.

    The ARN of a resource in another stack of the same app is written down only when the app is synthesized, and the
    finding is named after what is written: that one is acknowledged then.

    Args:
        scope: The role or policy whose statement names it.
        arn: The ARN as the statement has it, tokens and all.
        reason: Why nothing narrower will do, in a full sentence.
    """
    tokens = Tokenization.reverse_string(arn).tokens
    references = [cast(Reference, one) for one in tokens if Reference.is_reference(one)]
    if all(in_one_stack(scope, one.target) for one in references):
        _acknowledge(scope, arn, reason)
    else:
        scope.node.add_validation(_Later(scope, arn, reason))


@jsii.implements(IValidation)
class _Later:
    """Acknowledges when the CDK asks for what is wrong, by which time stacks' references are written down."""

    def __init__(self, scope: IConstruct, arn: str, reason: str) -> None:
        self._scope, self._arn, self._reason = scope, arn, reason

    def validate(self) -> list[str]:
        _acknowledge(self._scope, self._arn, self._reason)
        return []


def _acknowledge(scope: IConstruct, arn: str, reason: str) -> None:
    finding = f"AwsSolutions-IAM5[Resource::{_flat(Stack.of(scope).resolve(arn))}]"
    Validations.of(scope).acknowledge(Acknowledgment(id=f"AwsSolutions::{finding}", reason=reason))


def _flat(reference: Any) -> str:
    # As cdk-nag writes a reference into the name of its finding.
    if isinstance(reference, str):
        return reference.replace("${", "<").replace("}", ">")
    match reference:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{_flat(resource)}.{_flat(attribute)}>"
        case {"Fn::ImportValue": name}:
            return _flat(name)
        case {"Ref": name}:
            return f"<{_flat(name)}>"
        case _:
            return json.dumps(reference, separators=(",", ":"))
