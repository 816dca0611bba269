"""Resources that must be in the Region, or in the account, of what uses them."""

from aws_cdk import IResource, Stack, Token
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.building_blocks.arguments import shown

_EDGE = "us-east-1"


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
    region = certificate.env.region if Token.is_unresolved(arn) else region_in(argument, arn)
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
    if _scope_of(web_acl) == "CLOUDFRONT":
        raise ValueError("web_acl must have the scope REGIONAL, got CLOUDFRONT")
    if not Token.is_unresolved(arn):
        check_region("web_acl", scope, region_in("web_acl", arn))


def check_edge_certificate(certificate: acm.ICertificate | None, *, argument: str = "certificate") -> None:
    """Refuse a certificate that Amazon CloudFront does not take.

    Args:
        certificate: The certificate; None passes, and so does one whose Region is not known.
        argument: The argument's own name. Default: "certificate".

    Raises:
        ValueError: If its Region is another one than us-east-1.
    """
    if certificate is None:
        return
    arn = certificate.certificate_arn
    region = certificate.env.region if Token.is_unresolved(arn) else region_in(argument, arn)
    if not Token.is_unresolved(region) and region != _EDGE:
        raise ValueError(f"{argument} must be in {_EDGE}, where CloudFront looks for it, got one in {region}")


def check_edge_web_acl(web_acl: aws_wafv2.IWebACLRef | None, *, argument: str = "web_acl") -> None:
    """Refuse a web ACL that is not for Amazon CloudFront.

    Args:
        web_acl: The web ACL; None passes, and so does one whose scope is not known.
        argument: The argument's own name. Default: "web_acl".

    Raises:
        ValueError: If its scope is REGIONAL.
    """
    if web_acl is None:
        return
    if _scope_of(web_acl) == "REGIONAL":
        raise ValueError(f"{argument} must have the scope CLOUDFRONT, got REGIONAL")


def _scope_of(web_acl: aws_wafv2.IWebACLRef) -> str | None:
    """The scope of a web ACL; None if it is not known."""
    # The reference of one that is made here holds tokens; the ARN of an imported one says regional/ or global/webacl/.
    if isinstance(web_acl, wafv2.CfnWebACL):
        return web_acl.scope
    reference = web_acl.web_acl_ref
    for scope, path in (("CLOUDFRONT", ":global/webacl/"), ("REGIONAL", ":regional/webacl/")):
        if path in reference.web_acl_arn or reference.scope == scope:
            return scope
    return None


def check_arn(argument: str, scope: Construct, arn: str) -> None:
    """Refuse what is no ARN, or one of another Region.

    Args:
        argument: The argument's own name.
        scope: A construct of the stack that uses it.
        arn: The ARN; one that is not known passes.

    Raises:
        ValueError: If it has no Region in it, or its Region is another one than the stack's.
    """
    if not Token.is_unresolved(arn):
        check_region(argument, scope, region_in(argument, arn))


def region_in(argument: str, arn: str) -> str:
    """Read the Region in an ARN.

    Args:
        argument: The argument's own name.
        arn: The ARN, known.

    Returns:
        The Region.

    Raises:
        ValueError: If it is no ARN.
    """
    parts = arn.split(":")
    if parts[0] != "arn" or len(parts) < 6:
        raise ValueError(f"{argument} must have an ARN such as arn:aws:SERVICE:REGION:ACCOUNT:NAME, got {shown(arn)}")
    return parts[3]


def check_own_account(argument: str, scope: Construct, arn: str, why: str) -> None:
    """Refuse a resource of another account.

    Args:
        argument: The argument's own name.
        scope: A construct of the stack that uses it.
        arn: Its ARN; one that is not known passes.
        why: Why it must be of this account.

    Raises:
        ValueError: If it is no ARN, or its account is another one than the stack's.
    """
    own = Stack.of(scope).account
    if Token.is_unresolved(arn):
        return
    region_in(argument, arn)
    other = arn.split(":")[4]
    if not Token.is_unresolved(own) and other not in ("", own):
        raise ValueError(f"{argument} must be in {own}, the account of the stack, got one in {other}: {why}")


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


def check_here(scope: Construct, **given: IResource | None) -> None:
    """Refuse resources of another Region.

    Args:
        scope: A construct of the stack that uses them.
        given: Each by its argument's own name; None passes, and so does one whose Region is not known.

    Raises:
        ValueError: If the Region of one is another one than the stack's.
    """
    for argument, resource in given.items():
        if resource is None:
            continue
        # Of a table that is imported by its ARN, the CDK takes the Region to be the stack's.
        arn = getattr(resource, "table_arn", None)
        known = arn is not None and not Token.is_unresolved(arn)
        check_region(argument, scope, region_in(argument, str(arn)) if known else resource.env.region)
