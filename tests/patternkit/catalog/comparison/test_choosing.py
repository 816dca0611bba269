"""The choice among web architectures: scenarios whose answer an AWS architect would agree with, and each rule alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from patternkit.catalog.comparison.case import Fit
from patternkit.catalog.comparison.choosing import Candidate, choose
from patternkit.catalog.comparison.facts import Facts, Public, recorded
from patternkit.catalog.comparison.requirements import Requirements, requirements
from patternkit.catalog.costs.bill import Bill, Line
from patternkit.catalog.discovery import Pattern, find, patterns
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.limits import Limit
from patternkit.catalog.web import Web


def chosen(**given: Any) -> tuple[list[str], dict[str, list[str]]]:
    fitting, out = choose(requirements(given), list(patterns().values()), recorded())
    return [one.pattern.name for one in fitting], {one.pattern.name: one.why(Fit.FAILS) for one in out}


# Each: what is needed, what must win, what must be out.
SCENARIOS: dict[str, tuple[dict[str, Any], str, set[str]]] = {
    "an internal tool, hardly used, short answers": (
        {"idle": True, "answer": "result", "longest_request": "5s", "request_size": "1MB"},
        "function-api",
        {"api-to-queue", "api-to-service"},
    ),
    "webhooks in bursts that nobody waits for": (
        {"burst": "seconds", "peak": 3000, "answer": "receipt", "request_size": "300KiB"},
        "api-to-queue",
        {"api-to-service"},  # 256 KiB for a state machine's input
    ),
    "a packed application with WebSocket": (
        {"brings": "containers", "websocket": True, "survives_zone_loss": True},
        "load-balanced-fargate",
        {"load-balanced-instances", "function-api", "api-to-queue"},
    ),
    "a server that needs drivers": (
        {"brings": "machines", "survives_zone_loss": True},
        "load-balanced-instances",
        {"load-balanced-fargate", "function-api"},
    ),
    "uploads of 50 MB": (
        {"request_size": "50MB", "answer": "result"},
        "load-balanced-fargate",
        {"function-api", "api-to-queue", "api-to-service"},
    ),
    "answers that take five minutes": (
        {"longest_request": "5m", "brings": "containers"},
        "load-balanced-fargate",
        {"function-api", "api-to-queue"},
    ),
    "short requests in sharp bursts": (
        {"burst": "seconds", "answer": "result", "longest_request": "2s", "response_size": "2MiB"},
        "function-api",
        {"api-to-queue"},
    ),
    "few partners who allow one address": (
        {"idle": True, "static_address": True, "answer": "result"},
        "elastic-ip-failover",
        {"function-api", "http-backend-api"},
    ),
    "functions that answer all day long": (
        {"brings": "functions", "monthly_requests": 500_000_000},
        "load-balanced-function",
        {"load-balanced-fargate"},
    ),
    "containers behind CloudFront and nothing else": (
        {"edge": True, "brings": "containers"},
        "load-balanced-fargate",
        {"function-api", "edge-cached-api", "http-backend-api"},
    ),
    "functions behind CloudFront, in sharp bursts": (
        {"edge": True, "brings": "functions", "burst": "seconds"},
        "edge-cached-api",
        {"function-api", "api-to-queue"},
    ),
    "half a billion requests a month": (
        {"answer": "result", "monthly_requests": 500_000_000},
        "load-balanced-fargate",
        {"api-to-queue", "api-to-service"},
    ),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_architect_would_agree(scenario: str) -> None:
    given, winner, out = SCENARIOS[scenario]
    fitting, failing = chosen(**given)
    assert fitting[0] == winner
    assert out <= set(failing)
    assert all(why for why in failing.values())


def test_every_pattern_that_serves_requests_is_weighed_once_and_said_why() -> None:
    serving = {one.name for one in patterns().values() if one.web}
    fitting, out = chosen(burst="seconds", idle=True, static_address=True, websocket=True)
    assert sorted([*fitting, *out]) == sorted(serving)


def test_long_answers_of_a_load_balancer_need_a_longer_idle_timeout() -> None:
    fitting, _ = choose(requirements({"longest_request": "5m"}), list(patterns().values()), recorded())
    (fargate,) = [one for one in fitting if one.pattern.name == "load-balanced-fargate"]
    assert fargate.why(Fit.ON_CONDITION) == [
        "the load balancer's idle timeout, 60 s as it stands, must be raised",
    ]
    # A minute is what it stands at.
    fitting, _ = choose(requirements({"longest_request": "60s"}), list(patterns().values()), recorded())
    (fargate,) = [one for one in fitting if one.pattern.name == "load-balanced-fargate"]
    assert not fargate.why(Fit.ON_CONDITION)


def test_the_edge_is_an_argument_of_what_stands_behind_a_load_balancer() -> None:
    def weighed(**given: Any) -> dict[str, Candidate]:
        fitting, _ = choose(requirements(given), list(patterns().values()), recorded())
        return {one.pattern.name: one for one in fitting}

    without, edge = weighed(longest_request="90s"), weighed(edge=True, longest_request="90s")
    taking = {"load-balanced-instances", "load-balanced-containers", "load-balanced-fargate", "load-balanced-function"}
    # An API of the catalog stands behind CloudFront by itself; AWS raises what it may take to answer.
    assert set(edge) == {*taking, "weighted-release", "edge-cached-api"}
    fargate = edge["load-balanced-fargate"]
    (meets,) = [one for one in fargate.why(Fit.MEETS) if "EdgeFront" in one]
    assert meets.startswith("edge=EdgeFront(...) puts Amazon CloudFront before its load balancer")
    needs, begins = (one for one in fargate.why(Fit.ON_CONDITION) if "edge" in one or "begin" in one)
    assert "a certificate in us-east-1 besides its own, and $1.00 for a million requests" in needs
    assert begins == "an answer must begin within 60 s: Amazon CloudFront waits no longer, whatever comes after"
    # Ten million requests, which a month is taken to have.
    assert fargate.monthly_usd == pytest.approx(without["load-balanced-fargate"].monthly_usd + 10)
    assert "begin within" not in str(weighed(edge=True)["load-balanced-fargate"].why(Fit.ON_CONDITION))


def test_a_front_to_functions_is_out_where_they_are() -> None:
    for wanted in ({"request_size": "8MB"}, {"longest_request": "30m"}, {"websocket": True}):
        _, out = chosen(brings="functions", **wanted)
        assert "weighted-release" in out, wanted
        fitting, _ = chosen(brings="containers", **wanted)
        assert "weighted-release" in fitting, wanted


def test_what_must_not_run_behind_a_front_is_said() -> None:
    one = made(wanted={"request_size": "2MiB"}, **FRONT)
    assert "behind it must be no functions: requests may have 1 MiB there" in one.why(Fit.ON_CONDITION)


def test_a_rate_above_the_quota_is_a_condition_since_aws_raises_it() -> None:
    fitting, _ = choose(requirements({"peak": 10_001}), list(patterns().values()), recorded())
    (api,) = [one for one in fitting if one.pattern.name == "function-api"]
    assert api.why(Fit.ON_CONDITION) == ["AWS must raise a quota: 10,000/s are taken by default"]
    fitting, _ = choose(requirements({"peak": 10_000}), list(patterns().values()), recorded())
    (api,) = [one for one in fitting if one.pattern.name == "function-api"]
    assert not api.why(Fit.ON_CONDITION)


ANYBODY = (Public(resource="Api", what="the API answers on the internet"),)
BALANCED = {"AWS::ElasticLoadBalancingV2::LoadBalancer": 1}


def made(*, web: dict[str, Any] | None = None, limits: tuple[Limit, ...] = (), **facts: Any) -> Candidate:
    """Weigh one pattern that differs from a plain one in a few things."""
    wanted = facts.pop("wanted")
    plain = Web(
        runs=("machines",),
        answer="result",
        scaling="By itself.",
        scales_within="minutes",
        burst="It waits.",
        stateless=True,
        state="It goes.",
        zone_loss="goes on",
        failure_modes=("It fails.",),
        long_connections=True,
        unbounded=(),
    )
    bill = Bill(lines=(), unknown=(), unconfirmed=())
    own = {"public": ANYBODY, "fixed_addresses": 0, "idle_seconds": None, "resources": BALANCED, "findings": {}}
    pattern: Pattern = replace(find("function-api"), name="made", limits=limits, web=replace(plain, **(web or {})))
    found = Facts(**{**own, "standing": bill, "by_million": bill, **facts})
    fitting, out = choose(requirements(wanted), [pattern], {"made": found})
    (one,) = [*fitting, *out]
    return one


def bounded(name: str, at: int, *, adjustable: bool = False) -> Limit:
    return Limit(
        what="Something", value="so", as_of=date(2026, 11, 21), source="s", bounds=name, at=at, adjustable=adjustable
    )


def ranked(
    wanted: dict[str, Any], *made_of: tuple[str, dict[str, Any], float], by_million: Mapping[str, Bill] | None = None
) -> list[str]:
    """Rank patterns, each a name, what differs from a plain one, and what it costs in a month."""
    plain = made(wanted={}).pattern
    assert plain.web is not None
    web = plain.web
    weighed = [replace(plain, name=name, web=replace(web, **differs)) for name, differs, _ in made_of]
    empty = Bill(lines=(), unknown=(), unconfirmed=())
    facts = {
        name: Facts(
            public=ANYBODY,
            fixed_addresses=0,
            idle_seconds=None,
            resources=BALANCED,
            findings={},
            standing=Bill(lines=(Line(what="x", number=1, usd=usd),), unknown=(), unconfirmed=()),
            by_million=(by_million or {}).get(name, empty),
        )
        for name, _, usd in made_of
    }
    fitting, _ = choose(requirements(wanted), weighed, facts)
    return [one.pattern.name for one in fitting]


def test_conditions_count_before_speed_and_speed_before_cost() -> None:
    quick, slow = {"scales_within": "at once"}, {"scales_within": "minutes"}
    # Cheap on a condition comes after dear without one.
    gap = {"zone_loss": "fails over"}
    assert ranked({"survives_zone_loss": True}, ("cheap", gap, 1), ("dear", {}, 900)) == ["dear", "cheap"]
    # Where load multiplies within seconds, what is there at once comes before what is there soon.
    seconds = {"scales_within": "seconds"}
    assert ranked({"burst": "seconds"}, ("soon", seconds, 1), ("at-once", quick, 900)) == ["at-once", "soon"]
    # Otherwise speed is nothing to pay for.
    assert ranked({"burst": "minutes"}, ("quick", quick, 900), ("cheap", slow, 1)) == ["cheap", "quick"]


def test_what_has_no_price_is_not_the_cheapest() -> None:
    made_of: list[tuple[str, dict[str, Any], float]] = [("free", {}, 5.0), ("dear", {}, 900.0)]
    assert ranked({"answer": "result"}, *made_of) == ["free", "dear"]
    unknown = Bill(lines=(), unknown=("requests",), unconfirmed=())
    assert ranked({"answer": "result"}, *made_of, by_million={"free": unknown}) == ["dear", "free"]


# A front to functions and containers, whose requests are bounded where a function answers them.
FRONT: dict[str, Any] = {
    "web": {"runs": ("containers", "functions")},
    "limits": (replace(bounded("request_bytes", 2**20), runs="functions"),),
}

FITS: list[tuple[dict[str, Any], dict[str, Any], Fit]] = [
    ({"brings": "machines"}, {}, Fit.MEETS),
    ({"brings": "containers"}, {}, Fit.FAILS),
    ({"answer": "result"}, {}, Fit.MEETS),
    ({"answer": "receipt"}, {}, Fit.ON_CONDITION),
    ({"answer": "receipt"}, {"web": {"answer": "receipt"}}, Fit.MEETS),
    ({"answer": "result"}, {"web": {"answer": "receipt"}}, Fit.FAILS),
    ({"peak": 1}, {"web": {"answer": "receipt"}}, Fit.ON_CONDITION),
    ({"longest_request": "1s"}, {"web": {"answer": "receipt"}}, Fit.FAILS),
    ({"longest_request": "10s"}, {"limits": (bounded("request_seconds", 10),)}, Fit.MEETS),
    ({"longest_request": "11s"}, {"limits": (bounded("request_seconds", 10),)}, Fit.FAILS),
    ({"longest_request": "11s"}, {"limits": (bounded("request_seconds", 10, adjustable=True),)}, Fit.ON_CONDITION),
    (
        {"longest_request": "21s"},
        {"limits": (bounded("request_seconds", 10, adjustable=True), bounded("request_seconds", 20))},
        Fit.FAILS,
    ),
    ({"longest_request": "61s"}, {"idle_seconds": 60}, Fit.ON_CONDITION),
    ({"longest_request": "60s"}, {"idle_seconds": 60}, Fit.MEETS),
    ({"request_size": "1MiB"}, {"limits": (bounded("request_bytes", 2**20),)}, Fit.MEETS),
    ({"request_size": "1048577B"}, {"limits": (bounded("request_bytes", 2**20),)}, Fit.FAILS),
    ({"response_size": "2MiB"}, {"limits": (bounded("response_bytes", 2**20),)}, Fit.FAILS),
    ({"response_size": "2MiB"}, {"limits": (bounded("request_bytes", 2**20),)}, Fit.MEETS),
    ({"burst": "minutes"}, {}, Fit.MEETS),
    ({"burst": "seconds"}, {}, Fit.ON_CONDITION),
    ({"burst": "seconds"}, {"web": {"scales_within": "seconds"}}, Fit.MEETS),
    ({"burst": "minutes"}, {"web": {"scales_within": "never"}}, Fit.FAILS),
    ({"peak": 5}, {"web": {"scales_within": "never"}}, Fit.ON_CONDITION),
    ({"burst": "none"}, {"web": {"scales_within": "never"}}, Fit.MEETS),
    ({"idle": True}, {"web": {"scales_within": "never"}}, Fit.MEETS),
    # A front to whatever runs leaves the running to others.
    ({"idle": True}, {"web": {"runs": ("machines", "containers")}}, Fit.ON_CONDITION),
    # Its limits are those of what runs behind it.
    ({"brings": "functions", "request_size": "2MiB"}, FRONT, Fit.FAILS),
    ({"brings": "functions", "request_size": "1MiB"}, FRONT, Fit.ON_CONDITION),
    ({"brings": "containers", "request_size": "2MiB"}, FRONT, Fit.ON_CONDITION),
    ({"brings": "functions", "websocket": True}, FRONT, Fit.FAILS),
    ({"brings": "containers", "websocket": True}, FRONT, Fit.ON_CONDITION),
    # Where clients find what answers by DNS alone, they notice when it fails.
    ({"idle": True}, {"resources": {}}, Fit.ON_CONDITION),
    ({"idle": True}, {"resources": {}, "fixed_addresses": 1}, Fit.MEETS),
    ({"static_address": True}, {"fixed_addresses": 1}, Fit.MEETS),
    ({"static_address": True}, {"resources": BALANCED}, Fit.ON_CONDITION),
    ({"static_address": True}, {"resources": BALANCED | {"AWS::ApiGateway::RestApi": 1}}, Fit.FAILS),
    ({"static_address": True}, {"resources": {}}, Fit.FAILS),
    # What also does without a function is no front.
    ({"brings": "functions", "websocket": True}, {"web": {"runs": ["functions", "nothing"]}}, Fit.MEETS),
    ({"websocket": True}, {}, Fit.MEETS),
    ({"websocket": True}, {"web": {"long_connections": False}}, Fit.FAILS),
    ({"websocket": True}, {"resources": {"AWS::ApiGatewayV2::Api": 1}}, Fit.MEETS),
    ({"push": True}, {"resources": {"AWS::ApiGatewayV2::Api": 1}}, Fit.MEETS),
    ({"push": True}, {}, Fit.ON_CONDITION),
    ({"push": True}, {"web": {"long_connections": False}}, Fit.FAILS),
    ({"brings": "functions", "push": True}, FRONT, Fit.FAILS),
    # What nothing reaches from the internet is never for the public, and the other way round.
    # An argument that puts CloudFront before it is asked for where the template has none.
    ({"edge": True}, {}, Fit.FAILS),
    ({"edge": True}, {"resources": {"AWS::CloudFront::Distribution": 1}}, Fit.MEETS),
    ({"private": True}, {}, Fit.FAILS),
    ({"private": True}, {"public": ()}, Fit.MEETS),
    ({"idle": True}, {"public": ()}, Fit.FAILS),
    ({"payload": "99MiB"}, {}, Fit.MEETS),
    ({"payload": "100MiB"}, {}, Fit.ON_CONDITION),
    ({"payload": "100MiB", "answer": "receipt"}, {"web": {"answer": "receipt"}}, Fit.MEETS),
    ({"payload": "2MiB"}, {"limits": (bounded("request_bytes", 2**20),)}, Fit.FAILS),
    ({"state_on_server": True}, {}, Fit.FAILS),
    ({"state_on_server": True}, {"web": {"stateless": False}}, Fit.MEETS),
    ({"survives_zone_loss": True}, {}, Fit.MEETS),
    ({"survives_zone_loss": True}, {"web": {"zone_loss": "fails over"}}, Fit.ON_CONDITION),
    ({"survives_zone_loss": True}, {"web": {"zone_loss": "down"}}, Fit.FAILS),
]


@pytest.mark.parametrize(("wanted", "has", "fit"), FITS, ids=[f"{one[0]}-{one[2].name}" for one in FITS])
def test_each_rule_alone(wanted: dict[str, Any], has: dict[str, Any], fit: Fit) -> None:
    one = made(wanted=wanted, **has)
    assert max((each.fit for each in one.reasons), default=Fit.MEETS) is fit
    assert one.is_out is (fit is Fit.FAILS)


def test_the_cheaper_goes_first_at_the_requests_that_are_expected() -> None:
    def bill(usd: float) -> Bill:
        return Bill(lines=(Line(what="x", number=1, usd=usd),), unknown=(), unconfirmed=())

    costs: dict[str, Any] = {"standing": bill(100), "by_million": bill(4)}
    assert made(wanted={"idle": True}, **costs).monthly_usd == pytest.approx(100.4)
    assert made(wanted={"peak": 1}, **costs).monthly_usd == pytest.approx(140)
    assert made(wanted={"monthly_requests": 2_000_000}, **costs).monthly_usd == pytest.approx(108)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"peak": "0"}, "--peak must be between 1 and 10,000,000 requests a second, got 0"),
        ({"peak": "many"}, "--peak must be a whole number, got 'many'"),
        ({"longest_request": "soon"}, "--longest-request must be a time, as 500ms, 90s, 5m or 2h, got 'soon'"),
        ({"longest_request": "25h"}, "--longest-request must be between 0.001 and 86,400 seconds, got 90,000.0"),
        ({"request_size": "8"}, "--request-size must be a size, as 256KiB, 8MB or 1GiB, got '8'"),
        ({"response_size": "0B"}, "--response-size must be between 1 and 5,497,558,138,880 bytes, got 0"),
        ({"brings": "container"}, "--brings: unknown choice container: did you mean containers?"),
        ({"burst": "sudden"}, "--burst: unknown choice sudden: there are minutes, none, seconds"),
        (
            {"answer": "receipt", "websocket": True},
            "--websocket contradicts --answer receipt: callers do not wait for a result",
        ),
        (
            {"answer": "receipt", "response_size": "1MB"},
            "--response-size contradicts --answer receipt: callers do not wait for a result",
        ),
        (
            {"brings": "nothing", "state_on_server": True},
            "--state-on-server contradicts --brings nothing: nothing is there to keep it",
        ),
        (
            {"edge": True, "private": True},
            "--edge contradicts --private: Amazon CloudFront answers on the internet",
        ),
        (
            {"edge": True, "static_address": True},
            "--edge contradicts --static-address: the addresses of Amazon CloudFront change",
        ),
        (
            {"private": True, "static_address": True},
            "--static-address contradicts --private: nothing comes from the internet to an address",
        ),
        (
            {"starts": "schedule", "delivery": "batched"},
            "--delivery batched contradicts --starts schedule: the schedule says when",
        ),
        ({"starts": "files"}, "--starts: unknown choice files: did you mean file?"),
        ({"delivery": "soon"}, "--delivery: unknown choice soon: there are batched, immediate, queued, scheduled"),
        ({"longest_work": "ages"}, "--longest-work must be a time, as 500ms, 90s, 5m or 2h, got 'ages'"),
        ({"payload": "large"}, "--payload must be a size, as 256KiB, 8MB or 1GiB, got 'large'"),
        (
            {"idle": True, "monthly_requests": "5"},
            "--idle and --monthly-requests both say how much comes: give one of them",
        ),
        (
            {"peak": "100", "monthly_requests": "50"},
            "--peak must be at most --monthly-requests, got 100 a second and 50",
        ),
    ],
)
def test_what_is_wrong_is_one_line(given: dict[str, Any], said: str) -> None:
    with pytest.raises(CatalogError) as raised:
        requirements(given)
    assert str(raised.value) == said


def test_requirements_are_read_from_text() -> None:
    read = requirements({"peak": "3,000", "longest_request": "1.5m", "request_size": "8 MB", "brings": None})
    assert read == Requirements(peak=3000, longest_request=90, request_size=8_000_000)
    assert read.given() == {"peak": 3000, "longest_request": 90, "request_size": 8_000_000}


def test_no_rule_knows_a_pattern() -> None:
    source = Path(__file__).parents[4] / "patternkit" / "catalog" / "comparison"
    text = "".join(path.read_text(encoding="utf-8") for path in source.glob("*.py"))
    assert not [name for name in patterns() if name in text or name.replace("-", "_") in text]
