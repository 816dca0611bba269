"""The repository's own pages: what they show is made from the code, and their snippets run."""

import json
import re
from pathlib import Path

import pytest

from patternkit.catalog.applications import applications
from patternkit.catalog.discovery import patterns
from patternkit.catalog.pages import with_catalog_table
from patternkit.testing.linting import lint
from tests.conftest import ROOT
from tests.page_snippets import PAGES, WITH_SNIPPETS, run_snippets, snippets


def test_the_table_of_patterns_is_current() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text == with_catalog_table(text, patterns()), "README.md is not current: run make pages"


def test_each_application_is_named_on_the_first_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for one in applications().values():
        page = (one.folder / "README.md").relative_to(ROOT)
        assert f"]({page})" in text, f"README.md does not lead to {page}"


@pytest.mark.xdist_group("snippets")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("path", WITH_SNIPPETS, ids=lambda path: str(path.relative_to(ROOT)))
def test_snippets_synthesize(path: Path) -> None:
    faults, _ = run_snippets()
    assert str(path.relative_to(ROOT)) not in faults, faults[str(path.relative_to(ROOT))]


@pytest.mark.xdist_group("snippets")
@pytest.mark.timeout(1200)
def test_snippets_name_no_version_that_aws_makes_no_more() -> None:
    """An engine's version is deprecated while the CDK still has its name."""
    _, folder = run_snippets()
    versioned = [text for one in folder.glob("*.kept.json") if "EngineVersion" in (text := one.read_text("utf-8"))]
    assert versioned
    assert [str(said) for text in versioned for said in lint(json.loads(text), accept="W3005")] == []


def test_pages_show_no_image_of_others_whose_port_path_and_files_nobody_has_fitted() -> None:
    """Tasks have a read-only root file system, which images of nginx and others do not start with as they are."""
    shown = [one.relative_to(ROOT) for one in PAGES if any("from_registry(" in code for code in snippets(one))]
    assert not shown


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        # As the site reads them; pages that it makes begin at the root of the repository.
        start = ROOT if link.startswith("/") else path.parent
        assert (start / link.lstrip("/")).exists(), f"{path.relative_to(ROOT)}: {link} leads nowhere"
