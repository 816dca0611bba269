"""The repository's own pages: what they show is made from the code, and their snippets run."""

import json
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


# Each snippet in a namespace and a folder of its own, one after the other: starting the CDK takes longer than they do.
RUN_EACH = """
import json, shutil, sys, traceback
from pathlib import Path
from patternkit.node import use_packaged_node
use_packaged_node()
said = {}
for page, snippets in json.load(sys.stdin).items():
    for snippet in snippets:
        shutil.rmtree("out", ignore_errors=True)
        try:
            exec(compile(snippet, page, "exec"), {"__name__": "__main__"})
            if not list(Path("out").glob("*.template.json")):
                said[page] = "it synthesizes nothing"
        except Exception:
            said[page] = traceback.format_exc()
json.dump(said, Path("said.json").open("w"))
"""

# The guides say what their snippets need, and have tests of their own.
WITH_SNIPPETS = [one for one in PAGES if snippets(one) and one.parent.name != "guides"]


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is wrong with the pages' snippets, with no feature flag, as in somebody else's project, building nothing."""
    folder = tmp_path_factory.mktemp("snippets")
    subprocess.run(
        [sys.executable, "-c", RUN_EACH],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(Path.home()),
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": sys.pycache_prefix or "",
            "CDK_OUTDIR": "out",
            "CDK_CONTEXT_JSON": '{"aws:cdk:bundling-stacks": []}',
        },
        input=json.dumps({str(page.relative_to(ROOT)): snippets(page) for page in WITH_SNIPPETS}),
        text=True,
        check=True,
    )
    said: dict[str, str] = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    return said


@pytest.mark.xdist_group("snippets")
@pytest.mark.parametrize("path", WITH_SNIPPETS, ids=lambda path: str(path.relative_to(ROOT)))
def test_snippets_synthesize(path: Path, faults: dict[str, str]) -> None:
    assert str(path.relative_to(ROOT)) not in faults, faults[str(path.relative_to(ROOT))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), f"{path.relative_to(ROOT)}: {link} leads nowhere"
