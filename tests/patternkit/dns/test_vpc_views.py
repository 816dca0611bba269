"""Which rule or zone a VPC's query goes to, against a reading of the documentation that tries every candidate."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patternkit.dns.zones import Dns

DOMAINS = ["internal", "a.internal", "b.a.internal", "c.b.a.internal", "d.a.internal"]
NAMES = [f"x.{domain}" for domain in DOMAINS] + ["b.a.internal"]
SERVERS = {domain: f"10.200.0.{number}" for number, domain in enumerate([*DOMAINS, "."], 2)}


def expected(name: str, zones: set[str], forwards: set[str], systems: set[str]) -> str:
    """Of all domains that a name is in the most specific wins; a rule before a zone of the same domain.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-domain-name-matches.html
    """
    candidates = [(0, 0, "internet")]
    for kind, weight, domains in (("zone", 1, zones), ("system", 2, systems), ("forward", 2, forwards)):
        for domain in domains:
            if domain == "." or f".{name}".endswith(f".{domain}"):
                labels = 0 if domain == "." else len(domain.split("."))
                candidates.append((labels, weight, f"{kind} {domain}"))
    labels, _, best = max(candidates)
    if not best.startswith("system"):
        return best
    # The resolver answers by itself: by its most specific zone, else by the internet.
    return max(one for one in candidates if one[2].startswith(("zone", "internet")) and one[0] <= labels)[2]


@settings(max_examples=int(os.environ.get("DNS_VIEWS", "40")), deadline=None)
@given(
    st.sets(st.sampled_from(DOMAINS)),
    st.dictionaries(st.sampled_from([*DOMAINS, "."]), st.sampled_from(["FORWARD", "SYSTEM"])),
)
def test_the_most_specific_rule_or_zone_answers(zones: set[str], rules: dict[str, str]) -> None:
    dns = Dns(None)
    dns.vpc("Vpc")
    for number, zone in enumerate(sorted(zones)):
        dns.zone(f"Zone{number}", zone, "Vpc")
        for name in NAMES:
            if f".{name}".endswith(f".{zone}"):
                dns.record(name, f"10.1.0.{number}", zone=f"Zone{number}")
    for number, (domain, kind) in enumerate(rules.items()):
        dns.rule(f"Rule{number}", domain, [SERVERS[domain]], "Vpc", kind=kind)
    sites = {
        f"Office{number}": {
            "servers": [server],
            "zones": {"internal": {name.removesuffix(".internal"): {"A": [f"10.2.0.{number}"]} for name in NAMES}},
        }
        for number, server in enumerate(SERVERS.values())
    }
    names = dns.names({"sites": sites, "elsewhere": {name: ["192.0.2.1"] for name in NAMES}})
    forwards = {domain for domain, kind in rules.items() if kind == "FORWARD"}
    for name in NAMES:
        kind, _, domain = expected(name, zones, forwards, set(rules) - forwards).partition(" ")
        value = {
            "zone": f"10.1.0.{sorted(zones).index(domain)}" if kind == "zone" else "",
            "forward": f"10.2.0.{[*SERVERS].index(domain)}" if kind == "forward" else "",
            "internet": "192.0.2.1",
        }[kind]
        trace = names.trace(name, "Vpc")
        assert trace.values == (value,), f"{kind} {domain}\n{trace}"
