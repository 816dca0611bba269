"""From a call of the AWS SDK to the actions and resources that it needs to be allowed."""

from collections.abc import Callable, Iterator

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls import (
    apis,
    compute,
    containers,
    keys_and_secrets,
    messaging,
    networking,
    storage,
)
from patternkit.testing.permissions.calls.call import Call, Need, by_name
from patternkit.testing.permissions.statements import Request

__all__ = ["Call", "request_context", "requests"]


def requests(call: Call, account: Account, role: str) -> list[Request]:
    """The permissions that a call needs.

    Args:
        call: The call.
        account: The account that it is made in.
        role: The ARN of the role that makes it.

    Returns:
        The requests; none for a call that everybody may make.

    Raises:
        NotModelled: If what it needs is not known here.
    """
    service = _IAM_PREFIXES.get(call.service, call.service)
    context = request_context(account, role) | {
        "aws:requestedregion": (call.region,),
        "aws:securetransport": (str(call.secure).lower(),),
    }
    if (service, call.operation) in _FREE:
        return []
    translate = _SERVICES.get(service)
    needs = list(translate(call, account) if translate else by_name(service, call))
    return [
        Request(action, resource, context | extra, f"the handler calls {call}") for action, resource, extra in needs
    ]


def request_context(account: Account, role: str) -> dict[str, tuple[str, ...] | None]:
    """Give the condition keys that every request of a role in its own account has, or never has.

    Args:
        account: The account.
        role: The role's ARN.

    Returns:
        The keys in small letters.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    # An execution role acts for nobody: what tells of a service acting for somebody is absent.
    absent = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:multifactorauthpresent")
    return {
        "aws:principalaccount": (account.id,),
        "aws:principalarn": (role,),
        "aws:principalisawsservice": ("false",),
        "aws:principaltype": ("AssumedRole",),
        "aws:requestedregion": (account.region,),
        "aws:securetransport": ("true",),
        "aws:viaawsservice": ("false",),
        # AWS's endpoints and the SDK agree on the newest version that both have, which is 1.3.
        "s3:tlsversion": ("1.3",),
        # The SDK signs with version 4, in a header, right before it sends.
        "s3:authtype": ("REST-HEADER",),
        "s3:signatureage": ("0",),
        "s3:signatureversion": ("AWS4-HMAC-SHA256",),
        "kms:viaservice": None,
        "kms:calleraccount": (account.id,),
        **dict.fromkeys(absent),
    }


_IAM_PREFIXES = {"monitoring": "cloudwatch"}
_FREE = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}
_SERVICES: dict[str, Callable[[Call, Account], Iterator[Need]]] = {
    "apigateway": apis.apigateway,
    "cloudfront": apis.cloudfront,
    "cloudwatch": compute.cloudwatch,
    "dynamodb": storage.dynamodb,
    "ec2": networking.ec2,
    "ecs": containers.ecs,
    "elasticloadbalancing": networking.elasticloadbalancing,
    "events": messaging.events,
    "execute-api": messaging.connections,
    "kinesis": messaging.kinesis,
    "kms": keys_and_secrets.kms,
    "lambda": compute.lambda_,
    "s3": storage.s3,
    "secretsmanager": keys_and_secrets.secretsmanager,
    "sns": messaging.sns,
    "sqs": messaging.sqs,
    "ssm": keys_and_secrets.ssm,
    "states": compute.states,
}
"""Services whose resources are known; of the others only actions that take no resource are evaluated."""
