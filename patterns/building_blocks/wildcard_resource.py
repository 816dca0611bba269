"""Wildcards in the resources of AWS IAM policies, each with its reason."""

from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import Construct

OBJECT_KEYS_UNKNOWN = (
    "Which object keys will exist is not known when the template is made; the statement names one bucket and prefix."
)


def acknowledge_wildcard_resource(scope: Construct, arn: str, reason: str) -> None:
    """Acknowledge that the policies under `scope` name `arn`, which holds a wildcard.

    The ARN of a resource in another stack of the same app is written down only when the app is synthesized, and the
    finding is named after what is written: that one is left for the app to acknowledge.

    Args:
        scope: The role or policy whose statement names it.
        arn: The ARN as the statement has it, tokens and all.
        reason: Why nothing narrower will do, in a full sentence.
    """
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
    return str(reference)
