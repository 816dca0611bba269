"""Names that Amazon Route 53 answers for."""

import re

from aws_cdk import Token
from aws_cdk import aws_route53 as route53

from patterns.building_blocks.arguments import shown

_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")


def check_name(domain_name: str | None, hosted_zone: route53.IHostedZone | None) -> None:
    """Refuse a name without its zone, a zone without a name, and a name of another zone.

    Args:
        domain_name: The name.
        hosted_zone: The zone.

    Raises:
        ValueError: If one is missing, or the zone is another name's.
    """
    if hosted_zone is not None and domain_name is None:
        raise ValueError("hosted_zone needs domain_name: which name in it should lead here?")
    if domain_name is None or hosted_zone is None:
        if domain_name is not None:
            raise ValueError(f"domain_name needs hosted_zone to be recorded in, got {domain_name!r} alone")
        return
    check_in_zone(domain_name, hosted_zone)


def check_domain_name(argument: str, value: str) -> None:
    """Refuse what is no name of a host: labels of letters, digits and hyphens, two or more.

    Args:
        argument: The argument's own name.
        value: The name; an unresolved token passes.

    Raises:
        ValueError: If it is malformed, or longer than DNS allows.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    """
    if Token.is_unresolved(value):
        return
    labels = value.split(".")
    if len(value) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(one) for one in labels):
        raise ValueError(
            f"{argument} must be a domain name of up to 253 letters, digits, - and ., got {shown(value[:70])!r}"
        )


def check_in_zone(domain_name: str, hosted_zone: route53.IHostedZone) -> None:
    """Refuse a name that is malformed, or of another zone.

    Args:
        domain_name: The name; an unresolved token passes.
        hosted_zone: The zone; one whose name is a token passes.

    Raises:
        ValueError: If it is.
    """
    check_domain_name("domain_name", domain_name)
    zone = hosted_zone.zone_name
    if Token.is_unresolved(zone) or Token.is_unresolved(domain_name):
        return
    # Names have no case, and a zone's may be written with its trailing dot.
    zone = zone.rstrip(".")
    if domain_name.lower() != zone.lower() and not domain_name.lower().endswith(f".{zone.lower()}"):
        raise ValueError(f"domain_name must be {zone} or end in .{zone}, got {domain_name!r}")
