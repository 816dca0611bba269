"""The page with the table, and the facts that it is made of, are current."""

import json
from typing import Any

import pytest

from patternkit.catalog.comparison.facts import record, record_file, recorded
from patternkit.catalog.comparison.page import page_file, rendered_page
from patternkit.catalog.comparison.synthesizing import facts_of
from patternkit.catalog.discovery import Pattern, patterns
from patternkit.catalog.errors import CatalogError
from tests.conftest import example

# Each is synthesized where its other tests have synthesized it already.
SERVING = [
    pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in patterns().values() if one.web
]


@pytest.mark.parametrize("pattern", SERVING)
def test_recorded_facts_are_those_of_the_template(pattern: Pattern) -> None:
    written: dict[str, Any] = json.loads(record_file().read_text(encoding="utf-8"))
    made = json.loads(record({pattern.name: facts_of(example(pattern.name, "agnostic"))}))
    assert written.get(pattern.name) == made[pattern.name], "facts.json is not current: run make pages"


def test_facts_are_recorded_of_the_patterns_that_serve_requests() -> None:
    serving = [one.name for one in patterns().values() if one.web]
    assert list(recorded()) == serving, "run make pages"
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
