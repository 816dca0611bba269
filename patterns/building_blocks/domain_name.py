"""Domain names: how they are written, and which zone they are in."""

from typing import Annotated

from aws_cdk import Token
from aws_cdk import aws_route53 as route53

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
