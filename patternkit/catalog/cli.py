"""The `patternkit` command line. Nothing here imports the CDK before a command needs it."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from patternkit import __version__
from patternkit.catalog.commands import Commands
from patternkit.catalog.discovery import Pattern, find, patterns, root
from patternkit.catalog.errors import CatalogError, unknown
from patternkit.errors import require
from patternkit.exit_status import AnsweringCommand, run
from patternkit.screen import Screen, print_rows

out = Screen(highlight=False, soft_wrap=True)
err = Screen(stderr=True, highlight=False, soft_wrap=True)

name_argument = click.argument("name")
json_flag = click.option("--json", "as_json", is_flag=True, help="As JSON.")
option_options = click.option(
    "--option",
    "-o",
    "given",
    multiple=True,
    metavar="OPTION=VALUE",
    help="An option, as `patternkit show NAME` lists it.",
)
aws_flag = click.option("--aws/--local", default=False, help="In AWS by the CDK CLI, or on this machine (the default).")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(version)s")
def app() -> None:
    """Find, check, prove and run AWS CDK patterns."""


@app.command("list")
@click.option("--family", help="Only this family.")
@json_flag
def list_patterns(family: str | None, as_json: bool) -> None:
    """List the patterns."""
    found = list(patterns().values())
    families = {pattern.family for pattern in found}
    if family is not None:
        if family not in families:
            raise unknown("family", family, families)
        found = [pattern for pattern in found if pattern.family == family]
    if as_json:
        print(json.dumps([_summary(pattern) for pattern in found], indent=2))
        return
    rows = [(one.name, one.family, one.local, one.summary) for one in found]
    print_rows(Screen(highlight=False), ("PATTERN", "FAMILY", "LOCAL", "WHAT IT DOES"), rows, prose=30)


@app.command()
@name_argument
@json_flag
def show(name: str, as_json: bool) -> None:
    """Show what a pattern is for, its options and its limits."""
    from patternkit.catalog.arguments import arguments

    pattern = find(name)
    options = arguments(pattern)
    if as_json:
        described = _summary(pattern) | {
            "services": pattern.services,
            "when": pattern.when,
            "when_not": pattern.when_not,
            "not_shown_locally": pattern.not_shown_locally,
            "options": [
                {"name": one.name, "type": one.type, "default": one.default, "meaning": one.meaning} for one in options
            ],
        }
        print(json.dumps(described, indent=2))
        return
    screen = Screen(highlight=False)
    screen.print(f"[bold]{pattern.title}[/] ({pattern.family}/{pattern.name})")
    screen.print(f"{pattern.summary}.\n")
    for heading, lines in (
        ("Take it when", pattern.when),
        ("Do not take it when", pattern.when_not),
        ("Take instead", [f"{one.name}: {one.instead_when}" for one in pattern.alternatives]),
        ("Limits", [f"{one.what}: {one.value} ({one.as_of})" for one in pattern.limits]),
        ("Not shown by running it locally", pattern.not_shown_locally),
    ):
        screen.print(f"[bold]{heading}[/]")
        bullets = Table(box=None, pad_edge=False, show_header=False)
        for line in lines:
            bullets.add_row("-", Text(line))
        screen.print(bullets)
        screen.print()
    screen.print("[bold]Options[/]")
    print_rows(screen, ("OPTION", "MEANING"), [(one.name, one.meaning) for one in options], prose=24)


@app.command()
@name_argument
@option_options
@click.option(
    "--output", type=click.Path(path_type=Path), default="cdk.out", metavar="DIR", help="Where the assembly goes."
)
def synth(name: str, given: tuple[str, ...], output: Path) -> None:
    """Synthesize a pattern's example into a folder."""
    from patternkit.catalog.synthesis import synthesize

    pattern = find(name)
    with progress(f"synthesizing {pattern.name}"):
        result = synthesize(pattern, _options(given), output)
    for template in result:
        out.print(str(template))


@app.command()
@name_argument
@option_options
@aws_flag
def deploy(name: str, given: tuple[str, ...], aws: bool) -> None:
    """Deploy a pattern's example: on this machine, until Ctrl-C or `patternkit destroy`, or to AWS."""
    pattern = find(name)
    options = _options(given)
    if aws:
        from patternkit.catalog.cdk_cli import run_cdk

        sys.exit(run_cdk("deploy", pattern.name, options, stack=pattern.stack))
    from patternkit.catalog.local import deploy_locally

    deploy_locally(pattern, options, out, progress)


