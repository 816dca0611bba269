"""Examples of Route 53's own documentation, one test each.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html and the pages on DNS failover.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from patternkit.dns import Verdict, answers, resolves
from tests.patternkit.dns.zones import Dns, att, ref


def three_weighted(weights: Sequence[int], checked: Sequence[bool] = (True, True, True)) -> Dns:
    dns = Dns()
    for number, (weight, has_check) in enumerate(zip(weights, checked, strict=True), 1):
        address = f"192.0.2.{number}"
        check = dns.check(f"Check{number}", address) if has_check else ""
        dns.record("www.example.com", address, check=check, id=f"{number}", Weight=weight)
    return dns


def latency_over_weighted(*, evaluate: bool = True, checked: bool = True) -> Dns:
    """The tree of "How health checks work in complex configurations": two Regions, two instances in each."""
    dns = Dns()
    for region, tail in (("us-east-1", "1"), ("ap-southeast-2", "2")):
        for number in (1, 2):
            address = f"192.0.2.{tail}{number}"
            check = dns.check(f"Check{tail}{number}", address) if checked else ""
            dns.record(f"{region}-www.example.com", address, check=check, Weight=number)
        dns.record("example.com", alias=f"{region}-www.example.com.", evaluate=evaluate, id=region, Region=region)
    return dns


def test_simple_routing_answers_all_values() -> None:
    dns = Dns()
    dns.record("www.example.com", "192.0.2.1", "192.0.2.2")
    assert dns.shares("www.example.com") == {"192.0.2.1, 192.0.2.2": 1}


def test_weighted_routing_divides_by_the_sum() -> None:
    # "if you want to send a tiny portion of your traffic to one resource ... weights of 1 and 255"
    dns = Dns()
    dns.record("www.example.com", "192.0.2.1", Weight=1)
    dns.record("www.example.com", "192.0.2.2", Weight=255)
    assert dns.shares("www.example.com") == {"192.0.2.1": 1 / 256, "192.0.2.2": 255 / 256}


def test_weight_zero_stops_the_answers_of_a_record() -> None:
    assert three_weighted([0, 1, 1]).shares("www.example.com") == {"192.0.2.2": 0.5, "192.0.2.3": 0.5}


def test_weights_that_are_all_zero_are_equal() -> None:
    dns = Dns()
    for number in (1, 2, 3, 4):
        dns.record("www.example.com", f"192.0.2.{number}", Weight=0)
    assert set(dns.shares("www.example.com").values()) == {0.25}


def test_a_zero_weight_answers_when_the_others_are_ill() -> None:
    # "Route 53 considers records with nonzero weights first, then those with zero weights"
    dns = three_weighted([0, 1, 1])
    assert dns.shares("www.example.com", ["192.0.2.2", "192.0.2.3"]) == {"192.0.2.1": 1}
    assert dns.shares("www.example.com", ["192.0.2.2"]) == {"192.0.2.3": 1}


def test_all_weighted_records_ill_means_all_healthy() -> None:
    dns = three_weighted([1, 1, 2])
    shares = dns.shares("www.example.com", ["192.0.2.1", "192.0.2.2", "192.0.2.3"])
    assert shares == {"192.0.2.1": 0.25, "192.0.2.2": 0.25, "192.0.2.3": 0.5}


def test_a_record_without_a_health_check_is_always_healthy() -> None:
    # "What happens when you omit health checks": Route 53 keeps answering with it.
    dns = three_weighted([1, 1, 1], [True, True, False])
    assert dns.shares("www.example.com", ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) == {"192.0.2.3": 1}


def failover(*, secondary_checked: bool = False) -> Dns:
    dns = Dns()
    one = dns.check("First", "192.0.2.1")
    other = dns.check("Second", "192.0.2.2") if secondary_checked else ""
    dns.record("www.example.com", "192.0.2.1", check=one, id="primary", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", check=other, id="secondary", Failover="SECONDARY")
    return dns


def test_failover_answers_the_primary_then_the_secondary() -> None:
    assert failover().shares("www.example.com") == {"192.0.2.1": 1}
    assert failover().shares("www.example.com", ["primary"]) == {"192.0.2.2": 1}


def test_failover_with_both_ill_answers_the_primary() -> None:
    dns = failover(secondary_checked=True)
    assert dns.shares("www.example.com", ["192.0.2.1", "192.0.2.2"]) == {"192.0.2.1": 1}


def test_a_primary_without_a_health_signal_never_fails_over() -> None:
    dns = Dns()
    dns.balancer("Balancer")
    dns.record("www.example.com", alias=att("Balancer", "DNSName"), id="primary", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", id="secondary", Failover="SECONDARY")
    assert dns.shares("www.example.com", ["Balancer"]) == {"Web/Balancer": 1}


@pytest.mark.parametrize(
    ("client", "answer"),
    [
        ({"country": "US", "subdivision": "CA"}, "192.0.2.1"),
        ({"country": "US", "subdivision": "NY"}, "192.0.2.2"),
        ({"country": "MX"}, "192.0.2.3"),
        ({"country": "DE"}, "192.0.2.4"),
    ],
)
def test_geolocation_takes_the_smallest_area(client: dict[str, str], answer: str) -> None:
    assert geolocation().shares("www.example.com", source=client) == {answer: 1}


def geolocation(*, default: bool = True) -> Dns:
    dns = Dns()
    places: list[dict[str, str]] = [
        {"CountryCode": "US", "SubdivisionCode": "CA"},
        {"CountryCode": "US"},
        {"ContinentCode": "NA"},
        {"CountryCode": "*"},
    ]
    for number, place in enumerate(places if default else places[:3], 1):
        check = dns.check(f"Check{number}", f"192.0.2.{number}")
        dns.record("www.example.com", f"192.0.2.{number}", check=check, id=f"{number}", GeoLocation=place)
    return dns


def test_geolocation_without_a_default_answers_nothing_elsewhere() -> None:
    assert geolocation(default=False).shares("www.example.com", source={"country": "DE"}) == {"no data": 1}


def test_geolocation_widens_while_areas_are_ill() -> None:
    # "Route 53 looks for the next larger area": the state, the country, the continent, everywhere.
    client = {"country": "US", "subdivision": "CA"}
    ill: list[str] = []
    for number in (1, 2, 3):
        ill.append(f"192.0.2.{number}")
        assert geolocation().shares("www.example.com", ill, source=client) == {f"192.0.2.{number + 1}": 1}
    # "If all applicable records are unhealthy, Route 53 answers with the smallest area."
    assert geolocation().shares("www.example.com", [*ill, "192.0.2.4"], source=client) == {"192.0.2.1": 1}


def test_latency_answers_the_nearest_region() -> None:
    dns = latency_over_weighted()
    assert dns.shares("example.com", source={"region": "us-east-1"}) == pytest.approx(
        {"192.0.2.11": 1 / 3, "192.0.2.12": 2 / 3}
    )
    assert set(dns.shares("example.com", source={"region": "ap-southeast-2"})) == {"192.0.2.21", "192.0.2.22"}


def test_complex_configuration_backs_out_of_a_branch_that_is_ill() -> None:
    # Steps 1 to 5 of the page: both instances of us-east-1 are ill, so the next best Region answers.
    dns = latency_over_weighted()
    shares = dns.shares("example.com", ["192.0.2.11", "192.0.2.12"], source={"region": "us-east-1"})
    assert shares == pytest.approx({"192.0.2.21": 1 / 3, "192.0.2.22": 2 / 3})


def test_complex_configuration_without_evaluation_stays_in_the_ill_branch() -> None:
    # "What happens when you set Evaluate Target Health to No": all of the branch count as healthy.
    dns = latency_over_weighted(evaluate=False)
    shares = dns.shares("example.com", ["192.0.2.11", "192.0.2.12"], source={"region": "us-east-1"})
    assert set(shares) == {"192.0.2.11", "192.0.2.12"}


def test_complex_configuration_with_everything_ill_answers_as_if_all_were_healthy() -> None:
    dns = latency_over_weighted()
    ill = ["192.0.2.11", "192.0.2.12", "192.0.2.21", "192.0.2.22"]
    assert set(dns.shares("example.com", ill, source={"region": "us-east-1"})) == {"192.0.2.11", "192.0.2.12"}


def test_an_alias_with_a_health_check_and_evaluation_needs_both() -> None:
    # "What happens when you associate a health check with an alias record"
    dns = failover(secondary_checked=True)
    dns.check("Extra", "192.0.2.9")
    dns.record("top.example.com", alias="www.example.com.", evaluate=True, id="a", check="Extra", Failover="PRIMARY")
    dns.record("top.example.com", "192.0.2.7", id="b", Failover="SECONDARY")
    assert dns.shares("top.example.com") == {"192.0.2.1": 1}
    assert dns.shares("top.example.com", ["192.0.2.9"]) == {"192.0.2.7": 1}
    assert dns.shares("top.example.com", ["192.0.2.1", "192.0.2.2"]) == {"192.0.2.7": 1}


def test_multivalue_answers_up_to_eight_healthy_records() -> None:
    dns = Dns()
    for number in range(1, 11):
        check = dns.check(f"Check{number}", f"192.0.2.{number}")
        dns.record("www.example.com", f"192.0.2.{number}", check=check, id=f"{number}", MultiValueAnswer=True)
    outcome = dns.names().trace("www.example.com").queries[0].answer.outcomes[0][0]
    assert (len(outcome.values), outcome.pool) == (10, 8)
    ill = [f"192.0.2.{number}" for number in range(1, 8)]
    (left,) = dns.shares("www.example.com", ill)
    assert left == "192.0.2.8, 192.0.2.9, 192.0.2.10"
    everything = dns.names().trace("www.example.com", ill=[f"192.0.2.{number}" for number in range(1, 11)])
    assert everything.queries[0].answer.outcomes[0][0].pool == 8


def test_ip_based_routing_takes_the_longest_block_then_the_default() -> None:
    dns = Dns()
    dns.add(
        "Blocks",
        "Route53::CidrCollection",
        Name="offices",
        Locations=[
            {"LocationName": "wide", "CidrList": ["203.0.113.0/24"]},
            {"LocationName": "narrow", "CidrList": ["203.0.113.128/25"]},
        ],
    )
    for number, location in enumerate(("wide", "narrow", "*"), 1):
        config = {"CollectionId": ref("Blocks"), "LocationName": location}
        dns.record("www.example.com", f"192.0.2.{number}", CidrRoutingConfig=config)
    for address, answer in (("203.0.113.5", 1), ("203.0.113.200", 2), ("198.51.100.1", 3)):
        assert dns.shares("www.example.com", source={"address": address}) == {f"192.0.2.{answer}": 1}


@pytest.mark.parametrize(
    ("client", "bias", "answer"),
    [
        ({"latitude": 40.7, "longitude": -74.0}, 0, "192.0.2.1"),  # New York
        ({"latitude": 48.9, "longitude": 2.4}, 0, "192.0.2.2"),  # Paris
        ({"latitude": 64.1, "longitude": -21.9}, 0, "192.0.2.2"),  # Reykjavik, nearer to Ireland
        ({"latitude": 64.1, "longitude": -21.9}, 80, "192.0.2.1"),  # drawn over by the bias
    ],
)
def test_geoproximity_takes_the_nearest_place_with_its_bias(client: dict[str, float], bias: int, answer: str) -> None:
    dns = Dns()
    dns.record("www.example.com", "192.0.2.1", GeoProximityLocation={"AWSRegion": "us-east-1", "Bias": bias})
    dns.record("www.example.com", "192.0.2.2", GeoProximityLocation={"AWSRegion": "eu-west-1"})
    assert dns.shares("www.example.com", source=client) == {answer: 1}


def test_geoproximity_near_the_border_is_not_known() -> None:
    dns = Dns()
    dns.record("www.example.com", "192.0.2.1", GeoProximityLocation={"AWSRegion": "us-east-1"})
    dns.record("www.example.com", "192.0.2.2", GeoProximityLocation={"AWSRegion": "eu-west-1"})
    middle = {"latitude": 53.0, "longitude": -42.0}
    assert dns.verdict(answers("www.example.com", "192.0.2.1", source=middle)) is Verdict.UNKNOWN
    assert dns.verdict(answers("www.example.com", ["192.0.2.1", "192.0.2.2"], source=middle)) is Verdict.HOLDS
    assert dns.verdict(resolves(middle, "www.example.com")) is Verdict.HOLDS


@pytest.mark.parametrize(
    ("status", "answer"), [("Healthy", "192.0.2.1"), ("Unhealthy", "192.0.2.2"), ("LastKnownStatus", "192.0.2.1")]
)
def test_an_alarm_with_too_few_data_has_the_status_that_was_asked_for(status: str, answer: str) -> None:
    dns = Dns()
    dns.add("Alarm", "CloudWatch::Alarm", Period=60, EvaluationPeriods=1)
    config: dict[str, Any] = {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Name": ref("Alarm"), "Region": "eu-west-1"},
        "InsufficientDataHealthStatus": status,
    }
    dns.check("Check", **config)
    dns.record("www.example.com", "192.0.2.1", check="Check", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", Failover="SECONDARY")
    assert dns.shares("www.example.com", ["too few data: Alarm"]) == {answer: 1}
    assert dns.shares("www.example.com", ["Alarm"]) == {"192.0.2.2": 1}


@pytest.mark.parametrize(("ill", "healthy"), [([], True), (["192.0.2.1"], True), (["192.0.2.1", "192.0.2.2"], False)])
def test_a_calculated_check_counts_its_children(ill: list[str], healthy: bool) -> None:
    dns = Dns()
    for number in (1, 2, 3):
        dns.check(f"Child{number}", f"192.0.2.{number}")
    children = [ref(f"Child{number}") for number in (1, 2, 3)]
    dns.check("Calculated", Type="CALCULATED", HealthThreshold=2, ChildHealthChecks=children)
    dns.record("www.example.com", "198.51.100.1", check="Calculated", Failover="PRIMARY")
    dns.record("www.example.com", "198.51.100.2", Failover="SECONDARY")
    assert dns.shares("www.example.com", ill) == {"198.51.100.1" if healthy else "198.51.100.2": 1}


@pytest.mark.parametrize(("threshold", "healthy"), [(0, True), (4, False)])
def test_a_calculated_check_needs_no_child_or_more_than_there_are(threshold: int, healthy: bool) -> None:
    # "If you specify 0, Route 53 always considers the check healthy; more than the number of children, unhealthy."
    dns = Dns()
    dns.check("Child", "192.0.2.1")
    dns.check("Calculated", Type="CALCULATED", HealthThreshold=threshold, ChildHealthChecks=[ref("Child")])
    dns.record("www.example.com", "198.51.100.1", check="Calculated", Failover="PRIMARY")
    dns.record("www.example.com", "198.51.100.2", Failover="SECONDARY")
    assert dns.shares("www.example.com") == {"198.51.100.1" if healthy else "198.51.100.2": 1}


def test_an_inverted_check_says_the_opposite() -> None:
    dns = Dns()
    dns.check("Check", "192.0.2.1", Inverted=True)
    dns.record("www.example.com", "192.0.2.1", check="Check", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", Failover="SECONDARY")
    assert dns.shares("www.example.com") == {"192.0.2.2": 1}
    assert dns.shares("www.example.com", ["192.0.2.1"]) == {"192.0.2.1": 1}


def test_evaluate_target_health_follows_the_target_groups_of_a_load_balancer() -> None:
    # "every target group that contains targets must contain at least one healthy target"
    dns = Dns()
    dns.balancer("Balancer")
    dns.record("www.example.com", alias=att("Balancer", "DNSName"), evaluate=True, id="a", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", Failover="SECONDARY")
    assert dns.shares("www.example.com") == {"Web/Balancer": 1}
    assert dns.shares("www.example.com", ["BalancerTargets"]) == {"192.0.2.2": 1}
    assert dns.shares("www.example.com", ["Balancer"]) == {"192.0.2.2": 1}


def test_the_most_specific_private_zone_answers_and_does_not_fall_through() -> None:
    # "Private hosted zones that have overlapping namespaces", and public ones of the same name
    dns = Dns()
    dns.vpc("Vpc")
    dns.record("www.example.com", "192.0.2.1")
    dns.zone("Wide", "example.com", "Vpc")
    dns.zone("Narrow", "accounting.example.com", "Vpc")
    dns.record("a.accounting.example.com", "10.0.0.1", zone="Narrow")
    dns.record("b.accounting.example.com", "10.0.0.2", zone="Wide")
    assert dns.shares("a.accounting.example.com", source="Vpc") == {"10.0.0.1": 1}
    assert dns.shares("b.accounting.example.com", source="Vpc") == {"NXDOMAIN": 1}
    assert dns.shares("www.example.com", source="Vpc") == {"NXDOMAIN": 1}
    assert dns.shares("www.example.com") == {"192.0.2.1": 1}


def test_a_resolver_rule_comes_before_a_private_zone_of_the_same_domain() -> None:
    dns = Dns(None)
    dns.vpc("Vpc")
    dns.zone("Private", "example.com", "Vpc")
    dns.record("www.example.com", "10.0.0.1", zone="Private")
    dns.rule("Rule", "example.com", ["10.200.0.2"], "Vpc")
    site = {"Office": {"servers": ["10.200.0.2"], "zones": {"example.com": {"www": {"A": ["10.200.1.1"]}}}}}
    assert dns.shares("www.example.com", source="Vpc", contracts={"sites": site}) == {"10.200.1.1": 1}


def test_the_most_specific_of_rules_and_zones_wins() -> None:
    # "acme.example.com": a system rule overrides the forwarding rule of the domain around it
    dns = Dns(None)
    dns.vpc("Vpc")
    dns.zone("Private", "inner.example.com", "Vpc")
    dns.record("db.inner.example.com", "10.0.0.1", zone="Private")
    dns.rule("Root", ".", ["10.200.0.2"], "Vpc")
    site = {"Office": {"servers": ["10.200.0.2"], "zones": {"example.com": {"www": {"A": ["10.200.1.1"]}}}}}
    assert dns.shares("db.inner.example.com", source="Vpc", contracts={"sites": site}) == {"10.0.0.1": 1}
    assert dns.shares("www.example.com", source="Vpc", contracts={"sites": site}) == {"10.200.1.1": 1}


def test_private_zones_need_both_dns_attributes() -> None:
    for support, hostnames, answer in ((True, True, "10.0.0.1"), (True, False, "192.0.2.1"), (False, True, "SERVFAIL")):
        dns = Dns()
        dns.vpc("Vpc", support=support, hostnames=hostnames)
        dns.record("www.example.com", "192.0.2.1")
        dns.zone("Private", "example.com", "Vpc")
        dns.record("www.example.com", "10.0.0.1", zone="Private")
        assert dns.shares("www.example.com", source="Vpc") == {answer: 1}


def test_a_wildcard_answers_names_that_do_not_exist() -> None:
    dns = Dns()
    dns.record("*.example.com", "192.0.2.1")
    dns.record("www.example.com", "text", type="TXT")
    dns.record("a.b.example.com", "192.0.2.2")
    assert dns.shares("anything.example.com") == {"192.0.2.1": 1}
    assert dns.shares("www.example.com") == {"no data": 1}
    assert dns.shares("b.example.com") == {"no data": 1}
    assert dns.shares("c.b.example.com") == {"NXDOMAIN": 1}
