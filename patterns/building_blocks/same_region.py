"""Resources that must be in the Region of what uses them."""

from aws_cdk import Stack, Token
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct


def check_certificate(scope: Construct, certificate: acm.ICertificate | None, *, argument: str = "certificate") -> None:
    """Refuse a certificate of another Region.

    Args:
        scope: A construct of the stack that uses it.
        certificate: The certificate; None passes, and so does one whose Region is not known.
        argument: The argument's own name. Default: "certificate".

    Raises:
        ValueError: If its Region is another one than the stack's.
    """
    if certificate is None:
        return
    arn = certificate.certificate_arn
    region = certificate.env.region if Token.is_unresolved(arn) else arn.split(":")[3]
    own = Stack.of(scope).region
    if not Token.is_unresolved(own) and not Token.is_unresolved(region) and region != own:
        raise ValueError(f"{argument} must be in {own}, the Region of the stack, got one in {region}")


def check_regional_web_acl(web_acl: aws_wafv2.IWebACLRef | None) -> None:
    """Refuse a web ACL for CloudFront, which nothing of a Region takes.

    Args:
        web_acl: The web ACL; None passes.

    Raises:
        ValueError: If its scope is CLOUDFRONT.
    """
    if web_acl is None:
        return
    if isinstance(web_acl, wafv2.CfnWebACL):
        scope = web_acl.scope
    else:
        arn = web_acl.web_acl_ref.web_acl_arn
        scope = "CLOUDFRONT" if not Token.is_unresolved(arn) and ":global/" in arn else "REGIONAL"
    if scope == "CLOUDFRONT":
        raise ValueError("web_acl must have the scope REGIONAL, got CLOUDFRONT")
