"""What each name answers to whom after every single failure, as a table.

`python -m examples.two_region_service.failures` prints it. With `--write` it goes into the application's page.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment

from examples.two_region_service.app import DUBLIN, VIRGINIA, build
from examples.two_region_service.private_names import COMPANY, COMPANY_SERVERS, INTERNAL
from examples.two_region_service.public_names import DOMAIN
from patternkit.dns import Names, Verdict
from patternkit.dns.sources import SourceText

PAGE = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- failures -->", "<!-- end of failures -->"
NAMES = [f"www.{DOMAIN}", f"orders.{INTERNAL}", f"wiki.{COMPANY}"]
SOURCES: Mapping[str, SourceText] = {
    "A client near Dublin": {"region": DUBLIN},
    "A client near Virginia": {"region": VIRGINIA},
    "The service in Dublin": "ServiceDublin/Service/Network",
    "The company": "Company",
    "The branch": "Branch",
}
# What no template says: what the name servers of the company and of its branch answer, and what they forward.
CONTRACTS: dict[str, Any] = {
    "sites": {
        "Company": {
            "servers": COMPANY_SERVERS,
            "zones": {COMPANY: {"wiki": {"A": ["192.168.1.1"]}}},
            "forwards": {INTERNAL: ["ServicePrivateNames/Names/Inbound"]},
        },
        "Branch": {"servers": ["192.168.15.2"], "zones": {}, "forwards": {DOMAIN: COMPANY_SERVERS}},
    }
}


def names(templates: Mapping[str, Any]) -> Names:
    """Read the application's names.

    Args:
        templates: The application's templates, by stack.

    Returns:
        The names.
    """
    return Names.from_templates(templates, contracts=CONTRACTS)


def synthesized() -> dict[str, Any]:
    """Synthesize the application for an account, in its two Regions.

    Returns:
        The templates, by stack.
    """
    flags: dict[str, Any] = json.loads((PAGE.parents[2] / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(context={**flags, "aws:cdk:enable-path-metadata": True})
    build(app, env=Environment(account="111122223333"))
    return {one.stack_name: one.template for one in app.synth().stacks}


def table(known: Names) -> str:
    """What each name answers to whom after every single failure.

    Args:
        known: The names.

    Returns:
        The table, in Markdown.
    """
    lines = [f"| Name | Ill | {' | '.join(SOURCES)} |", f"| --- | --- |{' --- |' * len(SOURCES)}"]
    for name in NAMES:
        for failure in [(), *dict.fromkeys(known.single_failures(name, regions=True))]:
            answers = [_answer(known, name, source, failure) for source in SOURCES.values()]
            ill = ", ".join(map(_short, failure)) or "nothing"
            lines.append(f"| `{name}` | {ill} | {' | '.join(answers)} |")
    return "\n".join(lines)


def _answer(known: Names, name: str, source: SourceText, ill: tuple[str, ...]) -> str:
    trace = known.trace(name, source, ill=ill)
    if trace.verdict is Verdict.HOLDS:
        return " or ".join(map(_short, trace.values))
    return "no answer" if trace.verdict is Verdict.FAILS else "not known"


def _short(value: str) -> str:
    return value.removesuffix("/Service/Balancer/LoadBalancer")


def main() -> int:
    """Print the table, or write it into the page.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write it into the page")
    made = table(names(synthesized()))
    if not parser.parse_args().write:
        print(made)
        return 0
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
