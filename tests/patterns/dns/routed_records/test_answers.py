"""What the name answers, proved from its templates; and mutants of them, which must be caught, each by its promise."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from patternkit.dns import Names, always_answers, answers, fails_over, no_loop, resolves, splits
from patternkit.dns.promises import Promise
from patternkit.verdict import Verdict
from tests.conftest import example
from tests.patterns.dns.routed_records.routings import ROUTINGS, template

WWW = "www.example.com"
ALL = [f"203.0.113.{number}" for number in (1, 2, 3)]
IN = {"DE": {"country": "DE"}, "California": {"country": "US", "subdivision": "CA"}, "Texas": {"country": "US"}}
PROMISES: dict[str, list[Promise]] = {
    "simple": [answers(WWW, ALL[:2]), resolves(None, WWW)],
    "failover": [
        answers(WWW, ALL[0]),
        fails_over(WWW, when=ALL[0], to=ALL[1], within=150),
        answers(WWW, ALL[0], ill=ALL[1]),
    ],
    "weighted": [
        splits(WWW, {"blue": 3, "green": 1}),
        splits(WWW, {"green": 1}, ill=ALL[0]),
        # What is drained is the last to answer.
        answers(WWW, ALL[2], ill=ALL[:2]),
    ],
    "latency": [
        answers(WWW, ALL[0], source={"region": "eu-west-1"}),
        answers(WWW, ALL[1], source={"region": "us-east-1"}),
        fails_over(WWW, when=ALL[0], to=ALL[1], within=150, source={"region": "eu-west-1"}),
    ],
    "geolocation": [
        answers(WWW, "203.0.113.3", source=IN["DE"]),
        answers(WWW, "203.0.113.5", source=IN["California"]),
        answers(WWW, "203.0.113.4", source={"country": "US", "subdivision": "TX"}),
        answers(WWW, "203.0.113.2", source={"country": "FR"}),
        answers(WWW, "203.0.113.1", source={"country": "BR"}),
        # An ill place is answered by the one around it.
        answers(WWW, "203.0.113.2", source=IN["DE"], ill="203.0.113.3"),
    ],
    "geoproximity": [
        answers(WWW, ALL[0], source={"region": "eu-west-1"}),
        answers(WWW, ALL[1], source={"latitude": 60.0, "longitude": 11.0}),
        answers(WWW, ALL[0], source={"latitude": 60.0, "longitude": 11.0}, ill=ALL[1]),
    ],
    "multivalue": [answers(WWW, ALL), answers(WWW, ALL[1:], ill=ALL[0])],
    "ip-based": [
        answers(WWW, ALL[1], source={"address": "198.51.100.7"}),
        answers(WWW, ALL[0], source={"address": "192.0.2.7"}),
        answers(WWW, "203.0.113.9", source={"address": "198.51.100.7"}, ill=ALL[1]),
    ],
    "nested": [
        answers(WWW, "203.0.113.1", source={"country": "FR"}),
        answers(WWW, "203.0.113.9", source={"country": "FR"}, ill="203.0.113.1"),
        answers(WWW, ["203.0.113.2", "203.0.113.3"], source={**IN["DE"], "region": "eu-central-1"}),
        answers(WWW, "203.0.113.4", source={**IN["DE"], "region": "eu-central-1"}, ill=["203.0.113.2", "203.0.113.3"]),
        # All of Germany's are ill: the default's failover answers.
        answers(WWW, "203.0.113.1", source=IN["DE"], ill=["203.0.113.2", "203.0.113.3", "203.0.113.4"]),
    ],
}


LONE = {"lone default", "lone network"}


@pytest.mark.parametrize("which", sorted(set(ROUTINGS) - LONE))
def test_each_policy_answers_as_documented(which: str) -> None:
    names = Names.from_templates({"Names": template(which)})
    names.assert_holds(*PROMISES[which], no_loop())


@pytest.mark.parametrize("which", sorted(set(ROUTINGS) - {"simple", *LONE}))
def test_every_client_gets_an_answer_that_works_whatever_single_thing_is_ill(which: str) -> None:
    Names.from_templates({"Names": template(which)}).assert_holds(always_answers(WWW))


def test_nothing_stands_behind_a_default_or_a_network_that_is_no_failover() -> None:
    """As the docstrings say, which advise a failover there."""
    lone = Names.from_templates({"Names": template("lone default")})
    assert lone.prove(always_answers(WWW, source={"country": "BR"})).verdict is Verdict.FAILS
    lone.assert_holds(always_answers(WWW, source=IN["DE"]))
    office = Names.from_templates({"Names": template("lone network")})
    asked = answers(WWW, ALL[0], source={"address": "198.51.100.7"}, ill=ALL[1])
    assert office.prove(asked).verdict is Verdict.UNKNOWN


def test_the_example_fails_over_in_the_time_that_it_puts_out() -> None:
    made = example("routed-records", "agnostic")
    [seconds] = [int(one["Value"]) for name, one in made.template["Outputs"].items() if name == "FailoverSeconds"]
    blue, green, virginia, sorry = (f"203.0.113.{number}" for number in (10, 11, 20, 99))
    Names.from_templates(made.templates).assert_holds(
        always_answers(WWW),
        fails_over(WWW, when=[blue, green], to=virginia, within=seconds, source={"region": "eu-west-1"}),
        fails_over(WWW, when=[blue, green, virginia], to=sorry, within=seconds),
        splits(WWW, {blue: 90, green: 10}, source={"region": "eu-west-1"}),
    )
    [proof] = [Names.from_templates(made.templates).prove(fails_over(WWW, when=[blue, green, virginia], to=sorry))]
    assert getattr(proof.time, "seconds", None) == seconds == 150


def records(template: dict[str, Any], **properties: Any) -> list[dict[str, Any]]:
    return [
        one["Properties"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Route53::RecordSet"
        and all(one["Properties"].get(name) == value for name, value in properties.items())
    ]


def drop(template: dict[str, Any], **properties: Any) -> None:
    gone = [id(one) for one in records(template, **properties)]
    assert gone
    resources = template["Resources"]
    template["Resources"] = {name: one for name, one in resources.items() if id(one.get("Properties")) not in gone}


def no_default_place(template: dict[str, Any]) -> None:
    drop(template, SetIdentifier="default")


def no_default_location(template: dict[str, Any]) -> None:
    drop(template, SetIdentifier="default")


def all_weights_zero(template: dict[str, Any]) -> None:
    for one in records(template):
        one["Weight"] = 0


def check_on_the_secondary(template: dict[str, Any]) -> None:
    [secondary] = records(template, Failover="SECONDARY")
    [primary] = records(template, Failover="PRIMARY")
    secondary["HealthCheckId"] = primary["HealthCheckId"]


def no_check(template: dict[str, Any]) -> None:
    for one in records(template):
        one.pop("HealthCheckId", None)


def alias_not_evaluated(template: dict[str, Any]) -> None:
    [alias] = [one for one in records(template, SetIdentifier="country-de") if "AliasTarget" in one]
    alias["AliasTarget"]["EvaluateTargetHealth"] = False


def nested_alias_not_evaluated(template: dict[str, Any]) -> None:
    [alias] = records(template, SetIdentifier="eu-central-1")
    alias["AliasTarget"]["EvaluateTargetHealth"] = False


def policies_mixed(template: dict[str, Any]) -> None:
    [one] = records(template, SetIdentifier="green")
    del one["Weight"]
    one["Region"] = "eu-west-1"


def a_slow_check(template: dict[str, Any]) -> None:
    for one in template["Resources"].values():
        if one["Type"] == "AWS::Route53::HealthCheck":
            one["Properties"]["HealthCheckConfig"]["FailureThreshold"] = 10


def a_long_ttl(template: dict[str, Any]) -> None:
    for one in records(template):
        one["TTL"] = "3600"


def the_wrong_way_round(template: dict[str, Any]) -> None:
    [primary] = records(template, Failover="PRIMARY")
    [secondary] = records(template, Failover="SECONDARY")
    primary["Failover"], secondary["Failover"] = "SECONDARY", "PRIMARY"


def overlapping_places(template: dict[str, Any]) -> None:
    [one] = records(template, SetIdentifier="country-de")
    one["GeoLocation"] = {"CountryCode": "AT"}


MUTANTS: list[tuple[Callable[[dict[str, Any]], None], str, Promise]] = [
    (no_default_place, "geolocation", resolves(None, WWW)),
    (no_default_location, "ip-based", resolves(None, WWW)),
    (all_weights_zero, "weighted", splits(WWW, {"blue": 3, "green": 1})),
    (no_check, "weighted", always_answers(WWW)),
    (no_check, "latency", always_answers(WWW)),
    (no_check, "multivalue", answers(WWW, ALL[1:], ill=ALL[0])),
    (no_check, "failover", fails_over(WWW, when=ALL[0], to=ALL[1])),
    (check_on_the_secondary, "failover", fails_over(WWW, when=ALL[0], to=ALL[1])),
    (alias_not_evaluated, "nested", PROMISES["nested"][4]),
    (nested_alias_not_evaluated, "nested", PROMISES["nested"][3]),
    (policies_mixed, "weighted", splits(WWW, {"blue": 3, "green": 1})),
    (a_slow_check, "failover", fails_over(WWW, when=ALL[0], to=ALL[1], within=150)),
    (a_long_ttl, "failover", fails_over(WWW, when=ALL[0], to=ALL[1], within=150)),
    (the_wrong_way_round, "failover", answers(WWW, ALL[0])),
    (overlapping_places, "geolocation", answers(WWW, "203.0.113.3", source=IN["DE"])),
]


@pytest.mark.parametrize(
    ("mutate", "which", "promise"), MUTANTS, ids=[f"{one.__name__}-{which}" for one, which, _ in MUTANTS]
)
def test_each_fault_breaks_its_promise(mutate: Callable[[dict[str, Any]], None], which: str, promise: Promise) -> None:
    broken = copy.deepcopy(dict(template(which)))
    assert Names.from_templates({"Names": broken}).prove(promise).verdict is Verdict.HOLDS
    mutate(broken)
    proof = Names.from_templates({"Names": broken}).prove(promise)
    # What AWS refuses to deploy is said, and holds nothing.
    refused = proof.verdict is Verdict.UNKNOWN and proof.reason.startswith("AWS refuses")
    assert proof.verdict is Verdict.FAILS or refused, str(proof)
