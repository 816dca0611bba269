"""DNSSEC: whether the chain of trust from a zone's parent down to its answers is whole.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec.html
"""

from __future__ import annotations

from patternkit.dns.model import HostedZone

SECURE = "secure"
INSECURE = "insecure"
ISLAND = "signed and not trusted"
BROKEN = "broken"


def chain(zone: HostedZone) -> str:
    """How a validating resolver finds the answers of a zone.

    Args:
        zone: A public zone.

    Returns:
        `SECURE`; `INSECURE` where nothing is signed; `ISLAND` where it is signed and no DS record in the parent says
        so; `BROKEN` where the parent has a DS record and the answers are not signed by an active key.
    """
    signing = zone.signing
    if signing.signed:
        return SECURE if signing.parent_has_ds else ISLAND
    return BROKEN if signing.parent_has_ds else INSECURE


def broken_chain(zone: HostedZone) -> str:
    """Why validating resolvers refuse a zone's answers; "" where they do not."""
    if chain(zone) != BROKEN:
        return ""
    if zone.signing.enabled:
        return f"the zone above {zone.name} holds a DS record, and no key-signing key of {zone.path} is active"
    return f"the zone above {zone.name} holds a DS record, and {zone.path} is not signed"
