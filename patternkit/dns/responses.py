"""Answers as DNS messages."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from patternkit.dns.answer import Outcome, Status
from patternkit.dns.domain_names import is_address, normal, upwards
from patternkit.dns.model import HostedZone, InternetClient, Model, Source, Vpc
from patternkit.dns.resolution import Resolution
from patternkit.dns.signing import SECURE, chain
from patternkit.dns.stand_ins import StandIns
from patternkit.dns.zone_keys import ZoneKey

_NEGATIVE_TTL = 900
_LONGEST_REASON = 200
_OTHER = dns.edns.EDECode.OTHER
"""The extended error of RFC 8914 that is told in words."""


class Responder:
    """Turns outcomes into messages.

    Args:
        model: The model.
        resolution: What answers for it.
        stand_ins: The addresses of what has none in the template.
        chance: Decides among answers that are picked at random.
        label: Writes identities as people call them.
    """

    def __init__(
        self,
        model: Model,
        resolution: Resolution,
        stand_ins: StandIns,
        chance: random.Random,
        label: Callable[[str], str],
    ) -> None:
        self.model = model
        self.resolution = resolution
        self.stand_ins = stand_ins
        self.chance = chance
        self.label = label
        self.keys = {zone.name: ZoneKey(zone.name) for zone in model.zones.values() if zone.signing.signed}
        self._zones = {zone.name: zone for zone in model.zones.values() if zone.private is False}

    def respond(self, query: dns.message.Message, source: Source, outcome: Outcome) -> dns.message.Message:
        """The message that tells a source how its query ended.

        Args:
            query: The query.
            source: Who asked.
            outcome: How it ended.
        """
        response = dns.message.make_response(query, recursion_available=True)
        question = query.question[0]
        match outcome.status:
            case Status.ANSWERED:
                self._answer(response, question.name, question.rdtype, outcome)
            case Status.NO_NAME | Status.NO_DATA:
                self._nothing(response, question.name, question.rdtype, outcome)
            case _:
                response.set_rcode(dns.rcode.SERVFAIL)
                if query.edns >= 0:
                    told = dns.edns.EDEOption(_OTHER, self.label(outcome.reason)[:_LONGEST_REASON])
                    response.use_edns(0, query.ednsflags & dns.flags.DO, options=[told])
        if query.ednsflags & dns.flags.DO and response.rcode() != dns.rcode.SERVFAIL:
            self._sign(response, question.name, source, outcome)
        return response

    def of_key(self, name: str, kind: str) -> Sequence[dns.rrset.RRset] | None:
        """The DNSKEY or DS records of a name whose zone is signed here; None where there are none."""
        key = self.keys.get(name)
        if key is None or (kind == "DS" and not self._zones[name].signing.parent_has_ds):
            return None
        if kind == "DNSKEY":
            return [key.dnskey(), key.signed(key.dnskey())]
        ds = key.ds()
        above = next((self.keys[domain] for domain in upwards(name.partition(".")[2]) if domain in self.keys), None)
        return [ds, above.signed(ds)] if above is not None else [ds]

    def _answer(
        self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType, outcome: Outcome
    ) -> None:
        # What is not known is not to be kept.
        ttl = outcome.ttl or 0
        for target in outcome.chain:
            response.answer.append(dns.rrset.from_text(name, ttl, "IN", "CNAME", f"{target}."))
            name = dns.name.from_text(target)
        values = list(outcome.values)
        if outcome.pool:
            values = self.chance.sample(values, outcome.pool)
        texts = [text for value in values if (text := self._text(value, kind)) is not None]
        if texts:
            response.answer.append(dns.rrset.from_text(name, ttl, "IN", kind, *texts))
        else:
            response.set_rcode(dns.rcode.SERVFAIL)

    def _text(self, value: str, kind: dns.rdatatype.RdataType) -> str | None:
        """A value as zone files write it; None where it is none of its type."""
        if kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
            if not is_address(value):
                value = self.stand_ins.address(value, 4 if kind == dns.rdatatype.A else 6)
        elif "\u27e8" in value:
            value = f"{normal(self.label(value).replace('/', '.'))}.stand-in.invalid."
        elif kind in (dns.rdatatype.CNAME, dns.rdatatype.NS, dns.rdatatype.PTR) and not value.endswith("."):
            value = f"{value}."
        try:
            dns.rdata.from_text(dns.rdataclass.IN, kind, value)
        except dns.exception.DNSException:
            return None
        return value

    def _nothing(
        self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType, outcome: Outcome
    ) -> None:
        if outcome.status is Status.NO_NAME:
            response.set_rcode(dns.rcode.NXDOMAIN)
        zone = next((domain for domain in upwards(normal(name.to_text())) if self._any_zone(domain)), "")
        if zone:
            # As Route 53 fills it in for every zone.
            soa = f"ns.{zone}. awsdns-hostmaster.amazon.com. 1 7200 {_NEGATIVE_TTL} 1209600 86400"
            asked = kind == dns.rdatatype.SOA and normal(name.to_text()) == zone
            section = response.answer if asked else response.authority
            section.append(dns.rrset.from_text(f"{zone}.", _NEGATIVE_TTL, "IN", "SOA", soa))

    def _any_zone(self, domain: str) -> bool:
        return any(zone.name == domain for zone in self.model.zones.values())

    def _sign(self, response: dns.message.Message, name: dns.name.Name, source: Source, outcome: Outcome) -> None:
        if not self._is_public(source, normal(name.to_text())):
            return
        key = self._key_of(name)
        if key is not None and not response.answer:
            response.set_rcode(dns.rcode.NOERROR)
            denial = key.denial(name, _NEGATIVE_TTL, exists=outcome.status is Status.NO_DATA)
            response.authority.append(denial)
        for section in (response.answer, response.authority):
            for rrset in list(section):
                signing = self._key_of(rrset.name)
                if signing is not None and rrset.rdtype != dns.rdatatype.RRSIG:
                    section.append(signing.signed(rrset))
        if key is not None and chain(self._zones[key.zone.to_text(omit_final_dot=True)]) == SECURE:
            response.flags |= dns.flags.AD

    def _key_of(self, name: dns.name.Name) -> ZoneKey | None:
        zone = next((self._zones[one] for one in upwards(normal(name.to_text())) if one in self._zones), None)
        return self.keys.get(zone.name) if isinstance(zone, HostedZone) else None

    def _is_public(self, source: Source, name: str) -> bool:
        if isinstance(source, Vpc):
            return self.resolution.views[source.identity].found(name) is None
        return isinstance(source, InternetClient)
