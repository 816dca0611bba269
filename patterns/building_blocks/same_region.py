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
    check_region(argument, scope, region)


def check_regional_web_acl(scope: Construct, web_acl: aws_wafv2.IWebACLRef | None) -> None:
    """Refuse a web ACL for CloudFront or of another Region.

    Args:
        scope: A construct of the stack that uses it.
        web_acl: The web ACL; None passes, and so does one whose scope and Region are not known.

    Raises:
        ValueError: If its scope is CLOUDFRONT, or its Region another one than the stack's.
    """
    if web_acl is None:
        return
    arn = web_acl.web_acl_ref.web_acl_arn
    # The reference of one that is made here holds tokens; the ARN of an imported one says regional/ or global/webacl/.
    if (isinstance(web_acl, wafv2.CfnWebACL) and web_acl.scope == "CLOUDFRONT") or ":global/webacl/" in arn:
        raise ValueError("web_acl must have the scope REGIONAL, got CLOUDFRONT")
    if not Token.is_unresolved(arn):
        check_region("web_acl", scope, arn.split(":")[3])


def check_region(argument: str, scope: Construct, region: str) -> None:
    """Refuse a resource of another Region.

    Args:
        argument: The argument's own name.
        scope: A construct of the stack that uses it.
        region: The resource's Region; one that is not known passes.

    Raises:
        ValueError: If it is another one than the stack's.
    """
    own = Stack.of(scope).region
    if not Token.is_unresolved(own) and not Token.is_unresolved(region) and region != own:
        raise ValueError(f"{argument} must be in {own}, the Region of the stack, got one in {region}")
