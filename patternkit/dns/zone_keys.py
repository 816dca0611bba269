"""Keys of signed zones, made for one run: the real ones never leave AWS KMS."""

from __future__ import annotations

import time

import dns.dnssec
import dns.name
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec
from dns.dnssectypes import Algorithm, DSDigest
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.dnskeybase import Flag

LIFETIME = 7 * 24 * 3600
_NXNAME = 128


class ZoneKey:
    """The key of a zone, which signs its answers as Route 53 does: ECDSA on P-256 with SHA-256.

    Args:
        zone: The zone's name.
    """

    def __init__(self, zone: str) -> None:
        self.zone = dns.name.from_text(zone)
        self._private = ec.generate_private_key(ec.SECP256R1())
        self.public = dns.dnssec.make_dnskey(
            self._private.public_key(), Algorithm.ECDSAP256SHA256, flags=Flag.SEP | Flag.ZONE
        )

    def dnskey(self, ttl: int = 3600) -> dns.rrset.RRset:
        """The zone's DNSKEY records."""
        return dns.rrset.from_rdata(self.zone, ttl, self.public)

    def ds(self, ttl: int = 300) -> dns.rrset.RRset:
        """The DS record that the zone above holds."""
        assert isinstance(self.public, DNSKEY)
        return dns.rrset.from_rdata(self.zone, ttl, dns.dnssec.make_ds(self.zone, self.public, DSDigest.SHA256))

    def signed(self, rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        """The signature of some records."""
        assert isinstance(self.public, DNSKEY)
        now = int(time.time())
        rrsig = dns.dnssec.sign(
            rrset, self._private, self.zone, self.public, inception=now - 3600, expiration=now + LIFETIME
        )
        return dns.rrset.from_rdata(rrset.name, rrset.ttl, rrsig)

    def denial(self, name: dns.name.Name, ttl: int, *, exists: bool) -> dns.rrset.RRset:
        """The record that says what a name has not: RFC 9824, compact denial of existence."""
        kinds = "" if exists else f" TYPE{_NXNAME}"
        following = dns.name.Name((b"\000", *name.labels))
        return dns.rrset.from_text(name, ttl, "IN", "NSEC", f"{following.to_text()} RRSIG NSEC{kinds}")
