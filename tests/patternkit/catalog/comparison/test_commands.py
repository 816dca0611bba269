"""`patternkit compare` and `patternkit choose`, run as users run them."""

import io
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from rich.console import Console

from patternkit.catalog.cli import app
from patternkit.catalog.comparison import synthesizing
from patternkit.catalog.comparison.facts import recorded
from patternkit.catalog.comparison.requirements import requirements
from patternkit.catalog.comparison.rows import as_json, bounds_of, dollars, million
from patternkit.catalog.comparison.screen import print_comparison
from patternkit.catalog.costs.bill import Bill, Line
from patternkit.catalog.discovery import find, patterns
from patternkit.catalog.errors import CatalogError
from patternkit.testing.synthesis import SynthesisError
from tests.patternkit.catalog.temporary import PATTERN_TOML, environment, run, write_catalog, write_pattern
from tests.patternkit.catalog.test_cli import IMPORTS_NO_CDK

NAMES = [one.name for one in patterns().values() if one.web]


@pytest.mark.parametrize(
    ("bill", "shown"),
    [
        (Bill(lines=(), unknown=(), unconfirmed=()), "$0.00"),
        (Bill(lines=(), unknown=("AWS::Some::Thing",), unconfirmed=()), "not known"),
        (Bill(lines=(Line(what="a queue", number=2, usd=3),), unknown=("AWS::Some::Thing",), unconfirmed=()), "$3.00+"),
    ],
)
def test_a_sum_of_what_is_not_known_is_no_number(bill: Bill, shown: str) -> None:
    assert dollars(bill) == shown


def test_what_nobody_computed_is_no_zero() -> None:
    assert million(find("hub-and-spoke-vpn"), recorded()["api-to-queue"]) == "-"


def printed(names: Sequence[str], width: int) -> str:
    screen = Console(file=io.StringIO(), width=width, highlight=False)
    facts = recorded()
    print_comparison(screen, [find(name) for name in names], facts)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


@pytest.mark.parametrize("width", [80, 100])
def test_the_table_fits_with_every_name_whole(width: int) -> None:
    text = printed(NAMES, width)
    assert max(len(line) for line in text.splitlines()) <= width
    # Names and headings are whole, on one line each: none is cut or folded.
    assert "…" not in text
    for name in NAMES:
        assert sum(line.startswith(f"{name} ") for line in text.splitlines()) >= 3
    for heading in (
        "STANDING",
        "MILLION",
        "LONGEST",
        "WEBSOCKET",
        "RESOURCES",
        "HIPAA",
        "WHAT IS PUBLIC",
        "BY CLOUDFRONT",
    ):
        assert heading in text


def test_whether_cloudfront_stands_before_them_is_compared() -> None:
    known = {"edge-cached-api": "always", "load-balanced-fargate": "where edge= is given", "function-api": "no"}
    text = printed(list(known), 100)
    told = text[text.index("BY CLOUDFRONT ALONE") :].splitlines()[1:4]
    assert [re.split(r"\s{2,}", line.strip()) for line in told] == [[name, said] for name, said in known.items()]
    assert {name: as_json(find(name), recorded()[name])["edge"] for name in known} == known
    assert as_json(find("cron-function"), recorded()["cron-function"])["edge"] is None


def test_no_bound_is_called_none_that_the_pattern_does_not_call_so() -> None:
    """AWS AppSync and Amazon CloudFront have quotas of requests, whose figures nobody has entered."""
    for one in patterns().values():
        if one.web is not None:
            none = {name for name, text in bounds_of(one).items() if text.startswith("none")}
            assert none == set(one.web.unbounded), one.name


def test_costs_stand_beside_their_patterns() -> None:
    text = printed(["function-api", "load-balanced-fargate"], 100)
    for name in ("function-api", "load-balanced-fargate"):
        assert f"${recorded()[name].standing.usd:,.2f}" in text
    assert "price not known of metrics of Container Insights" in " ".join(text.split())


def test_what_is_compared_as_json_is_all_there_is() -> None:
    row = as_json(find("function-api"), recorded()["function-api"])
    json.dumps(row)
    assert row["web"]["failure_modes"]
    assert {one["bounds"] for one in row["limits"]} >= {"request_seconds", "request_bytes", "response_bytes"}
    assert row["resources"]["AWS::Lambda::Function"] == 1
    assert row["standing"]["usd"] == pytest.approx(sum(line["usd"] for line in row["standing"]["lines"]), abs=0.01)
    assert row["findings"]["AwsSolutions"] == 0
    assert row["public"]


def test_compare_synthesizes_what_is_asked_for(tmp_path: Path) -> None:
    package = write_catalog(tmp_path)
    write_pattern(package, "queues", "one_queue")
    write_pattern(package, "queues", "two_queue", PATTERN_TOML)
    done = run("patternkit", "compare", "one-queue", "two_queue", "one-queue", "--json", env=environment(package))
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [one["name"] for one in rows] == ["one-queue", "two-queue"]
    assert rows[0]["resources"] == {"AWS::SQS::Queue": 1}
    assert rows[0]["web"] is None
    assert rows[0]["standing"]["usd"] == 0
    assert done.stderr == "synthesizing one-queue, two-queue ...\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["compare", "function-ap"], "unknown pattern function-ap: did you mean function-api?"),
        (["compare", "function-api", "api-to-queu"], "unknown pattern api-to-queu: did you mean api-to-queue?"),
        (["choose", "--peak", "none"], "--peak must be a whole number, got 'none'"),
        (["choose"], "say what is needed, as --peak 500 --burst seconds, or run it on a terminal to be asked"),
    ],
)
def test_a_mistake_is_one_line(command: list[str], said: str) -> None:
    done = run("patternkit", *command)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"error: {said}\n")


