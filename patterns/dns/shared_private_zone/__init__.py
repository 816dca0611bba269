"""Answer private names alike in many VPCs and accounts, by association or by a Route 53 Profile."""

from patterns.dns.shared_private_zone.construct import SharedPrivateZone

__all__ = ["SharedPrivateZone"]
