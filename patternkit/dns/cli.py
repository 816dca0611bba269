"""`patternkit dns trace|prove|show|serve`: names on the command line.

Exit status: 0 it holds, 1 it fails, 2 it is not known, 3 the input is bad.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from patternkit.dns.errors import QuestionError
from patternkit.dns.names import Names
from patternkit.dns.promise_files import read_promises
from patternkit.dns.proof import Proof
from patternkit.dns.sarif import sarif
from patternkit.dns.showing import shown_names
from patternkit.dns.sources import SourceText
from patternkit.errors import require
from patternkit.exit_status import NO_ANSWER, AnsweringGroup
from patternkit.promise_lists import BadPromise
from patternkit.resolving.parameter_options import parameters_of
from patternkit.resolving.resource_lines import Lines
from patternkit.screen import Screen, print_rows
from patternkit.verdict import Verdict

_FILE = click.Path(dir_okay=False, path_type=Path)

templates_argument = click.argument(
    "templates", nargs=-1, required=True, metavar="TEMPLATE_OR_ASSEMBLY...", type=click.Path(path_type=Path)
)
contracts_option = click.option("--contracts", type=_FILE, help="What the templates cannot say: YAML, JSON or TOML.")
parameter_option = click.option(
    "--parameter", multiple=True, help="STACK.NAME=VALUE, or ='{resource: PATH}'; may be given many times."
)
ill_option = click.option("--ill", multiple=True, help="What is ill: a resource, an address, a Region; many times.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(cls=AnsweringGroup, context_settings={"help_option_names": ["-h", "--help"]})
def app() -> None:
    """Prove what names answer, from the template, before anything is deployed."""


@app.command()
@templates_argument
@click.option("--name", required=True, help="The domain name.")
@click.option("--type", "kind", default="A", show_default=True, help="The record type.")
@click.option("--source", default="internet", show_default=True, help="internet, a VPC or a site.")
@click.option("--country", help="Where a client on the internet is: two letters.")
@click.option("--subdivision", help="The subdivision of its country.")
@click.option("--continent", help="Its continent: two letters.")
@click.option("--address", help="Its address or subnet.")
@click.option("--region", help="The AWS Region that it is nearest to.")
@click.option("--coordinates", help="Where it is: LATITUDE,LONGITUDE.")
@ill_option
@contracts_option
@parameter_option
@json_option
def trace(
    templates: tuple[Path, ...],
    name: str,
    kind: str,
    source: str,
    ill: tuple[str, ...],
    contracts: Path | None,
    parameter: tuple[str, ...],
    as_json: bool,
    coordinates: str | None,
    **client: str | None,
) -> None:
    """Follow a query through rules, zones and the tree of records, step by step."""
    names = Names.load(*templates, contracts=contracts, parameters=parameters_of(parameter))
    found = names.trace(name, _source(source, client, coordinates), kind.upper(), ill)
    if as_json:
        _print_json(found.data())
    else:
        click.echo(str(found))
    sys.exit(found.verdict.status)


@app.command()
@templates_argument
@click.option("--promises", required=True, type=_FILE, help="The promises: YAML, JSON or TOML.")
@contracts_option
@parameter_option
@json_option
@click.option("--sarif", "sarif_file", type=_FILE, help="Write SARIF into this file, for code hosts.")
def prove(
    templates: tuple[Path, ...],
    promises: Path,
    contracts: Path | None,
    parameter: tuple[str, ...],
    as_json: bool,
    sarif_file: Path | None,
) -> None:
    """Hold promises against every query: HOLDS, FAILS with the query that breaks it, or UNKNOWN."""
    asked = read_promises(promises)
    names = Names.load(*templates, contracts=contracts, parameters=parameters_of(parameter))
    answers = names.answer_all(asked)
    if sarif_file is not None:
        log = sarif(answers, promises.as_posix(), Lines(names.stacks))
        sarif_file.write_text(json.dumps(log, indent=2) + "\n", encoding="utf-8")
    if as_json:
        _print_json([answer.data() for answer in answers])
    else:
        click.echo("\n\n".join(map(str, answers)))
    if any(isinstance(answer, BadPromise) for answer in answers):
        sys.exit(NO_ANSWER)
    verdicts = {answer.verdict for answer in answers if isinstance(answer, Proof)}
    worst = next(verdict for verdict in (Verdict.FAILS, Verdict.UNKNOWN, Verdict.HOLDS) if verdict in verdicts)
    sys.exit(worst.status)


@app.command()
@templates_argument
@contracts_option
@parameter_option
@json_option
def show(templates: tuple[Path, ...], contracts: Path | None, parameter: tuple[str, ...], as_json: bool) -> None:
    """Print the zones with their records, the rules, the health checks, and what is not known."""
    told = shown_names(Names.load(*templates, contracts=contracts, parameters=parameters_of(parameter)))
    if as_json:
        _print_json(told)
        return
    screen = Screen(soft_wrap=True)
    for zone in told["zones"]:
        asked = f", asked by {', '.join(zone['vpcs'])}" if zone["vpcs"] else ""
        signed = f", DNSSEC {zone['dnssec']}" if zone["dnssec"] not in (None, "insecure") else ""
        screen.print(f"{zone['name']} ({zone['zone']}, {zone['kind']}{asked}{signed})", style="bold", markup=False)
        rows = [
            (one["name"], one["type"], one["policy"], one["answers"], str(one["ttl"] or ""), one["health"])
            for one in zone["records"]
        ]
        print_rows(screen, ("name", "type", "policy", "answers", "TTL", "health"), rows)
    for rule in told["rules"]:
        what = f"{rule['domain']} {rule['type']} to {', '.join(rule['targets']) or 'nobody'}"
        screen.print(f"rule {rule['rule']}: {what}, used by {', '.join(rule['vpcs']) or 'nobody'}", markup=False)
    for check in told["health_checks"]:
        seen = f"a failure is seen after {check['seen_after']} s" if check["seen_after"] else "follows at once"
        screen.print(f"health check {check['check']}: looks at {check['looks_at']}; {seen}", markup=False)
    if told["worlds"] > 1:
        screen.print(f"in {told['worlds']} worlds; the first one is shown", markup=False)
    for section, word in {"unknown": "not known", "refused": "AWS refuses", "notes": "note"}.items():
        for text in told[section]:
            screen.print(f"{word}: {text}", markup=False)


@app.command()
@templates_argument
@click.option("--view", multiple=True, help="A source to answer: internet, a VPC or a site. Default: all of them.")
@click.option("--listen", default="127.0.0.1", show_default=True, help="The loopback address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65000),
    default=5300,
    show_default=True,
    help="The port of the first view; the others follow. 0: any free ones.",
)
@click.option("--client", multiple=True, help="ADDRESS=SOURCE: who asks from an address, at whatever port.")
@click.option("--address", multiple=True, help="RESOURCE=ADDRESS: the address of a resource. Default: made up.")
@ill_option
@click.option("--seed", type=int, help="Picks the same answers every time, where there are several.")
@contracts_option
@parameter_option
@json_option
def serve(
    templates: tuple[Path, ...],
    view: tuple[str, ...],
    listen: str,
    port: int,
    client: tuple[str, ...],
    address: tuple[str, ...],
    ill: tuple[str, ...],
    seed: int | None,
    contracts: Path | None,
    parameter: tuple[str, ...],
    as_json: bool,
) -> None:
    """Answer from the template on loopback, for dig and for programs under test.

    While it runs, lines on standard input switch what is ill: `ill THING`, `well THING`, `well`.
    """
    require("dns", "patternkit dns serve")
    from patternkit.dns.server import DnsServer
    from patternkit.dns.serving import serve_until_stopped

    names = Names.load(*templates, contracts=contracts, parameters=parameters_of(parameter))
    server = DnsServer(
        names,
        views=view or None,
        address=listen,
        port=port,
        clients=_pairs(client, "--client", "ADDRESS=SOURCE"),
        addresses=_pairs(address, "--address", "RESOURCE=ADDRESS"),
        ill=ill,
        seed=seed,
    )
    serve_until_stopped(server, names, as_json=as_json)


def _pairs(given: tuple[str, ...], option: str, form: str) -> dict[str, Any]:
    for text in given:
        if "=" not in text:
            raise QuestionError(f"{option} must be {form}, got {text!r}")
    return dict(text.split("=", 1) for text in given)


def _source(source: str, client: dict[str, str | None], coordinates: str | None) -> SourceText:
    features: dict[str, Any] = {key: value for key, value in client.items() if value is not None}
    if coordinates is not None:
        try:
            features["latitude"], features["longitude"] = map(float, coordinates.split(","))
        except ValueError:
            raise QuestionError(f"--coordinates must be LATITUDE,LONGITUDE, got {coordinates!r}") from None
    if features and source != "internet":
        raise QuestionError(f"--{next(iter(features))} is a feature of a client on the internet, not of {source}")
    return features or source


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2))