@app.command()
@name_argument
@aws_flag
def destroy(name: str, aws: bool) -> None:
    """Destroy what `patternkit deploy` made."""
    pattern = find(name)
    if aws:
        from patternkit.catalog.cdk_cli import run_cdk

        sys.exit(run_cdk("destroy", pattern.name, {}, stack=pattern.stack))
    from patternkit.catalog.local import destroy_locally

    destroy_locally(pattern)
    out.print(f"{pattern.name} is gone from this machine")


@app.command(cls=AnsweringCommand)
@click.argument("old")
@click.argument("new")
@json_flag
def diff(old: str, new: str, as_json: bool) -> None:
    """Say what deploying NEW over OLD replaces, deletes, permits and exposes.

    OLD and NEW are templates (JSON or YAML), folders of a cloud assembly, or git revisions of either as REV:PATH. Exit
    status 0: nothing dangerous. 1: something dangerous. 3: OLD or NEW cannot be compared.
    """
    from dataclasses import asdict

    require("routes", "patternkit diff", "cfnlint", "yaml")
    from patternkit.upgrade import compare_sources

    changes = compare_sources(old, new)
    if as_json:
        print(json.dumps([asdict(change) for change in changes], indent=2))
    else:
        for change in changes:
            out.print(str(change), markup=False)
    dangerous = sum(change.dangerous for change in changes)
    err.print(f"{dangerous} dangerous, {len(changes) - dangerous} to know of")
    sys.exit(1 if dangerous else 0)


@app.command()
@click.argument("where", metavar="FAMILY/NAME")
@click.option("--handler", is_flag=True, help="With a function of its own.")
def new(where: str, handler: bool) -> None:
    """Begin a pattern, in a clone of the repository: its folder and its tests, which pass every check as they are."""
    from patternkit.catalog.new import begin, planned

    plan = planned(where, handler=handler)
    with progress(f"beginning {plan.name}: files, page and snapshots"):
        written = begin(plan)
    for path in written:
        out.print(f"wrote {path.relative_to(plan.repository)}", markup=False)
    out.print(f"next: make {plan.folder.relative_to(plan.repository)}/construct.py yours, then CONTRIBUTING.md, step 2")


@app.command()
@click.argument("names", nargs=-1)
def pages(names: tuple[str, ...]) -> None:
    """Rewrite what is generated in all pages, or in those of NAMES, in a clone of the repository."""
    from patternkit.catalog.applications import applications

    if not (root().parent / "tests" / "test_every_pattern.py").is_file():
        raise CatalogError(f"pages are rewritten in a clone of the repository; {root().parent} is none")
    from patternkit.catalog.pages import write

    known = applications()
    chosen = [known.get(name.replace("_", "-")) or find(name) for name in names] or [
        *patterns().values(),
        *known.values(),
    ]
    with progress(f"synthesizing {', '.join(one.name for one in chosen) if names else 'every example'}"):
        changed = write(chosen)
    for path in changed:
        out.print(f"rewrote {path}")
    if not changed:
        out.print("every page is current")


def main() -> None:
    """Run the command line; `patternkit.exit_status` says how it ends."""
    from patternkit.node import use_packaged_node

    use_packaged_node()
    run(app)


def _summary(pattern: Pattern) -> dict[str, str]:
    return {
        "name": pattern.name,
        "family": pattern.family,
        "title": pattern.title,
        "summary": pattern.summary,
        "local": pattern.local,
    }


def _options(given: Iterable[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise CatalogError(f"--option must be OPTION=VALUE, got {one}")
        if name in options:
            raise CatalogError(f"option {name} must be given once, got {options[name]} and {value}")
        options[name] = value
    return options


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show what is going on while a block runs: a spinner on a terminal, a line elsewhere.

    Args:
        what: What is going on.

    Yields:
        Nothing.
    """
    if err.is_terminal:
        with err.status(f"{what} ..."):
            yield
    else:
        err.print(f"{what} ...")
        yield
