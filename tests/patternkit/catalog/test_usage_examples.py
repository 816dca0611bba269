"""A page shows its pattern in use by itself and composed, or it is refused in one line."""

import re
from pathlib import Path

import pytest

from patternkit.catalog.discovery import patterns
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.pages import page
from patternkit.catalog.parts.usage_examples import check_uses

PATTERN = patterns()["cron-function"]
TEXT = page(PATTERN).read_text(encoding="utf-8")
EXAMPLE = re.compile(r"(?<=### With other constructs\n).*?(?=## When to use it\n)", re.DOTALL)
ELSEWHERE = "\n```python\nfrom aws_cdk import App\n```\n\n"
SHELL = "\n```sh\nfrom patterns.events.cron_function import CronFunction\n```\n\n"


def test_a_page_with_both_uses_passes() -> None:
    check_uses(Path("README.md"), TEXT, PATTERN)


def test_a_heading_in_an_example_ends_no_section() -> None:
    example = EXAMPLE.sub(
        "\n```sh\n## twice\n```\n\n```python\nfrom patterns.events.cron_function import a\n```\n", TEXT
    )
    check_uses(Path("README.md"), example, PATTERN)


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        (TEXT.replace("## Quick start\n", "## Try it\n"), "Quick start"),
        (TEXT.replace("### With other constructs\n", ""), "With other constructs"),
        (EXAMPLE.sub("\nWith anything.\n\n", TEXT), "With other constructs"),
        (EXAMPLE.sub(lambda _: ELSEWHERE, TEXT), "With other constructs"),
        (EXAMPLE.sub(lambda _: SHELL, TEXT), "With other constructs"),
    ],
    ids=["no minimal use", "no composed use", "words alone", "another thing's use", "no Python"],
)
def test_a_page_without_a_use_is_refused(text: str, heading: str) -> None:
    with pytest.raises(CatalogError) as raised:
        check_uses(Path("patterns/events/cron_function/README.md"), text, PATTERN)
    assert str(raised.value) == (
        f"patterns/events/cron_function/README.md: the page needs a section '{heading}' with a Python example that "
        "imports patterns.events.cron_function"
    )