def test_what_keeps_a_pattern_from_being_compared_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise SynthesisError("there is no account")

    monkeypatch.setattr(synthesizing, "example", refuse)
    with pytest.raises(CatalogError, match=r"^function-api: there is no account$"):
        synthesizing.synthesized([find("function-api")])


def test_choose_imports_no_cdk_and_ranks() -> None:
    done = run(sys.executable, "-c", IMPORTS_NO_CDK, "choose", "--idle", "--answer", "result", "--json")
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["requirements"] == {"idle": True, "answer": "result"}
    assert [one["rank"] for one in verdict["fitting"]] == list(range(1, len(verdict["fitting"]) + 1))
    assert {one["pattern"] for one in verdict["fitting"] + verdict["out"]} == set(NAMES)
    assert all(one["reasons"] for one in verdict["out"])


def test_choose_says_why_and_why_not() -> None:
    done = CliRunner().invoke(app, ["choose", "--brings", "containers", "--websocket"])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert "it runs containers" in lines[1]
    assert "Out:" in lines
    assert any("it runs functions, not containers" in line for line in lines)


def test_choose_says_so_when_nothing_fits() -> None:
    done = CliRunner().invoke(app, ["choose", "--brings", "nothing", "--websocket", "--private"])
    assert done.exit_code == 0
    assert "Nothing fits all of it" in done.stdout


def test_choose_asks_and_asks_again_after_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    from patternkit.catalog.comparison import cli

    asked: list[str] = []
    answers = iter(["containers", "", "many", "300", "seconds", *[""] * 8])

    def prompt(text: str, **_: object) -> str:
        asked.append(text)
        return next(answers)

    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr(click, "confirm", lambda text, **_: text.startswith("Connections stay open"))
    given = cli._asked()
    assert {name: value for name, value in given.items() if value} == {
        "brings": "containers",
        "peak": "300",
        "burst": "seconds",
        "websocket": True,
    }
    assert sum(text.startswith("Requests a second") for text in asked) == 2


def test_an_answer_that_contradicts_another_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from patternkit.catalog.comparison import cli

    answers = iter(["", "receipt", "", "", "5s", *[""] * 8])
    monkeypatch.setattr(click, "prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr(click, "confirm", lambda *_, **__: True)
    given = cli._asked()
    assert given["longest_request"] is None
    # Of the flags, what contradicts is left out: no connection stays open for a receipt, no address is private.
    assert (given["answer"], given["websocket"], given["static_address"]) == ("receipt", False, True)
    assert (given["private"], given["ordered"]) == (False, True)
    with pytest.raises(CatalogError):
        requirements({**given, "websocket": True})


def test_what_serves_no_requests_is_compared_without_saying_how() -> None:
    screen = Console(file=io.StringIO(), width=80, highlight=False)
    names = ["cron-function", "thumbnailer"]
    print_comparison(screen, [find(name) for name in names], dict.fromkeys(names, recorded()["function-api"]))
    assert isinstance(screen.file, io.StringIO)
    text = screen.file.getvalue()
    assert "WHAT IS PUBLIC" in text
    assert "HOW IT SCALES" not in text
    assert "WEBSOCKET" not in text
    # How they work on events is said instead.
    (row,) = [line for line in text.splitlines() if line.startswith("cron-function") and "$" in line]
    assert "a function" in row
    assert "goes on" in row
    for said in ("STARTED BY", "scheduled", "remembered", "1 GiB", "Scheduler delivers at least once"):
        assert said in text


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            ("function-api", "cron-function"),
            (
                "Only templates are compared between what serves requests (function-api) and what works on events "
                "(cron-function)."
            ),
        ),
        (("api-to-queue", "cron-function"), ""),
        (("api-to-queue", "function-api"), ""),
        (
            ("thumbnailer", "workload-vpc", "function-api"),
            (
                "Only templates are compared between what serves requests (function-api), what works on events "
                "(thumbnailer) and what does neither (workload-vpc)."
            ),
        ),
    ],
)
def test_what_has_nothing_in_common_is_told_in_a_line(names: tuple[str, ...], said: str) -> None:
    screen = Console(file=io.StringIO(), width=300, highlight=False)
    print_comparison(screen, [find(name) for name in names], dict.fromkeys(names, recorded()["function-api"]))
    assert isinstance(screen.file, io.StringIO)
    told = [line for line in screen.file.getvalue().splitlines() if line.startswith("Only templates")]
    assert told == ([said] if said else [])


def test_choose_tells_which_patterns_it_has_weighed() -> None:
    for options, said in (
        (["--ordered"], "Weighed: patterns that work on events."),
        (["--push"], "Weighed: patterns that serve requests."),
        (["--ordered", "--peak", "5"], "Weighed: patterns that serve requests or work on events."),
    ):
        assert said in CliRunner().invoke(app, ["choose", *options]).stdout.splitlines()


def test_what_events_cost_was_not_computed() -> None:
    text = CliRunner().invoke(app, ["choose", "--human"], env={"COLUMNS": "120"}).stdout
    assert "a month standing still; what events cost was not computed" in text.splitlines()[0]
