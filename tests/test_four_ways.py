"""A resource from anywhere works, or is refused in one line that names its argument: every pattern, by discovery.

Each argument is tried from another stack and imported, in one kind of stack after the other: the whole table, every way
in every kind, is printed by `python -m tests.four_ways`.
"""

import pytest

from tests.four_ways import KINDS, Argument, every_argument, try_cell

ARGUMENTS = every_argument()
CELLS = [
    pytest.param(
        argument,
        way,
        KINDS[(number + offset) % len(KINDS)],
        id=f"{argument}-{way}".replace(" ", "-"),
        marks=pytest.mark.xdist_group(argument.pattern.name),
    )
    for number, argument in enumerate(ARGUMENTS)
    for offset, way in enumerate(("other stack", "imported"))
]


@pytest.mark.parametrize(("argument", "way", "kind"), CELLS)
def test_it_works_or_is_refused_by_its_name(argument: Argument, way: str, kind: str) -> None:
    cell = try_cell(argument, way, kind)
    assert cell.outcome != "fails", f"{argument}, {way}, in a stack that is {kind}: {cell.said}"
