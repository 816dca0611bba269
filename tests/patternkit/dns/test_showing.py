"""What `show` tells of zones, rules, sites and health checks."""

from __future__ import annotations

from patternkit.dns.showing import shown_names
from tests.patternkit.dns.zones import Dns, att, ref


def test_everything_that_is_there_is_told() -> None:
    dns = Dns()
    dns.vpc("Vpc")
    dns.balancer("Balancer")
    dns.check("Check", "192.0.2.1", RequestInterval=10)
    dns.check("Calculated", Type="CALCULATED", HealthThreshold=1, ChildHealthChecks=[ref("Check")], Inverted=True)
    dns.record("www.example.com", alias=att("Balancer", "DNSName"), evaluate=True, id="a", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", id="b", check="Calculated", Failover="SECONDARY")
    dns.record("near.example.com", "192.0.2.3", id="c", Region="eu-west-1")
    dns.zone("Corp", "corp.internal", "Vpc")
    dns.record("db.corp.internal", "10.0.0.1", zone="Corp")
    dns.rule("Rule", "office.internal", ["10.200.0.2"], "Vpc")
    site = {"servers": ["10.200.0.2"], "zones": {"office.internal": {}}, "forwards": {".": ["10.0.1.10"]}}
    told = shown_names(dns.names({"sites": {"Office": site}}))
    corp, example = told["zones"]
    assert (corp["name"], corp["kind"], corp["vpcs"], corp["dnssec"]) == (
        "corp.internal",
        "private zone",
        ["Web/Vpc"],
        None,
    )
    assert (example["kind"], example["dnssec"]) == ("public zone", "insecure")
    assert [tuple(record.values())[:6] for record in example["records"]] == [
        ("near.example.com", "A", "latency eu-west-1", "192.0.2.3", 60, "always healthy"),
        ("www.example.com", "A", "failover primary", "alias to Web/Balancer", None, "of its target"),
        ("www.example.com", "A", "failover secondary", "192.0.2.2", 60, "Web/Calculated"),
    ]
    rule = {"rule": "Web/Rule", "domain": "office.internal", "type": "FORWARD", "targets": ["10.200.0.2"]}
    assert told["rules"] == [{**rule, "vpcs": ["Web/Vpc"]}]
    assert told["sites"] == [{"site": "Office", "answers": ["office.internal"], "forwards": {".": ["10.0.1.10"]}}]
    assert [(one["check"], one["looks_at"], one["seen_after"], one["inverted"]) for one in told["health_checks"]] == [
        ("Web/Check", "192.0.2.1", 30, False),
        ("Web/Calculated", "1 of Web/Check", 0, True),
    ]
    assert (told["worlds"], told["unknown"], told["refused"]) == (1, [], [])


def test_nothing_to_ask_for_is_said() -> None:
    assert "there is nothing that could be asked for" in shown_names(Dns(None).names())["notes"][0]
