"""Load balancers that are protected against deletion: their pages say what becomes of a rollback, and how to go.

Read from the snapshots, which are held to the templates elsewhere.
"""

import inspect
import json
from importlib import import_module
from pathlib import Path

import pytest

from patternkit.catalog.discovery import Pattern, patterns
from tests.conftest import ROOT

PROTECTED = '{"Key": "deletion_protection.enabled", "Value": "true"}'
MIRRORS = sorted({path.parent.parent for path in (ROOT / "tests").glob("**/snapshots/*.agnostic.json")})
PATTERNS = [pytest.param(one, id=one.name) for one in patterns().values()]


def protects(mirror: Path) -> bool:
    """Whether an example has a load balancer that CloudFormation cannot delete."""
    templates = [json.loads(path.read_text(encoding="utf-8")) for path in mirror.glob("snapshots/*.agnostic.json")]
    return any(PROTECTED in json.dumps(one["Resources"]) for one in templates)


@pytest.mark.parametrize("mirror", MIRRORS, ids=lambda mirror: mirror.name)
def test_the_page_says_what_becomes_of_a_first_deployment_that_fails(mirror: Path) -> None:
    page = (ROOT / mirror.relative_to(ROOT / "tests") / "README.md").read_text(encoding="utf-8")
    assert "ROLLBACK_FAILED" in page or not protects(mirror)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_argument_takes_the_protection_away(pattern: Pattern) -> None:
    """Else a stack is deleted by hand alone."""
    if protects(ROOT / "tests" / pattern.folder.relative_to(ROOT)):
        construct = getattr(import_module(pattern.module), pattern.construct)
        assert "deletion_protection" in inspect.signature(construct.__init__).parameters


def test_load_balancers_are_protected_somewhere() -> None:
    assert sum(map(protects, MIRRORS)) > 5
