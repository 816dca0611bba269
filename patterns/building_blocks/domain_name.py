"""Domain names: how they are written, and which zone they are in."""

from typing import Annotated

from aws_cdk import Token
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from patterns.building_blocks.bounds import Matches

# https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html: no underscore, which DNS would take.
_NAME = r"(?=.{4,253}$)((?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)+(?!\d+$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)"

HostName = Annotated[str, Matches(_NAME, "a domain name of up to 253 letters, digits, hyphens and dots")]
"""A name of a host, in whichever case: labels of up to 63 characters with dots between, 253 characters in all."""
DomainName = Annotated[
    str, Matches(f"(?!.*[A-Z]){_NAME}", "a lower-case domain name of up to 253 letters, digits, hyphens and dots")
]
"""A host name for what takes lower case only: domain names of API Gateway, and names in conditions of AWS IAM."""


def check_in_zone(domain_name: str, hosted_zone: route53.IHostedZone) -> None:
    """Refuse a name of another zone.

    Args:
        domain_name: The name; an unresolved token passes.
        hosted_zone: The zone; one whose name is a token passes.

    Raises:
        ValueError: If the zone is another name's.
    """
    zone = hosted_zone.zone_name
    if Token.is_unresolved(zone) or Token.is_unresolved(domain_name):
        return
    # Names have no case, and a zone's may be written with its trailing dot.
    zone = zone.rstrip(".")
    if domain_name.lower() != zone.lower() and not domain_name.lower().endswith(f".{zone.lower()}"):
        raise ValueError(f"domain_name must be {zone} or end in .{zone}, got {domain_name!r}")


def check_public_name(
    domain_name: str | None, certificate: acm.ICertificate | None, hosted_zone: route53.IHostedZone | None
) -> None:
    """Refuse a part of a domain name of one's own without the others.

    Args:
        domain_name: The name; None: there is none.
        certificate: Its certificate.
        hosted_zone: The zone of its records; None: its owner makes them.

    Raises:
        ValueError: If a part is missing, or the name is outside the zone.
    """
    if (domain_name is None) != (certificate is None):
        given = "certificate" if domain_name is None else "domain_name"
        raise ValueError(f"domain_name and certificate go together, got only {given}")
    if hosted_zone is None:
        return
    if domain_name is None:
        raise ValueError("hosted_zone needs domain_name")
    check_in_zone(domain_name, hosted_zone)


def alias_records(
    scope: Construct, hosted_zone: route53.IHostedZone, domain_name: str, target: route53.IAliasRecordTarget
) -> None:
    """Make the records of a name, of IPv4 and IPv6, as aliases.

    Args:
        scope: Parent construct.
        hosted_zone: The zone.
        domain_name: The name, in the zone.
        target: What answers there.
    """
    # The trailing dot: the name is fully qualified, and the zone's name is not appended.
    name, alias = f"{domain_name}.", route53.RecordTarget.from_alias(target)
    route53.ARecord(scope, "Ipv4", zone=hosted_zone, record_name=name, target=alias)
    route53.AaaaRecord(scope, "Ipv6", zone=hosted_zone, record_name=name, target=alias)
