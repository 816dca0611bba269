"""`patternkit routes trace|prove|show`: the prover on the command line.

Exit status: 0 it holds, 1 it fails, 2 it is not known, 3 the input is bad.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from patternkit.exit_status import NO_ANSWER, AnsweringGroup
from patternkit.promise_lists import BadPromise
from patternkit.resolving.parameter_options import parameters_of
from patternkit.resolving.resource_lines import Lines
from patternkit.routes.errors import QuestionError
from patternkit.routes.flow_text import flow_data
from patternkit.routes.network import Network
from patternkit.routes.network_tables import shown_network
from patternkit.routes.promises import read_promises
from patternkit.routes.proving import Proof, Verdict
from patternkit.routes.proving.proof import answer_data
from patternkit.routes.sarif import sarif
from patternkit.routes.survival import Survival, survivals
from patternkit.screen import Screen

_FILE = click.Path(dir_okay=False, path_type=Path)

templates_argument = click.argument(
    "templates", nargs=-1, required=True, metavar="TEMPLATE_OR_ASSEMBLY...", type=click.Path(path_type=Path)
)
contracts_option = click.option("--contracts", type=_FILE, help="What the templates cannot say: YAML, JSON or TOML.")
parameter_option = click.option(
    "--parameter", multiple=True, help="STACK.NAME=VALUE, or ='{resource: PATH}'; may be given many times."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
port_option = click.option(
    "--port", type=click.IntRange(0, 65535), default=443, show_default=True, help="Destination port."
)


@click.group(cls=AnsweringGroup, context_settings={"help_option_names": ["-h", "--help"]})
def app() -> None:
    """Prove where packets go, from the template, before anything is deployed."""


@app.command()
@templates_argument
@click.option("--source", required=True, help="Construct path, logical id or CIDR.")
@click.option("--destination", required=True, help="The same, or internet.")
@port_option
@click.option("--protocol", default="tcp", show_default=True, help="tcp, udp, icmp or any.")
@contracts_option
@parameter_option
@click.option("--ipv6", is_flag=True, help="Trace IPv6.")
@json_option
@click.option("--svg", type=_FILE, help="Draw the path into this file.")
def trace(
    templates: tuple[Path, ...],
    source: str,
    destination: str,
    port: int,
    protocol: str,
    contracts: Path | None,
    parameter: tuple[str, ...],
    ipv6: bool,
    as_json: bool,
    svg: Path | None,
) -> None:
    """Follow packets from one place to another, and their replies back, hop by hop."""
    network = Network.load(*templates, contracts=contracts, parameters=parameters_of(parameter))
    found = network.trace(source, destination, port, protocol, 6 if ipv6 else None)
    if svg is not None:
        from patternkit.routes.drawing import draw

        svg.write_text(draw(network.views()[0], found.flows[0]), encoding="utf-8")
    if as_json:
        flows = [flow_data(flow) for flow in found.flows]
        _print_json({"verdict": found.verdict.value, "reason": found.reason, "flows": flows})
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
@click.option(
    "--without",
    multiple=True,
    metavar="RESOURCE",
    help="What is lost at run time: a zone, or resources by name, path or type; may be given many times.",
)
def prove(
    templates: tuple[Path, ...],
    promises: Path,
    contracts: Path | None,
    parameter: tuple[str, ...],
    as_json: bool,
    sarif_file: Path | None,
    without: tuple[str, ...],
) -> None:
    """Hold promises against every flow: HOLDS, FAILS with a witness, or UNKNOWN with what is not known."""
    asked = read_promises(promises)
    network = Network.load(*templates, contracts=contracts, parameters=parameters_of(parameter))
    if without:
        network = network.without(*without)
    answers = network.answer_all(asked)
    if sarif_file is not None:
        log = sarif(answers, promises.as_posix(), Lines(network.stacks))
        sarif_file.write_text(json.dumps(log, indent=2) + "\n", encoding="utf-8")
    if as_json:
        _print_json([answer_data(answer) for answer in answers])
    else:
        click.echo("\n\n".join(map(str, answers)))
    if any(isinstance(answer, BadPromise) for answer in answers):
        sys.exit(NO_ANSWER)
    verdicts = {answer.verdict for answer in answers if isinstance(answer, Proof)}
    worst = next(verdict for verdict in (Verdict.FAILS, Verdict.UNKNOWN, Verdict.HOLDS) if verdict in verdicts)
    sys.exit(worst.status)


@app.command()
@templates_argument
@click.option("--promises", required=True, type=_FILE, help="The promises: YAML, JSON or TOML.")
@contracts_option
@parameter_option
@json_option
def survive(
    templates: tuple[Path, ...],
    promises: Path,
    contracts: Path | None,
    parameter: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say of each promise which losses break it: one zone, connection, gateway, endpoint or appliance, or two."""
    asked = read_promises(promises)
    network = Network.load(*templates, contracts=contracts, parameters=parameters_of(parameter))
    found = survivals(network, asked)
    if as_json:
        _print_json([one.data() for one in found])
    else:
        click.echo("\n\n".join(map(str, found)))
    if any(one.error for one in found):
        sys.exit(NO_ANSWER)
    broken = [one for one in found if not one.survives]
    fails = any(one.verdict is Verdict.FAILS or _fails(one) for one in broken)
    sys.exit((Verdict.FAILS if fails else Verdict.UNKNOWN if broken else Verdict.HOLDS).status)


def _fails(survival: Survival) -> bool:
    return any(one.verdict is Verdict.FAILS for one in survival.breaks)


@app.command()
@templates_argument
@contracts_option
@parameter_option
@click.option("--svg", type=_FILE, help="Draw the network into this file.")
@click.option("--source", help="With --destination: draw this flow, too.")
@click.option("--destination", help="See --source.")
@port_option
@json_option
def show(
    templates: tuple[Path, ...],
    contracts: Path | None,
    parameter: tuple[str, ...],
    svg: Path | None,
    source: str | None,
    destination: str | None,
    port: int,
    as_json: bool,
) -> None:
    """Print the route tables, and draw the network with a traced path on it."""
    network = Network.load(*templates, contracts=contracts, parameters=parameters_of(parameter))
    flow = None
    if (source is None) != (destination is None):
        raise QuestionError("give both --source and --destination, or neither")
    if source is not None and destination is not None:
        flow = network.trace(source, destination, port).flows[0]
    if svg is not None:
        from patternkit.routes.drawing import draw

        svg.write_text(draw(network.views()[0], flow), encoding="utf-8")
    told = shown_network(network)
    if as_json:
        _print_json(told)
        return
    console = Screen(soft_wrap=True)
    for table in told["tables"]:
        console.print(_rich_table(table))
    if told["worlds"] > 1:
        console.print(f"in {told['worlds']} worlds, for this is not decided:", markup=False)
    for section, word in _SECTIONS.items():
        for text in told[section]:
            console.print(f"{word}: {text}", markup=False)


_SECTIONS = {
    "undecided": "undecided",
    "unknown": "not known",
    "not_modelled": "not modelled",
    "refused": "AWS refuses",
    "notes": "note",
}


def _rich_table(data: dict[str, Any]) -> Table:
    title = f"{data['table']} ({', '.join(data['used_by']) or 'used by nothing'})"
    shown = Table(title=title, title_justify="left")
    for column in ("destination", "target", "origin"):
        shown.add_column(column, overflow="fold")
    for route in data["routes"]:
        shown.add_row(route["destination"], route["target"], route["origin"])
    for reason in data["unknown"]:
        shown.add_row("?", reason, "not known")
    return shown


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2))
