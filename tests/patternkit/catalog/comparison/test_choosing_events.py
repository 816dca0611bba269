"""What is needed of events and APIs leads to a pattern that an AWS architect would agree with; and each rule alone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from patternkit.catalog.comparison.case import Fit
from patternkit.catalog.comparison.choosing import Candidate, choose
from patternkit.catalog.comparison.facts import Facts, Public, recorded
from patternkit.catalog.comparison.requirements import requirements
from patternkit.catalog.costs.bill import Bill
from patternkit.catalog.discovery import Pattern, find, patterns
from patternkit.catalog.limits import PAYLOAD, Limit

# Each: what is needed, what must win, what must be out and why.
NEEDS: dict[str, tuple[dict[str, Any], str, dict[str, str]]] = {
    "immediate": (
        {"starts": "file", "delivery": "immediate", "brings": "functions"},
        "topic-fan-out",
        {"buffered-fan-out": "batched or queued: Each function takes batches", "container-on-upload": "queued: "},
    ),
    "batched": (
        {"starts": "file", "delivery": "batched"},
        "buffered-fan-out",
        {"topic-fan-out": "immediate: ", "table-stream": "it is started by a change of a table, not by a file"},
    ),
    "scheduled": (
        {"delivery": "scheduled"},
        "cron-function",
        {"asynchronous-function": "immediate: "},
    ),
    "ordered": (
        {"ordered": True},
        "table-stream",
        {"topic-fan-out": "order is not kept: Neither Amazon S3 nor Amazon SNS keeps it", "cron-function": "order is"},
    ),
    "ordered requests": (
        {"ordered": True, "starts": "request"},
        "api-to-queue",
        {"presigned-upload": "order is not kept", "table-stream": "it is started by a change of a table"},
    ),
    "exactly once": (
        {"exactly_once": True, "starts": "call"},
        "asynchronous-function",
        {"thumbnailer": "it is started by a file in a bucket"},
    ),
    "human": (
        {"human": True},
        "approval-workflow",
        {"asynchronous-function": "no person is asked", "api-to-service": "no person is asked"},
    ),
    "push": (
        {"push": True},
        "websocket-api",
        {"function-api": "no connection stays open", "private-api": "no connection stays open"},
    ),
    "large files to be uploaded": (
        {"payload": "5GiB", "answer": "receipt"},
        "presigned-upload",
        {"api-to-queue": "what is sent may have 1 MiB at most", "function-api": "what is sent may have 6 MiB at most"},
    ),
    "large files to be worked on": (
        {"payload": "15GiB", "starts": "file"},
        "container-on-upload",
        {
            "topic-fan-out": "what is worked on may have 10 GiB at most",
            "cron-function": "a schedule hands nothing over",
        },
    ),
    "long work": (
        {"longest_work": "2h", "starts": "file"},
        "container-on-upload",
        {"buffered-fan-out": "the work may take 15 min at most", "thumbnailer": "the work may take 15 min at most"},
    ),
    "private API": (
        {"private": True},
        "private-api",
        {
            "function-api": "it is reached from the internet: the API answers on the internet",
            "edge-function": "it is reached from the internet: the distribution answers",
            "websocket-api": "it is reached from the internet: ",
            "load-balanced-fargate": "it is reached from the internet: the load balancer faces the internet",
        },
    ),
    "private work": (
        {"private": True, "starts": "file"},
        "container-on-upload",
        {"approval-workflow": "it is reached from the internet", "api-to-queue": "it is reached from the internet"},
    ),
    "a containers' work": (
        {"starts": "file", "brings": "containers"},
        "container-on-upload",
        {"thumbnailer": "it runs AWS services only, not containers", "topic-fan-out": "it runs functions, not"},
    ),
    "a result of what is called": (
        {"starts": "call", "answer": "result"},
        "canary-function",
        {"asynchronous-function": "callers get a receipt, and no result"},
    ),
}


@pytest.mark.parametrize("need", NEEDS)
def test_a_need_leads_to_a_pattern(need: str) -> None:
    given, winner, out = NEEDS[need]
    fitting, failing = choose(requirements(given), list(patterns().values()), recorded())
    assert fitting[0].pattern.name == winner
    assert fitting[0].why(Fit.MEETS)
    said = {one.pattern.name: one.why(Fit.FAILS) for one in failing}
    for name, beginning in out.items():
        assert any(why.startswith(beginning) for why in said[name]), said[name]


def test_the_private_api_is_never_for_the_public() -> None:
    for given, _, _ in NEEDS.values():
        fitting, out = choose(requirements(given), list(patterns().values()), recorded())
        names = [one.pattern.name for one in fitting]
        assert ("private-api" in names) is (given == {"private": True})
        if given.get("private"):
            assert not [one for one in fitting if recorded()[one.pattern.name].public]
        assert all(one.why(Fit.FAILS) for one in out)


def test_what_is_asked_decides_what_is_weighed() -> None:
    for given, tables in (
        ({"idle": True}, {"web"}),
        ({"ordered": True}, {"events"}),
        ({"ordered": True, "idle": True}, {"events"}),
        ({"ordered": True, "peak": 5}, {"web", "events"}),
    ):
        fitting, out = choose(requirements(given), list(patterns().values()), recorded())
        asked = [name for name, one in patterns().items() if any(getattr(one, table) for table in tables)]
        assert sorted(one.pattern.name for one in (*fitting, *out)) == sorted(asked)


def test_one_that_does_the_one_alone_is_out_where_both_are_asked_for() -> None:
    _, out = choose(requirements({"ordered": True, "peak": 5}), list(patterns().values()), recorded())
    said = {one.pattern.name: one.why(Fit.FAILS) for one in out}
    assert "it answers requests, and takes nothing over to be worked on later" in said["function-api"]
    assert "it serves no requests: it is started by a change of a table" in said["table-stream"]
    assert "api-to-queue" not in said


def made(wanted: dict[str, Any], **differs: Any) -> Candidate:
    """Weigh one pattern that works on events and differs from a plain one in a few things."""
    public, limits = differs.pop("public", ()), differs.pop("limits", (payload(2**20),))
    plain = find("topic-fan-out")
    assert plain.events is not None
    pattern: Pattern = replace(plain, name="made", limits=limits, events=replace(plain.events, **differs))
    facts = Facts(
        public=public,
        fixed_addresses=0,
        idle_seconds=None,
        resources={},
        findings={},
        standing=Bill(lines=(), unknown=(), unconfirmed=()),
        by_million=None,
    )
    fitting, out = choose(requirements(wanted), [pattern], {"made": facts})
    (one,) = [*fitting, *out]
    return one


def payload(at: int, bounds: str = PAYLOAD) -> Limit:
    return Limit(what="Something", value="so", as_of=date(2026, 11, 21), source="s", bounds=bounds, at=at)


STARTS = {"starts": "file"}
PUBLIC = (Public(resource="Api", what="the API answers on the internet"),)
FITS: list[tuple[dict[str, Any], dict[str, Any], Fit]] = [
    ({"starts": "file"}, {}, Fit.MEETS),
    ({"starts": "change"}, {}, Fit.FAILS),
    ({"delivery": "immediate"}, {}, Fit.MEETS),
    ({"delivery": "queued"}, {}, Fit.FAILS),
    ({"delivery": "queued"}, {"delivery": ("batched", "queued")}, Fit.MEETS),
    ({"ordered": True}, {"order": "kept"}, Fit.MEETS),
    ({"ordered": True}, {"order": "on request"}, Fit.ON_CONDITION),
    ({"ordered": True}, {"order": "not kept"}, Fit.FAILS),
    ({"exactly_once": True}, {"repeats": "remembered"}, Fit.MEETS),
    ({"exactly_once": True}, {"repeats": "on request"}, Fit.ON_CONDITION),
    ({"exactly_once": True}, {"repeats": "at least once"}, Fit.ON_CONDITION),
    ({"human": True}, {"human": True}, Fit.MEETS),
    ({"human": True}, {}, Fit.FAILS),
    (STARTS, {"human": True}, Fit.ON_CONDITION),
    (STARTS, {"runs": ("nothing",)}, Fit.ON_CONDITION),
    (STARTS | {"brings": "nothing"}, {"runs": ("nothing",)}, Fit.MEETS),
    (STARTS | {"brings": "functions"}, {"runs": ("nothing",)}, Fit.FAILS),
    (STARTS | {"payload": "1MiB"}, {}, Fit.MEETS),
    (STARTS | {"payload": "1048577B"}, {}, Fit.FAILS),
    (STARTS | {"payload": "1B"}, {"limits": ()}, Fit.FAILS),
    ({"longest_work": "15m"}, {"limits": (payload(900, "request_seconds"),)}, Fit.MEETS),
    ({"longest_work": "901s"}, {"limits": (payload(900, "request_seconds"),)}, Fit.FAILS),
    ({"longest_work": "24h"}, {}, Fit.MEETS),
    (STARTS | {"private": True}, {"isolated": True}, Fit.MEETS),
    (STARTS | {"private": True}, {}, Fit.ON_CONDITION),
    (STARTS | {"private": True}, {"isolated": True, "public": PUBLIC}, Fit.FAILS),
    (STARTS, {"public": PUBLIC}, Fit.MEETS),
    (STARTS | {"answer": "result"}, {}, Fit.FAILS),
    (STARTS | {"answer": "result"}, {"answer": "result"}, Fit.MEETS),
    (STARTS | {"survives_zone_loss": True}, {}, Fit.MEETS),
    (STARTS | {"survives_zone_loss": True}, {"zone_loss": "down"}, Fit.FAILS),
    (STARTS | {"peak": 5}, {}, Fit.FAILS),
]


@pytest.mark.parametrize(("wanted", "has", "fit"), FITS, ids=[f"{one[0]}-{one[1]}-{one[2].name}" for one in FITS])
def test_each_rule_alone(wanted: dict[str, Any], has: dict[str, Any], fit: Fit) -> None:
    one = made(wanted, **has)
    assert max((each.fit for each in one.reasons), default=Fit.MEETS) is fit
    assert one.is_out is (fit is Fit.FAILS)


def test_what_events_cost_is_told_to_be_not_known() -> None:
    assert made(STARTS).not_known == ("what events cost",)
