"""The table of resources and where they may come from."""

import pytest

from tests.four_ways import Argument, Cell, every_argument
from tests.four_ways_page import PAGE, rows, tried, with_rows

TEXT = PAGE.read_text(encoding="utf-8")


def test_each_row_is_of_an_argument_that_there_is() -> None:
    known = {_name(one) for one in every_argument()}
    stale = [" ".join(key) for key in rows(TEXT) if " ".join(key) not in known]
    assert not stale, f"run make four-ways ONLY=... for {', '.join(stale)}"
    assert rows(TEXT), "run make four-ways"


def test_no_argument_is_left_out() -> None:
    tried_already = {" ".join(key) for key in rows(TEXT)}
    missing = {one.pattern.name for one in every_argument() if _name(one) not in tried_already}
    assert not missing, "run " + ", ".join(f"make four-ways ONLY={name}" for name in sorted(missing))


def _name(one: Argument) -> str:
    return f"{one.pattern.name} {one.name}{'.' * bool(one.field)}{one.field}"


def test_nothing_in_it_fails() -> None:
    assert not [one for one in rows(TEXT).values() if "fails" in one]


def test_a_pattern_s_rows_are_replaced_and_the_others_kept() -> None:
    def outcome(argument: Argument, way: str, kind: str) -> Cell:
        del argument
        if way == "other stack":
            return Cell("refused", "bucket must be here") if kind == "nested" else Cell("works")
        return Cell("refused", "bucket must be | here") if way == "imported" else Cell("works")

    new = tried({"thumbnailer"}, outcome)
    said = new["thumbnailer", "source_bucket"]
    assert said.split(" | ")[2:4] == [
        "works",
        "agnostic works, concrete works, stage works, nested refused: bucket must be here",
    ]
    assert said.endswith("| refused: bucket must be \\| here |")
    after = rows(with_rows(TEXT, new, instead_of={"thumbnailer"}))
    assert after["thumbnailer", "source_bucket"] == said
    assert {key: one for key, one in after.items() if key[0] != "thumbnailer"} == {
        key: one for key, one in rows(TEXT).items() if key[0] != "thumbnailer"
    }


@pytest.mark.parametrize("name", ["Makefile"])
def test_the_command_is_there(name: str) -> None:
    assert "\nfour-ways:" in (PAGE.parents[2] / name).read_text(encoding="utf-8")
