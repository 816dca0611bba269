"""Each promise holds where it should, and fails with the query that breaks it."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.dns import (
    Promise,
    QuestionError,
    Verdict,
    always_answers,
    answers,
    fails_over,
    no_loop,
    private,
    promises_from_data,
    resolves,
    same_everywhere,
    splits,
)
from tests.patternkit.dns.zones import Dns, att, ref


def failover(*, ttl: int = 60, **check: Any) -> Dns:
    dns = Dns()
    dns.check("Check", "192.0.2.1", **check)
    dns.record("www.example.com", "192.0.2.1", check="Check", id="primary", ttl=ttl, Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", id="standby", ttl=ttl, Failover="SECONDARY")
    return dns


def shared_zone(*vpcs: str) -> Dns:
    dns = Dns(None)
    for vpc in ("A", "B"):
        dns.vpc(vpc)
    dns.zone("Corp", "corp.internal", *vpcs)
    dns.record("db.corp.internal", "10.0.0.5", zone="Corp")
    return dns


def test_answers_names_the_query_that_gets_another_answer() -> None:
    dns = failover()
    assert dns.verdict(answers("www.example.com", "192.0.2.1")) is Verdict.HOLDS
    assert dns.verdict(answers("www.example.com", "standby", ill="primary")) is Verdict.HOLDS
    proof = dns.prove(answers("www.example.com", "192.0.2.2"))
    assert proof.verdict is Verdict.FAILS
    assert "the answer is another one: 192.0.2.1" in str(proof)
    assert "www.example.com A: 2 failover in Web/Zone" in str(proof)


def test_always_answers_finds_the_failure_that_nothing_sees() -> None:
    assert failover().verdict(always_answers("www.example.com")) is Verdict.HOLDS
    dns = Dns()
    dns.balancer("Balancer")
    dns.record("www.example.com", alias=att("Balancer", "DNSName"), id="primary", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", id="standby", Failover="SECONDARY")
    proof = dns.prove(always_answers("www.example.com"))
    assert proof.verdict is Verdict.FAILS
    assert "the answer is only what is ill: Web/Balancer" in str(proof)
    assert "while Web/Balancer is ill" in str(proof)
    assert dns.verdict(always_answers("www.example.com", healthy=False)) is Verdict.HOLDS


def test_always_answers_finds_the_client_without_a_location() -> None:
    dns = Dns()
    dns.record("www.example.com", "192.0.2.1", id="eu", GeoLocation={"ContinentCode": "EU"})
    dns.record("www.example.com", "192.0.2.2", id="us", GeoLocation={"CountryCode": "US"})
    proof = dns.prove(always_answers("www.example.com", healthy=False))
    assert proof.verdict is Verdict.FAILS
    assert "no default" in proof.reason
    dns.record("www.example.com", "192.0.2.3", id="rest", GeoLocation={"CountryCode": "*"})
    assert dns.verdict(always_answers("www.example.com", healthy=False)) is Verdict.HOLDS


def test_always_answers_over_regions_needs_a_second_one() -> None:
    dns = Dns()
    dns.balancer("Balancer")
    dns.record("www.example.com", alias=att("Balancer", "DNSName"), evaluate=True)
    assert dns.verdict(always_answers("www.example.com", regions=True), region="eu-west-1") is Verdict.FAILS


@pytest.mark.parametrize(
    ("check", "ttl", "within", "verdict"),
    [
        ({"RequestInterval": 10, "FailureThreshold": 3}, 60, "90 s", Verdict.HOLDS),
        ({"RequestInterval": 10, "FailureThreshold": 3}, 60, 89, Verdict.FAILS),
        ({}, 300, "6.5 minutes", Verdict.HOLDS),
        ({}, 300, "6 minutes", Verdict.FAILS),
    ],
)
def test_fails_over_computes_interval_by_threshold_and_ttl(
    check: dict[str, int], ttl: int, within: Any, verdict: Verdict
) -> None:
    proof = failover(ttl=ttl, **check).prove(fails_over("www.example.com", "primary", "standby", within))
    assert proof.verdict is verdict, proof


def test_fails_over_by_an_alarm_takes_its_periods() -> None:
    dns = Dns()
    dns.balancer("Balancer")
    name = att("Balancer", "LoadBalancerFullName")
    dimensions = [{"Name": "LoadBalancer", "Value": name}]
    dns.add("Alarm", "CloudWatch::Alarm", Period=60, EvaluationPeriods=2, Dimensions=dimensions)
    dns.check("Check", Type="CLOUDWATCH_METRIC", AlarmIdentifier={"Name": ref("Alarm"), "Region": "eu-west-1"})
    dns.record("www.example.com", alias=att("Balancer", "DNSName"), check="Check", id="a", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", id="b", Failover="SECONDARY")
    promise = fails_over("www.example.com", "Balancer", "192.0.2.2", "3 minutes")
    proof = dns.prove(promise)
    assert (proof.verdict, proof.time and str(proof.time)) == (
        Verdict.HOLDS,
        "180 s: seen after 120 s, and the old answer is kept for 60 s",
    )
    del dns.resources["Alarm"]["Properties"]["Dimensions"]
    proof = dns.prove(promise)
    assert proof.verdict is Verdict.UNKNOWN
    assert "whether Web/Alarm sees that Web/Balancer is ill (contract: alarms)" in str(proof)
    contracts = {"alarms": {"Alarm": {"watches": ["Balancer"]}}}
    assert dns.verdict(promise, contracts) is Verdict.HOLDS


def test_fails_over_through_target_health_takes_the_target_groups_checks() -> None:
    dns = Dns()
    dns.balancer("Balancer", interval=5, misses=3)
    dns.record("www.example.com", alias=att("Balancer", "DNSName"), evaluate=True, id="a", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", id="b", Failover="SECONDARY")
    proof = dns.prove(fails_over("www.example.com", "Balancer", "192.0.2.2", 75))
    assert (proof.verdict, str(proof.time).partition(":")[0]) == (Verdict.HOLDS, "75 s")


def test_fails_over_says_when_nothing_changes() -> None:
    dns = failover()
    assert dns.verdict(fails_over("www.example.com", "primary", "primary")) is Verdict.FAILS
    assert "nothing changes" in str(dns.prove(fails_over("www.example.com", "standby", "primary")))


def test_resolves_fails_for_a_vpc_without_the_zone() -> None:
    assert shared_zone("A", "B").verdict(resolves("every VPC", "db.corp.internal")) is Verdict.HOLDS
    proof = shared_zone("A").prove(resolves("every VPC", "db.corp.internal"))
    # Who answers outside of the set is not known: `internal` is nobody's, but no zone of the set says so.
    assert proof.verdict is Verdict.UNKNOWN
    contracts = {"elsewhere": {"internal": "none"}}
    assert shared_zone("A").verdict(resolves("every VPC", "db.corp.internal"), contracts) is Verdict.FAILS


def test_same_everywhere_names_who_gets_another_answer() -> None:
    dns = shared_zone("A")
    dns.zone("Other", "corp.internal", "B")
    dns.record("db.corp.internal", "10.0.0.6", zone="Other")
    proof = dns.prove(same_everywhere("db.corp.internal"))
    assert proof.verdict is Verdict.FAILS
    assert "Web/A gets another answer: 10.0.0.5" in proof.reason
    assert shared_zone("A", "B").verdict(same_everywhere("db.corp.internal")) is Verdict.HOLDS


def test_private_fails_where_a_public_zone_answers() -> None:
    assert shared_zone("A").verdict(private("db.corp.internal")) is Verdict.HOLDS
    dns = Dns()
    dns.vpc("A")
    dns.zone("Inner", "example.com", "A")
    dns.record("db.example.com", "10.0.0.5", zone="Inner")
    assert dns.verdict(private("db.example.com")) is Verdict.HOLDS
    dns.record("*.example.com", "192.0.2.1")
    assert dns.verdict(private("db.example.com")) is Verdict.FAILS
    # A name whose public zone is none of the set: nobody knows.
    other = Dns(None)
    other.vpc("A")
    other.zone("Inner", "example.com", "A")
    other.record("db.example.com", "10.0.0.5", zone="Inner")
    assert other.verdict(private("db.example.com")) is Verdict.UNKNOWN


def test_what_is_declared_elsewhere_counts_after_what_the_set_holds() -> None:
    dns = Dns()
    dns.record("www.example.com", "192.0.2.1")
    contracts = {"elsewhere": {"com": "none", "old.example.com": ["192.0.2.9"]}}
    assert dns.shares("www.example.com", contracts=contracts) == {"192.0.2.1": 1}
    assert dns.shares("old.example.com", contracts=contracts) == {"192.0.2.9": 1}
    assert dns.shares("www.other.com", contracts=contracts) == {"NXDOMAIN": 1}


def test_splits_compares_the_shares() -> None:
    dns = Dns()
    dns.record("www.example.com", "192.0.2.1", id="blue", Weight=90)
    dns.record("www.example.com", "192.0.2.2", id="green", Weight=10)
    assert dns.verdict(splits("www.example.com", {"blue": 9, "192.0.2.2": 1})) is Verdict.HOLDS
    proof = dns.prove(splits("www.example.com", {"blue": 1, "green": 1}))
    assert "the shares are others: 192.0.2.1 0.9, 192.0.2.2 0.1" in proof.reason


def hybrid(*, to_cloud: str = "Inbound", office_forwards: str = "aws.example.com") -> tuple[Dns, dict[str, Any]]:
    """A VPC that forwards the office's names, and an office that forwards the cloud's."""
    dns = Dns(None)
    dns.vpc("Hub")
    dns.inbound("Inbound", "Hub", "10.0.1.10", "10.0.2.10")
    dns.rule("Office", "corp.example.com", ["10.200.0.2"], "Hub")
    dns.zone("Cloud", "aws.example.com", "Hub")
    dns.record("api.aws.example.com", "10.0.0.9", zone="Cloud")
    site = {
        "servers": ["10.200.0.2"],
        "zones": {"corp.example.com": {"db": {"A": ["10.200.1.1"]}}},
        "forwards": {office_forwards: [to_cloud]},
    }
    return dns, {"sites": {"Office": site}}


def test_hybrid_names_resolve_both_ways_and_without_a_loop() -> None:
    dns, contracts = hybrid()
    assert dns.shares("db.corp.example.com", source="Hub", contracts=contracts) == {"10.200.1.1": 1}
    assert dns.shares("api.aws.example.com", source="Office", contracts=contracts) == {"10.0.0.9": 1}
    assert dns.verdict(no_loop(), contracts) is Verdict.HOLDS
    everywhere = same_everywhere(["db.corp.example.com", "api.aws.example.com"])
    assert dns.verdict(everywhere, contracts) is Verdict.HOLDS


def test_no_loop_shows_the_circle() -> None:
    dns, contracts = hybrid(office_forwards="corp.example.com")
    proof = dns.prove(no_loop(), contracts)
    assert proof.verdict is Verdict.FAILS
    assert "goes round: Web/Hub -> Office -> Web/Hub" in proof.reason


def test_a_forwarder_that_is_not_declared_is_unknown() -> None:
    dns, _ = hybrid()
    proof = dns.prove(resolves("Hub", "db.corp.example.com"))
    assert (proof.verdict, proof.reason) == (
        Verdict.UNKNOWN,
        "who answers at 10.200.0.2 is not declared (contract: sites)",
    )


@pytest.mark.parametrize(
    ("promise", "message"),
    [
        ({"answer": {"name": "a.example.com"}}, "unknown promise 'answer'; did you mean"),
        ({"answers": {"name": "a.example.com"}}, "answers needs values"),
        ({"answers": {"name": "a b", "values": ["x"]}}, "name must be a domain name"),
        ({"resolves": {"name": "a.example.com", "to": "x"}}, "to is only for fails_over, not for resolves"),
        (
            {"resolves": {"name": "a.example.com", "sauce": "x"}},
            "resolves has no option 'sauce'; did you mean 'source'",
        ),
        ({"fails_over": {"name": "a.b", "when": "x", "to": "y", "within": "soon"}}, "within must be seconds or"),
        ({"splits": {"name": "a.b", "weights": {"x": -1}}}, "the weight of x must be a number of 0 or more"),
        ({"private": {"name": "a.b", "type": "B"}}, "type must be one of"),
    ],
)
def test_what_is_wrong_with_a_promise_is_said_in_one_line(promise: dict[str, Any], message: str) -> None:
    with pytest.raises(QuestionError, match="promises: ") as caught:
        promises_from_data({"promises": [promise]})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("promise", "message"),
    [
        (resolves("Nowhere", "www.example.com"), "no source is named 'Nowhere'"),
        (resolves({"country": "Germany"}, "www.example.com"), "country must be two letters"),
        (fails_over("www.example.com", "Chek", "standby"), "nothing that may be ill is named 'Chek'; did you mean"),
        (answers("www.example.com", "stand"), "nothing that is answered is named 'stand'"),
        (resolves(None, "www.example.org"), "no zone, rule or site of the set has to do with 'www.example.org'"),
        (Promise("resolves", "every name in other.com"), "means no name of the set"),
    ],
)
def test_what_a_promise_names_must_be_there(promise: Promise, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        failover().prove(promise)
    assert message in str(caught.value)


def test_a_check_of_a_name_looks_at_what_the_name_answers() -> None:
    dns = Dns()
    dns.balancer("Balancer")
    dns.record("origin.example.com", alias=att("Balancer", "DNSName"))
    dns.record("probe.example.com", "origin.example.com.", type="CNAME")
    dns.check("Check", Type="HTTPS", FullyQualifiedDomainName="probe.example.com", RequestInterval=10)
    dns.record("www.example.com", alias="origin.example.com.", check="Check", id="a", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", id="b", Failover="SECONDARY")
    assert dns.verdict(fails_over("www.example.com", "Balancer", "192.0.2.2", 90)) is Verdict.HOLDS
    assert dns.verdict(fails_over("www.example.com", "Balancer", "192.0.2.2", 89)) is Verdict.FAILS


def test_a_check_of_a_name_that_only_a_private_zone_has_is_never_healthy() -> None:
    dns = Dns()
    dns.vpc("Vpc")
    dns.zone("Corp", "corp.internal", "Vpc")
    dns.record("db.corp.internal", "10.0.0.5", zone="Corp")
    dns.check("Check", Type="TCP", Port=5432, FullyQualifiedDomainName="db.corp.internal")
    dns.record("www.example.com", "192.0.2.1", check="Check", id="a", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", id="b", Failover="SECONDARY")
    proof = dns.prove(answers("www.example.com", "192.0.2.1"))
    assert proof.verdict is Verdict.FAILS
    assert "which only a private zone has: no checker finds it" in str(proof)


@pytest.mark.parametrize(
    ("within", "seconds"), [("1 hour", 3600), ("2 hours", 7200), ("1 h", 3600), ("5 min", 300), (7, 7)]
)
def test_times_are_written_as_people_do(within: Any, seconds: float) -> None:
    assert fails_over("www.example.com", "a", "b", within).seconds == seconds


def test_a_site_that_forwards_a_domain_is_asked_about_it() -> None:
    dns, contracts = hybrid()
    assert dns.verdict(resolves(None, "api.aws.example.com"), contracts) is Verdict.HOLDS
    # The office has the name, and forwards it wrongly: the promise is about the office too.
    contracts["sites"]["Office"]["zones"]["aws.example.com"] = {"api": {"A": ["10.200.9.9"]}}
    contracts["sites"]["Office"]["forwards"] = {}
    assert dns.verdict(answers("api.aws.example.com", "10.0.0.9"), contracts) is Verdict.FAILS


def test_targets_that_are_none_of_the_set_have_their_region_and_ttl() -> None:
    dns = Dns()
    for number, region in enumerate(("eu-west-1", "us-east-1")):
        target = f"dualstack.site-{number}.{region}.elb.amazonaws.com"
        dns.record("www.example.com", alias=target, target_zone="Z1", evaluate=True, id=region, Region=region)
    far = "site-1.us-east-1.elb.amazonaws.com"
    promise = answers("www.example.com", far, source={"region": "eu-west-1"}, ill="eu-west-1")
    assert dns.verdict(promise) is Verdict.HOLDS
    bucket = Dns()
    bucket.record("www.example.com", alias="s3-website-eu-west-1.amazonaws.com", target_zone="Z1", logical="Www")
    ttls = {"ttls": {"s3-website-eu-west-1.amazonaws.com": 5}}
    assert [outcome.ttl for outcome, _ in bucket.names().trace("www.example.com").queries[0].answer.outcomes] == [None]
    trace = bucket.names(ttls).trace("www.example.com")
    assert [outcome.ttl for outcome, _ in trace.queries[0].answer.outcomes] == [5]


def test_what_answers_beside_an_ill_block_is_not_known() -> None:
    dns = Dns()
    dns.add(
        "Blocks",
        "Route53::CidrCollection",
        Name="offices",
        Locations=[{"LocationName": "office", "CidrList": ["203.0.113.0/24"]}],
    )
    for number, location in enumerate(("office", "*"), 1):
        check = dns.check(f"Check{number}", f"192.0.2.{number}")
        config = {"CollectionId": ref("Blocks"), "LocationName": location}
        dns.record("www.example.com", f"192.0.2.{number}", check=check, CidrRoutingConfig=config)
    client = {"address": "203.0.113.9"}
    assert dns.verdict(answers("www.example.com", "192.0.2.1", source=client)) is Verdict.HOLDS
    proof = dns.prove(answers("www.example.com", "192.0.2.2", source=client, ill="192.0.2.1"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "is described nowhere" in proof.reason


def test_assert_holds_raises_with_the_query_or_says_what_is_wrong() -> None:
    names = failover().names()
    names.assert_holds(always_answers("www.example.com"))
    with pytest.raises(AssertionError, match="standby: not chosen"):
        names.assert_holds(always_answers("www.example.com"), answers("www.example.com", "192.0.2.2"))
    with pytest.raises(QuestionError, match="no source is named 'Nobody'"):
        names.assert_holds(always_answers("www.example.com"), resolves("Nobody", "www.example.com"))


def test_single_failures_are_listed_as_a_trace_takes_them() -> None:
    dns = Dns()
    dns.check("Check", "192.0.2.1")
    dns.record("www.example.com", "192.0.2.1", id="first", Failover="PRIMARY", HealthCheckId=ref("Check"))
    dns.record("www.example.com", "192.0.2.2", id="second", Failover="SECONDARY")
    names = dns.names()
    listed = names.single_failures("www.example.com")
    assert {("192.0.2.1",), ("192.0.2.2",)} < set(listed)
    assert {one for failure in listed for one in failure if one.startswith("turned: ")}
    answered = {failure: names.trace("www.example.com", ill=failure).values for failure in listed}
    assert answered["192.0.2.1",] == ("192.0.2.2",)
    assert answered["192.0.2.2",] == ("192.0.2.1",)
