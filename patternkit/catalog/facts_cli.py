"""`patternkit facts`: what the catalog states about AWS, to be checked again when it is old."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from patternkit.catalog.terminal import json_flag
from patternkit.exit_status import EndingCommand
from patternkit.screen import Screen, print_rows


@click.command(cls=EndingCommand)
@click.option(
    "--older-than",
    "months",
    type=click.IntRange(0, 1200),
    default=0,
    metavar="MONTHS",
    help="Only those that were read more than so many months ago. Default: all.",
)
@json_flag
def facts(months: int, *, as_json: bool) -> None:
    """List the quotas, limits and prices that the catalog states, oldest first, with source and date."""
    from patternkit.catalog.dated_facts import dated_facts, months_before

    found = dated_facts()
    if months:
        before = months_before(datetime.now(UTC).date(), months)
        found = [one for one in found if one.as_of < before]
    if as_json:
        print(json.dumps([asdict(one) | {"as_of": one.as_of.isoformat()} for one in found], indent=2))
        return
    screen = Screen(highlight=False)
    if not found:
        screen.print(f"no fact is older than {months} months")
        return
    rows = [(one.what, one.value, one.as_of.isoformat(), ", ".join(one.stated_by), one.source) for one in found]
    print_rows(screen, ("WHAT", "VALUE", "AS OF", "STATED BY", "SOURCE"), rows, prose=40)
