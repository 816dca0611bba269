"""The Python that the repository's pages show, run as it stands there, and the templates that come of it."""

import atexit
import json
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from patternkit.catalog.discovery import patterns
from patternkit.catalog.pages import page
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *(page(one) for one in patterns().values()), *sorted((ROOT / "docs").rglob("*.md"))]


def snippets(path: Path) -> list[str]:
    """Read the Python of a page."""
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


# Each snippet in a namespace and a folder of its own, one after the other: starting the CDK takes longer than they do.
RUN_EACH = """
import json, shutil, sys, traceback
from pathlib import Path
from patternkit.node import use_packaged_node
use_packaged_node()
said, count = {}, 0
for page, snippets in json.load(sys.stdin).items():
    for snippet in snippets:
        shutil.rmtree("out", ignore_errors=True)
        try:
            exec(compile(snippet, page, "exec"), {"__name__": "__main__"})
            made = list(Path("out").rglob("*.template.json"))
            if not made:
                said[page] = "it synthesizes nothing"
            for template in made:
                count += 1
                shutil.copyfile(template, f"{page.replace('/', '.')}.{count}.kept.json")
        except Exception:
            said[page] = traceback.format_exc()
json.dump(said, Path("said.json").open("w"))
"""

# The guides say what their snippets need, and have tests of their own.
WITH_SNIPPETS = [one for one in PAGES if snippets(one) and one.parent.name != "guides"]


@cache
def run_snippets() -> tuple[dict[str, str], Path]:
    """Run the pages' snippets, with no feature flag, as in somebody else's project, building nothing.

    Returns:
        What is wrong, by page; and the folder with the templates that they make, named `PAGE.NUMBER.kept.json`.
    """
    folder = Path(tempfile.mkdtemp(prefix="snippets-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
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
    return said, folder
