"""A resource from anywhere works, or is refused in one line that names its argument: every pattern, by discovery.

Each argument is tried from another stack, where cycles come from, and functions imported too, which the CDK may not
permit to be invoked; in one kind of stack after the other. The whole table, every way in every kind, is printed by
`python -m tests.four_ways`.
"""

import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from tests.fitting import UNKNOWN
from tests.four_ways import KINDS, Argument, every_argument, try_cell, try_one, ways

ARGUMENTS = every_argument()
# Found here and not mended yet, each with what is wrong. An entry that works again is to be taken out.
KNOWN: dict[str, str] = {}
CELLS = [
    pytest.param(
        argument,
        way,
        KINDS[(number + offset) % len(KINDS)],
        id=f"{argument}-{way}".replace(" ", "-"),
        marks=[
            pytest.mark.xdist_group(argument.pattern.name),
            *([pytest.mark.xfail(reason=KNOWN[str(argument)], strict=False)] if str(argument) in KNOWN else []),
        ],
    )
    for number, argument in enumerate(ARGUMENTS)
    for offset, way in enumerate(("other stack", "imported"))
    # That every alarm tells a topic of another stack is tested with the alarms.
    if argument.interface is not sns.ITopic
    and way in ways(argument)
    and (way == "other stack" or argument.interface is lambda_.IFunction)
]


@pytest.mark.parametrize(("argument", "way", "kind"), CELLS)
def test_it_works_or_is_refused_by_its_name(argument: Argument, way: str, kind: str) -> None:
    cell = try_cell(argument, way, kind)
    assert cell.outcome != "fails", f"{argument}, {way}, in a stack that is {kind}: {cell.said}"


UNKNOWN_RESOURCES = [
    pytest.param(one, number, id=f"{one}-{number}".replace(" ", "-"), marks=pytest.mark.xdist_group(one.pattern.name))
    for one in ARGUMENTS
    for number in range(len(UNKNOWN.get(one.interface, ())))
]


@pytest.mark.parametrize(("argument", "number"), UNKNOWN_RESOURCES)
def test_what_only_the_deployment_knows_works_or_is_refused(argument: Argument, number: int) -> None:
    cell = try_one(argument, "imported", ("agnostic", "concrete")[number % 2], UNKNOWN[argument.interface][number])
    assert cell.outcome != "fails", cell.said
    assert "Token[" not in cell.said
