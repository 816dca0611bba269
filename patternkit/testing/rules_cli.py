"""`patternkit rules`: templates checked against a project's own rules, in Guard or Rego."""

import json
import re
import sys
from pathlib import Path

import click

from patternkit.exit_status import AnsweringCommand

_WARNING = re.compile(r"W\d+")


@click.command(cls=AnsweringCommand)
@click.argument(
    "given", nargs=-1, required=True, metavar="TEMPLATE_OR_ASSEMBLY... RULES...", type=click.Path(path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def rules(given: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001 - a flag is a boolean
    """Check templates against a project's own rules, in Guard or Rego.

    Files named .guard or .rego are rules, whatever else is given is a template in JSON or YAML, or the folder of a
    cloud assembly. The engine is the one that the CDK validates templates with, and its own findings are told as
    well. Exit status 0: nothing is broken, but for what the CDK warns of. 1: something is. 3: a file cannot be used.
    """
    from dataclasses import asdict

    from patternkit.testing.template_rules import findings_in

    files = tuple(path for path in given if path.suffix in (".guard", ".rego"))
    templates = tuple(path for path in given if path not in files)
    if not files or not templates:
        missing = "a file of rules, named .guard or .rego" if not files else "a template or a cloud assembly"
        raise click.UsageError(f"give {missing}, too")
    found = findings_in(templates, files)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            click.echo(str(one))
    # What the CDK itself only warns of is no rule of the project's.
    broken = [one for one in found if not (one.severity == "warning" and _WARNING.fullmatch(one.rule))]
    click.echo(f"{len(broken)} broken, {len(found) - len(broken)} to know of", err=True)
    sys.exit(1 if broken else 0)
