"""What the catalog states about AWS has a date, and what is old can be listed."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from patternkit.catalog.cli import app
from patternkit.catalog.costs.prices import price_table
from patternkit.catalog.dated_facts import dated_facts, months_before
from patternkit.catalog.discovery import patterns


def listed(*arguments: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(app, ["facts", "--json", *arguments])
    assert done.exit_code == 0, done.output
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def test_every_limit_and_price_is_a_fact() -> None:
    found = dated_facts()
    limits = {(one.what, one.value) for pattern in patterns().values() for one in pattern.limits}
    assert limits <= {(one.what, one.value) for one in found}
    assert {one.what for one in price_table().prices.values()} <= {one.what for one in found}
    assert all(one.source.startswith("https://") and one.stated_by for one in found)
    assert [one.as_of for one in found] == sorted(one.as_of for one in found)


def test_a_fact_that_several_patterns_state_is_listed_once() -> None:
    whole = [(one.what, one.value, one.source) for one in dated_facts()]
    assert len(set(whole)) == len(whole)
    assert any(len(one.stated_by) > 1 for one in dated_facts())


def test_only_those_that_are_older_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = listed()
    assert len(everything) == len(dated_facts())
    oldest, newest = str(everything[0]["as_of"]), str(everything[-1]["as_of"])
    assert listed("--older-than", "1200") == []
    monkeypatch.setattr("patternkit.catalog.dated_facts.months_before", lambda *_: date.fromisoformat(newest))
    older = listed("--older-than", "6")
    assert len(older) < len(everything)
    assert all(oldest <= str(one["as_of"]) < newest for one in older)


def test_nothing_old_is_said_in_one_line() -> None:
    assert CliRunner().invoke(app, ["facts", "--older-than", "1200"]).output == "no fact is older than 1200 months\n"
    refused = CliRunner().invoke(app, ["facts", "--older-than", "-1"])
    assert refused.exit_code == 2
    assert "-1 is not in the range" in refused.output


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 26), 6, date(2026, 5, 26)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 13, date(2024, 12, 15)),
        (date(2026, 5, 31), 12, date(2025, 5, 31)),
    ],
)
def test_months_are_months_of_the_calendar(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before
