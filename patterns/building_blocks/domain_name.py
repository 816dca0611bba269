"""Domain names: how they are written, and which zone they are in."""

from typing import Annotated

from aws_cdk import Token
from aws_cdk import aws_route53 as route53

from patterns.building_blocks.bounds import Matches

DomainName = Annotated[
    str,
    Matches(
        r"(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        "a lower-case domain name",
    ),
]
"""A domain name: labels of up to 63 characters with dots between, 253 characters in all."""


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
    zone = zone.rstrip(".")
    if domain_name != zone and not domain_name.endswith(f".{zone}"):
        raise ValueError(f"domain_name must be {zone} or end in .{zone}, got {domain_name!r}")
