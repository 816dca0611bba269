"""Names that Amazon Route 53 answers for."""

from aws_cdk import aws_route53 as route53

from patterns.building_blocks.domain_name import check_in_zone


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
