"""The `patternkit` command line. Nothing here imports the CDK before a command needs it."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from patternkit import __version__
from patternkit.catalog.commands import Commands
from patternkit.catalog.discovery import Pattern, find, patterns, root
from patternkit.catalog.errors import CatalogError, unknown
from patternkit.catalog.pattern_table import table_lines
from patternkit.catalog.shell_completion import SHELLS, complete_document, complete_family, complete_pattern
from patternkit.catalog.terminal import columns, err, json_flag, out, progress
from patternkit.errors import require
from patternkit.exit_status import AnsweringCommand, run

name_argument = click.argument("name", shell_complete=complete_pattern)
option_options = click.option(
    "--option",
    "-o",
    "given",
    multiple=True,
    metavar="OPTION=VALUE",
    help="An option, as `patternkit show NAME` lists it.",
)
app_option = click.option(
    "--app",
    "app_command",
    metavar="APP",
    help="A CDK app of yours: the command that synthesizes it, such as 'python app.py', or the folder that it wrote.",
)
aws_flag = click.option("--aws/--local", default=False, help="In AWS by the CDK CLI, or on this machine (the default).")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(version)s")
def app() -> None:
    """Find, check, prove and run AWS CDK patterns."""


@app.command("list")
@click.option("--family", help="Only this family.", shell_complete=complete_family)
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
        import json

        print(json.dumps([_summary(pattern) for pattern in found], indent=2))
        return
    rows = [(one.name, one.family, one.local, one.summary) for one in found]
    headings = ("PATTERN", "FAMILY", "LOCAL", "WHAT IT DOES")
    for line in table_lines(headings, rows, width=columns()):
        click.echo(line)


@app.command()
@click.argument("name", required=False, shell_complete=complete_pattern)
@option_options
@app_option
@click.option(
    "--output", type=click.Path(path_type=Path), default="cdk.out", metavar="DIR", help="Where the assembly goes."
)
def synth(name: str | None, given: tuple[str, ...], app_command: str | None, output: Path) -> None:
    """Synthesize a pattern's example, or an app by its command, into a folder of its own."""
    from patternkit.catalog import cdk_app

    _either(name, app_command)
    if app_command is not None:
        _no_options(given)
        if cdk_app.is_assembly(app_command):
            raise CatalogError(f"--app must be a command to synthesize by, {app_command} is a folder")
        cdk_app.claim(output)
        cdk_app.clear(output)
        with progress(f"synthesizing by {app_command}"):
            cdk_app.synthesize_app(app_command, output, account="000000000000", region="us-east-1")
        result = list(cdk_app.templates_of(output))
        if not result:
            raise CatalogError(f"--app has no stacks: {app_command}")
    else:
        from patternkit.catalog.synthesis import synthesize

        pattern, options = find(str(name)), _options(given)
        cdk_app.claim(output)
        cdk_app.clear(output)
        with progress(f"synthesizing {pattern.name}"):
            result = synthesize(pattern, options, output)
    cdk_app.mark(output)
    for template in result:
        out().print(str(template), markup=False)


@app.command()
@click.argument("names", nargs=-1, metavar="NAME | --app APP [STACK]...", shell_complete=complete_pattern)
@option_options
@app_option
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="[STACK:]NAME=VALUE",
    help="A value for a parameter of the templates.",
)
@click.option(
    "--ssm",
    multiple=True,
    metavar="NAME=VALUE",
    help="What the local Parameter Store of AWS Systems Manager holds before the stacks are deployed.",
)
@aws_flag
def deploy(
    names: tuple[str, ...],
    given: tuple[str, ...],
    app_command: str | None,
    parameters: tuple[str, ...],
    ssm: tuple[str, ...],
    aws: bool,
) -> None:
    """Deploy a pattern's example: on this machine, until Ctrl-C or `patternkit destroy`, or to AWS.

    With --app, deploy the stacks of a CDK app of yours on this machine: those that are named, or all.
    """
    if app_command is not None:
        from patternkit.catalog.local_session import deploy_app_locally

        _no_options(given)
        if aws:
            raise CatalogError("--app runs on this machine only; in AWS the CDK CLI deploys it: cdk deploy")
        deploy_app_locally(app_command, names, parameters, ssm, out(), err(), progress)
        return
    pattern = find(_only(names))
    options = _options(given)
    if aws:
        if parameters:
            raise CatalogError("--parameter is for this machine; in AWS: npx cdk deploy --parameters NAME=VALUE")
        if ssm:
            raise CatalogError("--ssm is for this machine; in AWS: aws ssm put-parameter")
        from patternkit.catalog.cdk_cli import run_cdk

        sys.exit(run_cdk("deploy", pattern.name, options, stack=pattern.stack))
    from patternkit.catalog.local_session import deploy_locally

    deploy_locally(pattern, options, parameters, ssm, out(), progress)


