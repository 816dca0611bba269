"""What is wrong with a page fails the build, and is named with its file."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.patternkit.catalog.temporary import environment, run

INDEX = """# Home

```{toctree}
:hidden:

listed
```
"""
LISTED = """# Listed

See [nowhere](nowhere.md).

See [no heading](index.md#no-heading).

<a href="gone.html">Written by hand</a>, <a href="#lost">an anchor</a>, <a href="http://example.org/">without TLS</a>
and [a form that is none](https://example/).

![Nothing](nothing.svg)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """A small site with every fault."""
    source = tmp_path_factory.mktemp("source")
    (source / "docs").mkdir()
    (source / "docs" / "index.md").write_text(INDEX)
    (source / "docs" / "listed.md").write_text(LISTED)
    (source / "docs" / "lonely.md").write_text("# Lonely\n")
    return run(
        "make", "--old-file=env", f"BIN={Path(sys.executable).parent}", f"SOURCE={source}",
        f"BUILD={tmp_path_factory.mktemp('build')}", "site", env=environment(PYTHONWARNINGS=""), deadline=200,
    )  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "docs/lonely.md: WARNING: document isn't included in any toctree",
        "docs/listed.md:3: WARNING: 'myst' cross-reference target not found: 'nowhere.md'",
        "docs/listed.md:5: WARNING: local id not found in doc 'docs/index': 'no-heading'",
        "docs/listed.md:10: WARNING: image file not readable: docs/nothing.svg",
        "docs/listed.md: WARNING: leads nowhere: gone.html",
        "docs/listed.md: WARNING: there is no such anchor: #lost",
        "docs/listed.md: WARNING: no https address: http://example.org/",
        "docs/listed.md: WARNING: no https address: https://example/",
    ],
)
def test_a_fault_is_named_with_its_file(said: str, built: subprocess.CompletedProcess[str]) -> None:
    assert said in built.stderr


def test_the_build_fails_and_says_what_to_run(built: subprocess.CompletedProcess[str]) -> None:
    assert built.returncode != 0
    assert "the site has faults: mend the files that are named above, then run make site\n" in built.stderr
