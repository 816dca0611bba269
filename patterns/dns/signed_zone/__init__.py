"""Sign a public zone, and be told as soon as its signatures are at risk."""

from patterns.dns.signed_zone.construct import SignedZone

__all__ = ["SignedZone"]