@app.command()
@click.argument("name", required=False, shell_complete=complete_pattern)
@app_option
@aws_flag
def destroy(name: str | None, app_command: str | None, aws: bool) -> None:
    """Destroy what `patternkit deploy` made."""
    _either(name, app_command)
    if app_command is not None:
        from patternkit.catalog.deployment_lock import destroy_app_locally

        if aws:
            raise CatalogError("--app runs on this machine only; in AWS the CDK CLI destroys it: cdk destroy")
        destroy_app_locally(app_command)
        out().print("the app is gone from this machine")
        return
    pattern = find(str(name))
    if aws:
        from patternkit.catalog.cdk_cli import run_cdk

        sys.exit(run_cdk("destroy", pattern.name, {}, stack=pattern.stack))
    from patternkit.catalog.deployment_lock import destroy_locally

    destroy_locally(pattern.name)
    out().print(f"{pattern.name} is gone from this machine")


def _either(name: str | None, app_command: str | None) -> None:
    if (name is None) == (app_command is None):
        raise CatalogError(f"a pattern's NAME or --app must be given, got {'neither' if name is None else 'both'}")


def _only(names: tuple[str, ...]) -> str:
    if len(names) != 1:
        raise CatalogError(f"one pattern's NAME, or --app and STACKS, must be given, got {' '.join(names) or 'none'}")
    return names[0]


def _no_options(given: tuple[str, ...]) -> None:
    if given:
        raise CatalogError(f"--option is for a pattern, with --app use --parameter; got {given[0]}")


@app.command(cls=AnsweringCommand)
@click.argument("old")
@click.argument("new")
@json_flag
def diff(old: str, new: str, as_json: bool) -> None:
    """Report what deploying NEW over OLD replaces, deletes, permits and exposes.

    OLD and NEW are templates (JSON or YAML), folders of a cloud assembly, or git revisions of either as REV:PATH. Exit
    status 0: nothing dangerous. 1: something dangerous. 3: OLD or NEW cannot be compared.
    """
    from dataclasses import asdict

    require("routes", "patternkit diff", "cfnlint", "yaml")
    from patternkit.upgrade import compare_sources

    changes = compare_sources(old, new)
    if as_json:
        import json

        print(json.dumps([asdict(change) for change in changes], indent=2))
    else:
        for change in changes:
            out().print(str(change), markup=False)
    dangerous = sum(change.dangerous for change in changes)
    err().print(f"{dangerous} dangerous, {len(changes) - dangerous} to know of")
    sys.exit(1 if dangerous else 0)


@app.command()
@click.argument("directory", type=click.Path(path_type=Path), default=".")
@click.option(
    "--pattern",
    required=True,
    metavar="NAME",
    help="What its stack is made of; `patternkit list` has them.",
    shell_complete=complete_pattern,
)
@click.option("--name", help="The project's name, if not the directory's.")
def init(directory: Path, pattern: str, name: str | None) -> None:
    """Start a project of your own in DIRECTORY: a stack that uses a pattern, and tests that pass as they are."""
    import shlex

    from patternkit.catalog.init import planned, start

    plan = planned(directory, pattern, name)
    with progress(f"starting {plan.name} with {plan.pattern.name}: files, and snapshots of its template"):
        written = start(plan)
    for path in written:
        out().print(f"wrote {path.relative_to(plan.directory)}", markup=False)
    there = "" if plan.directory == Path.cwd() else f"cd {shlex.quote(str(directory))}, then "
    out().print(f"next: {there}pytest, and what README.md says of deploying it", markup=False)


@app.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what completes commands, options and patterns' names in a shell, to be evaluated when the shell starts."""
    from patternkit.catalog.shell_completion import script

    click.echo(script(app, shell))


@app.command()
@click.argument("name", required=False, shell_complete=complete_document)
def docs(name: str | None) -> None:
    """Show a guide or a pattern's page; without NAME, list the guides."""
    from patternkit.catalog.documents import document, guides, title

    if name is None:
        rows = [(guide, title(file.read_text(encoding="utf-8"))) for guide, file in guides().items()]
        for line in table_lines(("GUIDE", "TITLE"), rows, width=columns()):
            click.echo(line)
        last = "and the page of each pattern, by its name: patternkit docs thumbnailer"
        click.echo(click.formatting.wrap_text(last, columns()))
        return
    text = document(name)
    if not out().is_terminal:
        click.echo(text)
        return
    from rich.markdown import Markdown

    from patternkit.screen import Screen

    Screen(highlight=False).print(Markdown(text))


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
        out().print(f"wrote {path.relative_to(plan.repository)}", markup=False)
    begun = plan.folder.relative_to(plan.repository)
    out().print(f"next: make {begun}/construct.py yours, then CONTRIBUTING.md, step 2")


@app.command()
@click.argument("names", nargs=-1, shell_complete=complete_pattern)
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
        out().print(f"rewrote {path}")
    if not changed:
        out().print("every page is current")


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
