"""`patternkit show`: what a pattern says of itself, and listings of what its template holds."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from patternkit import node
from patternkit.catalog.discovery import Pattern, find
from patternkit.catalog.listings import LISTS
from patternkit.catalog.markdown import plain
from patternkit.catalog.shell_completion import complete_pattern
from patternkit.catalog.terminal import json_flag, progress
from patternkit.errors import require
from patternkit.exit_status import EndingCommand
from patternkit.screen import Screen, print_rows

if TYPE_CHECKING:
    from patternkit.catalog.parts.listings import Parts


def _listing_flags(command: Callable[..., None]) -> Callable[..., None]:
    for name, lists in reversed(LISTS.items()):
        command = click.option(f"--{name}", is_flag=True, help=f"List {lists}.")(command)
    return command


@click.command(cls=EndingCommand)
@click.argument("name", shell_complete=complete_pattern)
@_listing_flags
@json_flag
def show(name: str, *, as_json: bool, **flags: bool) -> None:
    """Show what a pattern is for, its parameters and its limits, or list what its template holds.

    Listings are made of the pattern's example, which is synthesized for them.
    """
    pattern = find(name)
    wanted = [listing for listing in LISTS if flags[listing]]
    if wanted:
        _show_listings(wanted, _listed(pattern, wanted), as_json=as_json)
    elif as_json:
        print(json.dumps(_described(pattern), indent=2))
    else:
        _show_description(pattern)


def _described(pattern: Pattern) -> dict[str, Any]:
    from patternkit.catalog.arguments import arguments

    return {
        "name": pattern.name,
        "family": pattern.family,
        "title": pattern.title,
        "summary": pattern.summary,
        "local": pattern.local,
        "services": pattern.services,
        "when": pattern.when,
        "when_not": pattern.when_not,
        "not_shown_locally": pattern.not_shown_locally,
        "options": [asdict(one) for one in arguments(pattern)],
    }


def _show_description(pattern: Pattern) -> None:
    from patternkit.catalog.arguments import arguments

    screen = Screen(highlight=False)
    screen.print(f"[bold]{pattern.title}[/] ({pattern.family}/{pattern.name})")
    screen.print(f"{pattern.summary}.\n")
    for heading, lines in (
        ("When to use it", pattern.when),
        ("When not to use it", pattern.when_not),
        ("Alternatives", [f"{one.name}: {one.instead_when}" for one in pattern.alternatives]),
        ("Quotas", [f"{one.what}: {one.value} ({one.as_of})" for one in pattern.limits]),
        ("Not shown by running it locally", pattern.not_shown_locally),
    ):
        screen.print(f"[bold]{heading}[/]")
        bullets = Table(box=None, pad_edge=False, show_header=False)
        for line in lines:
            bullets.add_row("-", Text(line))
        screen.print(bullets)
        screen.print()
    screen.print("[bold]Parameters[/]")
    print_rows(screen, ("PARAMETER", "MEANING"), [(one.name, one.said) for one in arguments(pattern)], prose=24)


def _listed(pattern: Pattern, wanted: list[str]) -> "dict[str, Parts]":
    if "findings" in wanted:
        require("testing", "patternkit show --findings", "cdk_nag", and_node=node.is_missing())
    with progress(f"synthesizing {pattern.name}"):
        # The CDK takes a second, and only names that are right are worth it.
        from patternkit.catalog.parts.listings import listing
        from patternkit.catalog.shown_examples import example

        synthesis = example(pattern, findings="findings" in wanted)
    return {name: listing(name, pattern, synthesis) for name in wanted}


def _show_listings(wanted: list[str], listed: "dict[str, Parts]", *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({name: _as_data(listed[name]) for name in wanted}, indent=2))
        return
    screen = Screen(highlight=False)
    for number, name in enumerate(wanted):
        if number:
            screen.print()
        if len(wanted) > 1:
            screen.print(f"[bold]{name.capitalize()}[/]")
        for part in listed[name]:
            if isinstance(part, str):
                screen.print(Text(plain(part)))
            elif part.rows:
                print_rows(screen, tuple(head.upper() for head in part.heads), part.plain(), prose=30)
            else:
                screen.print("None.")


def _as_data(parts: "Parts") -> dict[str, list[Any]]:
    rows: list[dict[str, str]] = []
    notes = [line.removeprefix("- ") for one in parts if isinstance(one, str) for line in plain(one).splitlines()]
    for part in parts:
        if isinstance(part, str):
            continue
        keys = [head.lower().replace(" ", "_") for head in part.heads]
        for row in part.plain():
            whole = dict(zip(keys, row, strict=True))
            # On a page what is the same as above is left out.
            if not whole[keys[0]] and rows:
                whole[keys[0]] = rows[-1][keys[0]]
            rows.append(whole)
    return {"rows": rows, "notes": notes}
