"""Certificates of AWS Certificate Manager, which work in their own Region alone."""

from aws_cdk import Arn, ArnFormat, Stack, Token
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct


def check_region(argument: str, certificate: acm.ICertificate, scope: Construct, user: str) -> None:
    """Refuse a certificate of another Region than what uses it.

    Args:
        argument: The argument's own name.
        certificate: The certificate. One of an unknown Region passes, and so does any in an env-agnostic stack.
        scope: A construct in the stack of what uses it.
        user: What uses it: "load balancer".

    Raises:
        ValueError: If the Regions differ.

    Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html
    """
    region, arn = Stack.of(scope).region, certificate.certificate_arn
    if Token.is_unresolved(arn) or Token.is_unresolved(region):
        return
    given = Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME).region
    if given is not None and not Token.is_unresolved(given) and given != region:
        raise ValueError(f"{argument} must be in the {user}'s Region {region}, got one in {given}")
