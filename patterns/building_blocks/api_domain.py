"""A domain name of one's own for an Amazon API Gateway REST API."""

import re

from aws_cdk import Token
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def check_domain(domain_name: str | None, certificate: object | None, hosted_zone: object | None) -> None:
    """Refuse half a custom domain.

    Raises:
        ValueError: If something is missing or malformed.
    """
    if (domain_name is None) != (certificate is None):
        given = "certificate" if domain_name is None else "domain_name"
        raise ValueError(f"domain_name and certificate go together, got only {given}")
    if hosted_zone is not None and domain_name is None:
        raise ValueError("hosted_zone needs domain_name")
    if domain_name is not None and not Token.is_unresolved(domain_name) and not _DOMAIN.fullmatch(domain_name):
        raise ValueError(f"domain_name must be a lower-case domain name, got {domain_name!r}")


def custom_domain(
    scope: Construct,
    api: apigateway.RestApi,
    domain_name: str,
    certificate: acm.ICertificate,
    hosted_zone: route53.IHostedZone | None,
) -> apigateway.DomainName:
    """Answer at `domain_name`, over TLS 1.2 or newer.

    Args:
        scope: Where it stands in the tree.
        api: What answers.
        domain_name: The name.
        certificate: Its certificate, in the API's own Region.
        hosted_zone: Where its IPv4 and IPv6 records are made; None: nowhere, they are the caller's to make.

    Returns:
        The domain.
    """
    domain = apigateway.DomainName(
        scope,
        "Domain",
        domain_name=domain_name,
        certificate=certificate,
        endpoint_type=apigateway.EndpointType.REGIONAL,
        security_policy=apigateway.SecurityPolicy.TLS_1_2,
        mapping=api,
    )
    if hosted_zone is not None:
        target = route53.RecordTarget.from_alias(targets.ApiGatewayDomain(domain))
        route53.ARecord(scope, "Ipv4", zone=hosted_zone, record_name=f"{domain_name}.", target=target)
        route53.AaaaRecord(scope, "Ipv6", zone=hosted_zone, record_name=f"{domain_name}.", target=target)
    return domain
