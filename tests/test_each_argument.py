"""Each argument of each pattern, set away from its default, changes the template. Nothing names a pattern.

Where one changes nothing, or cannot be set alone here, the mirror's `arguments.toml` says why, and which test holds it;
and so where one takes away what is otherwise held of every template:

    [not_seen]
    oldest = "only with `existing`, which ...: test_construct.py"

    [loosens]
    deletion_protection = "who turns it off asks for a load balancer that can be deleted"

And it says where the template shows each: properties that hold its value, and of how many resources; or, where it makes
something else of it, properties that differ, and what is there more (`+`) and less (`-`). Read it: is that what the
argument's name and its text promise, there and nowhere else?

    [shown]
    memory = ["AWS::Lambda::Function.MemorySize"]
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from patternkit.catalog.discovery import Pattern, patterns
from tests import every_template
from tests.conftest import ROOT
from tests.each_argument import tried

PATTERNS = [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in patterns().values()]


every_pattern = pytest.mark.parametrize("pattern", PATTERNS)


def said(pattern: Pattern, what: str) -> dict[str, str]:
    file = mirror(pattern) / "arguments.toml"
    reasons: dict[str, str] = tomllib.loads(file.read_text("utf-8")).get(what, {}) if file.exists() else {}
    assert all(len(reason.split()) >= 4 for reason in reasons.values()), "say why in a sentence"
    return reasons


def mirror(pattern: Pattern) -> Path:
    return ROOT / "tests" / pattern.folder.relative_to(ROOT)


@every_pattern
@pytest.mark.timeout(1200)
def test_each_argument_changes_the_template(pattern: Pattern) -> None:
    found, reasons, file = tried(pattern).unseen, said(pattern, "not_seen"), mirror(pattern) / "arguments.toml"
    ignored = [f"{name}: {why}" for name, why in found.items() if name not in reasons]
    assert not ignored, f"these are ignored, or give a reason in {file.relative_to(ROOT)}:\n" + "\n".join(ignored)
    stale = reasons.keys() - found.keys()
    assert not stale, (
        f"these change the template: take them out of {file.relative_to(ROOT)}: {', '.join(sorted(stale))}"
    )


def rows(found: Mapping[str, Sequence[str]]) -> str:
    """Write where arguments are shown, as `arguments.toml` says it."""
    return "[shown]\n" + "".join(
        f"{name if re.fullmatch(r'[A-Za-z0-9_]+', name) else json.dumps(name)} = "
        + (
            "[" + "".join(f"\n    {json.dumps(place)}," for place in places) + "\n]\n"
            if len(places) > 1
            else f"{json.dumps(places)}\n"
        )
        for name, places in sorted(found.items())
    )


@every_pattern
@pytest.mark.timeout(1200)
def test_the_template_shows_each_argument_where_it_is_said(pattern: Pattern) -> None:
    found, file = tried(pattern).shown, mirror(pattern) / "arguments.toml"
    said = tomllib.loads(file.read_text("utf-8")).get("shown", {}) if file.exists() else {}
    wrong = {name: places for name, places in found.items() if said.get(name) != places}
    assert not wrong, f"in {file.relative_to(ROOT)}:\n{rows(wrong)}"
    assert said.keys() == found.keys(), f"not shown, or no argument: {', '.join(said.keys() - found.keys())}"


@every_pattern
@pytest.mark.timeout(1200)
def test_what_each_argument_makes_keeps_what_is_held_of_every_template(pattern: Pattern, tmp_path: Path) -> None:
    reasons = said(pattern, "loosens")
    broken: dict[str, str] = {}
    excused: set[str] = set()
    for number, (set_here, templates) in enumerate(tried(pattern).templates.items()):
        for stack, template in templates.items():
            path = tmp_path / f"{stack}{number}{every_template.END}"
            path.write_text(template, encoding="utf-8")
            for rule in every_template.rules():
                try:
                    rule(path)
                except AssertionError as error:
                    names = {one.partition("=")[0] for one in set_here} & reasons.keys()
                    excused |= names
                    if not names:
                        why = str(error).partition("\n")[0]
                        broken.setdefault(f"{rule.__name__}: {why}", ", ".join(set_here) or "nothing")
    assert not broken, "\n".join(f"with {by}: {what}" for what, by in broken.items())
    assert excused == reasons.keys(), f"these loosen nothing: {', '.join(reasons.keys() - excused)}"
