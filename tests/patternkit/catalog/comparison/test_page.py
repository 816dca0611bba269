"""The page with the table, and the facts that it is made of, are current."""

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from patternkit.catalog.cli import app
from patternkit.catalog.comparison.facts import record, record_file, recorded
from patternkit.catalog.comparison.needs import NEEDS, given
from patternkit.catalog.comparison.page import page_file, rendered_page
from patternkit.catalog.comparison.requirements import requirements
from patternkit.catalog.comparison.synthesizing import facts_of
from patternkit.catalog.discovery import Pattern, patterns
from patternkit.catalog.errors import CatalogError
from tests.conftest import example

# Each is synthesized where its other tests have synthesized it already.
RECORDED = [
    pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name))
    for one in patterns().values()
    if one.web or one.events
]


@pytest.mark.parametrize("pattern", RECORDED)
def test_recorded_facts_are_those_of_the_template(pattern: Pattern) -> None:
    written: dict[str, Any] = json.loads(record_file().read_text(encoding="utf-8"))
    made = json.loads(record({pattern.name: facts_of(pattern, example(pattern.name, "agnostic"))}))
    assert written.get(pattern.name) == made[pattern.name], "facts.json is not current: run make pages"


def test_facts_are_recorded_of_the_patterns_that_serve_requests_or_work_on_events() -> None:
    assert list(recorded()) == [param.id for param in RECORDED], "run make pages"
    assert record(recorded()) == record_file().read_text(encoding="utf-8")


def test_the_page_is_current() -> None:
    text = page_file().read_text(encoding="utf-8")
    assert text == rendered_page(text, patterns(), recorded()), f"{page_file()} is not current: run make pages"
    for name in recorded():
        assert f"[{name}]" in text


def test_a_page_without_a_part_is_one_line() -> None:
    text = page_file().read_text(encoding="utf-8").replace("<!-- generated: public -->", "")
    with pytest.raises(CatalogError, match=r"lacks public between markers$"):
        rendered_page(text, patterns(), recorded())


def test_every_web_and_api_pattern_says_how_it_serves_requests() -> None:
    silent = [one.name for one in patterns().values() if one.family in ("web", "api") and one.web is None]
    assert silent == [], "give these a table [web] in pattern.toml, see CONTRIBUTING.md"


def test_every_pattern_that_works_on_events_says_how() -> None:
    silent = [
        one.name
        for one in patterns().values()
        if one.events is None and (one.family == "events" or (one.web and one.web.answer == "receipt"))
    ]
    assert silent == [], "give these a table [events] in pattern.toml, see CONTRIBUTING.md"


def test_what_events_cost_is_not_said_to_be_nothing() -> None:
    facts = recorded()
    for one in patterns().values():
        if one.name in facts:
            assert (facts[one.name].by_million is None) is (one.web is None), one.name


def test_each_choice_that_the_page_names_is_made() -> None:
    text = page_file().read_text(encoding="utf-8")
    commands = re.findall(r"patternkit (choose --[^`\n]+)", text)
    assert len(commands) >= 15
    for command in commands:
        done = CliRunner().invoke(app, command.split())
        assert done.exit_code == 0, command
        assert done.stdout.startswith(("1. ", "{")), command


def test_needs_are_read_as_the_command_line_reads_them() -> None:
    for need, options in NEEDS:
        done = CliRunner().invoke(app, ["choose", *options.split(), "--json"])
        wanted = json.loads(done.stdout)["requirements"]
        assert wanted == requirements(given(options)).given(), need
