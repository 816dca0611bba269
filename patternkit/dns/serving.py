"""Serve until somebody stops it, and switch what is ill meanwhile."""

from __future__ import annotations

import json
import sys
import threading

import click

from patternkit.dns.errors import QuestionError
from patternkit.dns.names import Names
from patternkit.dns.server import DnsServer


def serve_until_stopped(server: DnsServer, names: Names, *, as_json: bool) -> None:
    """Say where each source is answered, and answer until Ctrl-C.

    Args:
        server: The server.
        names: What it answers from.
        as_json: Whether to print JSON, one document a line.
    """
    told = [{"source": view.source.path, "address": view.address, "port": view.port} for view in server.views]
    with server:
        if as_json:
            click.echo(json.dumps({"views": told}))
        else:
            for view in told:
                click.echo(f"{view['source']}: dig @{view['address']} -p {view['port']}")
            for reason in [*names.model.refused, *names.model.unknown]:
                click.echo(f"note: {reason}", err=True)
            if names.too_many_worlds or len(names.models) > 1:
                click.echo(f"note: answers are those of the first of {len(names.models)} worlds", err=True)
        for line in sys.stdin:
            _switch(server, line.split(maxsplit=1), as_json=as_json)
        # Whoever started it gave no standard input: only a signal ends it.
        threading.Event().wait()


def _switch(server: DnsServer, words: list[str], *, as_json: bool) -> None:
    if not words:
        return
    things = [words[1].strip()] if len(words) > 1 else []
    try:
        match words[0]:
            case "ill" if things:
                server.ill(*things)
            case "well":
                server.well(*things)
            case "ill":
                pass
            case _:
                raise QuestionError(f"a line is ill THING, well THING or well, got {' '.join(words)!r}")
    except QuestionError as error:
        click.echo(json.dumps({"error": str(error)}) if as_json else f"error: {error}")
        return
    ailing = list(server.ailing)
    click.echo(json.dumps({"ill": ailing}) if as_json else f"ill: {', '.join(ailing) or 'nothing'}")
