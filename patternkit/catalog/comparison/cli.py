"""`patternkit compare` and `patternkit choose`."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from patternkit import node
from patternkit.catalog.comparison.requirements import BURSTS, requirements
from patternkit.catalog.discovery import find, patterns
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.events import DELIVERIES, STARTS
from patternkit.catalog.shell_completion import complete_pattern
from patternkit.catalog.terminal import json_flag, progress
from patternkit.catalog.web import ANSWERS, RUNS
from patternkit.errors import require
from patternkit.exit_status import EndingCommand
from patternkit.screen import Screen


@click.command(cls=EndingCommand)
@click.argument("names", nargs=-1, required=True, metavar="NAME NAME...", shell_complete=complete_pattern)
@json_flag
def compare(names: tuple[str, ...], as_json: bool) -> None:
    """Put patterns side by side, by facts of their templates."""
    chosen = list({pattern.name: pattern for pattern in map(find, names)}.values())
    require("testing", "patternkit compare", "cdk_nag", and_node=node.is_missing())
    with progress(f"synthesizing {', '.join(one.name for one in chosen)}"):
        # The CDK takes a second, and only names that are right are worth it.
        from patternkit.catalog.comparison.rows import as_json as row
        from patternkit.catalog.comparison.synthesizing import synthesized

        facts = synthesized(chosen)
    if as_json:
        print(json.dumps([row(one, facts[one.name]) for one in chosen], indent=2))
        return
    from patternkit.catalog.comparison.screen import print_comparison

    print_comparison(Screen(highlight=False), chosen, facts)


_Option = Callable[[Callable[..., None]], Callable[..., None]]
_OPTIONS: tuple[tuple[str, str, str], ...] = (
    ("--brings", f"{'|'.join(RUNS)}", "What there is to run; nothing: AWS services do it all."),
    ("--answer", f"{'|'.join(ANSWERS)}", "What callers need: the result, or a receipt for work that is done later."),
    ("--peak", "NUMBER", "Requests a second at the peak."),
    ("--burst", f"{'|'.join(BURSTS)}", "How fast load multiplies."),
    ("--longest-request", "TIME", "How long the slowest answer takes, as 500ms, 90s, 5m or 2h."),
    ("--request-size", "SIZE", "The largest request, as 256KiB, 8MB or 1GiB."),
    ("--response-size", "SIZE", "The largest response, likewise."),
    ("--monthly-requests", "NUMBER", "Requests a month, to compare costs at. Default: 10 million."),
    ("--payload", "SIZE", "The largest event, message or file, as 256KiB, 8MB or 1GiB."),
    ("--starts", f"{'|'.join(STARTS)}", "What starts the work, where work is done on events."),
    ("--delivery", f"{'|'.join(DELIVERIES)}", "When work on an event is done; queued: when there is room for it."),
    ("--longest-work", "TIME", "How long the work on an event takes, as 90s, 5m or 2h."),
)
_FLAGS = (
    ("--idle", "It is idle most of the time."),
    ("--static-address", "Callers rely on public addresses that stay the same."),
    ("--websocket", "Connections stay open: WebSocket, server-sent events."),
    ("--push", "Servers push messages to clients that did not ask."),
    ("--edge", "Clients reach it by Amazon CloudFront, and by nothing else."),
    ("--private", "Nothing reaches it from the internet."),
    ("--state-on-server", "The application keeps state where it runs."),
    ("--survives-zone-loss", "It goes on when an Availability Zone fails."),
    ("--ordered", "Events are worked on in order."),
    ("--exactly-once", "The work of an event is done once, also where the event comes twice."),
    ("--human", "A person decides before the work is done."),
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for name, text in reversed(_FLAGS):
        command = click.option(name, is_flag=True, help=text)(command)
    for name, metavar, text in reversed(_OPTIONS):
        command = click.option(name, metavar=metavar, help=text)(command)
    return command


@click.command(cls=EndingCommand)
@_options
@json_flag
def choose(as_json: bool, **given: Any) -> None:
    """Rank patterns by what is needed, with reasons; without options, it asks.

    Ranked are the patterns that serve requests or, where one of --starts, --delivery, --ordered, --exactly-once,
    --human and --longest-work is given, those that work on events; by what they say of themselves and the facts of
    their templates as they were recorded: nothing is synthesized.
    """
    if not any(given.values()):
        if not sys.stdin.isatty():
            raise CatalogError("say what is needed, as --peak 500 --burst seconds, or run it on a terminal to be asked")
        given = _asked()
    wanted = requirements(given)
    from patternkit.catalog.comparison.choosing import choose as weigh
    from patternkit.catalog.comparison.facts import recorded

    fitting, out = weigh(wanted, list(patterns().values()), recorded())
    from patternkit.catalog.comparison.verdict import as_json as verdict
    from patternkit.catalog.comparison.verdict import print_verdict

    if as_json:
        print(json.dumps(verdict(wanted, fitting, out), indent=2))
    else:
        print_verdict(Screen(highlight=False), wanted, fitting, out)


def _asked() -> dict[str, Any]:
    """Ask for each requirement on standard error; an empty answer asks for nothing."""
    click.echo("Press Enter where it does not matter.", err=True)
    given: dict[str, Any] = {}
    for option, metavar, text in _OPTIONS:
        name = option.removeprefix("--").replace("-", "_")
        while True:
            answer = click.prompt(f"{text} [{metavar}]", default="", show_default=False, err=True).strip()
            try:
                requirements(given | {name: answer or None})
            except CatalogError as error:
                # What is wrong with one answer is said at once, and asked again.
                click.echo(str(error), err=True)
                continue
            given[name] = answer or None
            break
    for option, text in _FLAGS:
        name = option.removeprefix("--").replace("-", "_")
        try:
            given = given | {name: click.confirm(text, default=False, err=True)}
            requirements(given)
        except CatalogError as error:
            click.echo(f"{error}: left out", err=True)
            given[name] = False
    return given
