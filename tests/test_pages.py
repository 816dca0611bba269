"""The repository's own pages: what they show is made from the code, and their snippets run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from patternkit.catalog.discovery import patterns
from patternkit.catalog.pages import page, with_catalog_table
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *(page(one) for one in patterns().values()), *sorted((ROOT / "docs").rglob("*.md"))]


def snippets(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def test_the_table_of_patterns_is_current() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text == with_catalog_table(text, patterns()), "README.md is not current: run make pages"


# The guides say what their snippets need, and have tests of their own.
@pytest.mark.parametrize(
    "path",
    [one for one in PAGES if snippets(one) and one.parent.name != "guides"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_snippets_synthesize(path: Path, tmp_path: Path) -> None:
    # With no feature flag, as in a project of somebody else's, and building nothing.
    for snippet in snippets(path):
        done = subprocess.run(
            [sys.executable, "-c", "from patternkit.node import use_packaged_node\nuse_packaged_node()\n" + snippet],
            cwd=tmp_path,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(Path.home()),
                "PYTHONPATH": str(ROOT),
                "CDK_OUTDIR": str(tmp_path / "out"),
                "CDK_CONTEXT_JSON": '{"aws:cdk:bundling-stacks": []}',
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert list((tmp_path / "out").glob("*.template.json"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), f"{path.relative_to(ROOT)}: {link} leads nowhere"
