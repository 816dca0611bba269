"""Each argument of each pattern, set away from its default, changes the template. Nothing names a pattern.

Where one changes nothing, or cannot be set alone here, the mirror's `arguments.toml` says why, and which test holds it:

    [not_seen]
    oldest = "only with `existing`, which ...: test_construct.py"
"""

import tomllib

import pytest

from patternkit.catalog.discovery import Pattern, patterns
from tests.conftest import ROOT
from tests.each_argument import unseen

PATTERNS = [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in patterns().values()]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.timeout(1200)
def test_each_argument_changes_the_template(pattern: Pattern) -> None:
    found = unseen(pattern)
    file = ROOT / "tests" / pattern.folder.relative_to(ROOT) / "arguments.toml"
    reasons = tomllib.loads(file.read_text("utf-8"))["not_seen"] if file.exists() else {}
    ignored = [f"{name}: {said}" for name, said in found.items() if name not in reasons]
    assert not ignored, f"these are ignored, or give a reason in {file.relative_to(ROOT)}:\n" + "\n".join(ignored)
    stale = reasons.keys() - found.keys()
    assert not stale, (
        f"these change the template: take them out of {file.relative_to(ROOT)}: {', '.join(sorted(stale))}"
    )
    assert all(len(reason.split()) >= 4 for reason in reasons.values()), "say why in a sentence"
