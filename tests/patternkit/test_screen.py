"""What is printed is whole, however narrow the terminal is."""

import io
from collections import Counter

import pytest
from click.testing import CliRunner

from patternkit.catalog.cli import app
from patternkit.catalog.comparison.facts import recorded
from patternkit.catalog.comparison.screen import print_comparison
from patternkit.catalog.discovery import patterns
from patternkit.screen import Screen, print_rows

WIDTHS = (40, 60, 80, 120)
NEVER_TOO_NARROW = 1000
LOOKING = ("list", "show load-balanced-fargate", "show hub-and-spoke-vpn", "choose --peak 500 --burst seconds", "facts")


def printed(command: str, width: int) -> str:
    if command == "compare":
        screen = Screen(file=io.StringIO(), width=width, highlight=False)
        print_comparison(screen, [one for one in patterns().values() if one.web], recorded())
        assert isinstance(screen.file, io.StringIO)
        return screen.file.getvalue()
    done = CliRunner().invoke(app, command.split(), env={"COLUMNS": str(width)})
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("command", [*LOOKING, "compare"])
def test_no_word_is_broken_and_no_column_lost(command: str) -> None:
    # Where each row is a record of its own, the record is headed by its name.
    words = set(printed(command, NEVER_TOO_NARROW).split()) - {"PATTERN", "PARAMETER", "WHAT"}
    for width in WIDTHS:
        text = printed(command, width)
        # An address is longer than a narrow terminal is wide.
        lost = {word for word in words - set(text.split()) if len(word) < width - 12}
        assert not lost, f"{width} wide: {sorted(lost)}"
        assert "…" not in text
        too_long = [line for line in text.splitlines() if len(line) > width]
        assert not [line for line in too_long if len(line.split()) > 1], f"{width} wide"


@pytest.mark.parametrize("width", WIDTHS)
def test_every_cell_is_there_as_often_as_it_is_given(width: int) -> None:
    screen = Screen(file=io.StringIO(), width=width, highlight=False)
    headings = ("NAME", "FIRST", "SECOND", "WHAT IT IS")
    rows = [(f"a-rather-long-name-{number}", f"first-{number}", "", "prose of some words") for number in range(3)]
    print_rows(screen, headings, rows, prose=24, caption="told below")
    assert isinstance(screen.file, io.StringIO)
    counted = Counter(screen.file.getvalue().split())
    for number in range(3):
        assert counted[f"a-rather-long-name-{number}"] == counted[f"first-{number}"] == 1
    assert counted["prose"] == 3
    assert counted["below"] == 1
    assert counted["FIRST"] + counted["first"] >= 1


@pytest.mark.parametrize("width", range(40, 90))
def test_no_cell_is_cut_where_two_columns_are_wide(width: int) -> None:
    screen = Screen(file=io.StringIO(), width=width, highlight=False)
    rows = [
        ("Hub VPC: Services subnets", "172.16.0.0/12", "transit gateway"),
        ("", "2001:db8:1234::/48", "an endpoint"),
    ]
    print_rows(screen, ("SUBNETS", "DESTINATION", "BY WAY OF"), rows)
    assert isinstance(screen.file, io.StringIO)
    printed = screen.file.getvalue()
    assert set(" ".join(" ".join(row) for row in rows).split()) <= set(printed.split())
    assert max(map(len, printed.splitlines())) <= width
