"""The table of losses on a network pattern's page: what each of its promises survives."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from patternkit.catalog.discovery import Pattern
from patternkit.catalog.markdown import table
from patternkit.testing.synthesis import Synthesis

if TYPE_CHECKING:
    from patternkit.routes import Network, Promise

PROMISES = "promises.yaml"
CONTRACTS = "contracts.yaml"
# More ways to break a promise than a reader takes in are counted.
_MOST_SHOWN = 4


def has_promises(pattern: Pattern) -> bool:
    """Whether a pattern says in a file what its example's network promises."""
    return (pattern.folder / PROMISES).is_file()


def contracts(pattern: Pattern) -> Path | None:
    """The file that says what the templates of a pattern's example cannot say."""
    file = pattern.folder / CONTRACTS
    return file if file.is_file() else None


def losses(pattern: Pattern, synthesis: Synthesis) -> str:
    """Make the table of losses.

    Args:
        pattern: A pattern with promises.
        synthesis: Its example.

    Returns:
        The table: each promise, whether it survives the loss of any one thing, and the smallest losses that break it.
    """
    # The prover is an extra, and pages without promises do not need it.
    from patternkit.routes import Network, load_promises

    network = Network.load(synthesis.directory, contracts=contracts(pattern))
    stacks = list(synthesis.templates)
    return table_of_losses(
        network, load_promises(pattern.folder / PROMISES), without=f"{stacks[0]}/" if len(stacks) == 1 else ""
    )


def table_of_losses(network: "Network", promises: "Sequence[Promise]", *, without: str = "", pairs: bool = True) -> str:
    """Make the table of what promises survive in a network.

    Args:
        network: The network.
        promises: The promises.
        without: What is left out of the names of elements: that of the one stack.
        pairs: Whether two losses together are tried where no single one breaks a promise.

    Returns:
        The table.
    """
    from patternkit.routes.survival import MOST_PAIRS, Survival, survivals

    def said(text: str) -> str:
        if without:
            text = text.replace(without, "")
        return re.sub(r"(?<!zone )GetAZs\[(\d+)\]", lambda match: f"zone {int(match[1]) + 1}", text)

    def broken_by(survival: Survival) -> str:
        ways = [" and ".join(said(each) for each in one.lost) for one in survival.breaks]
        if not ways:
            return "nothing that was tried, alone or two together" if pairs else "nothing that was tried alone"
        shown = "; ".join(ways[:_MOST_SHOWN])
        more = f"; and {len(ways) - _MOST_SHOWN} more" if len(ways) > _MOST_SHOWN else ""
        return f"{'two together: ' if survival.survives else ''}{shown}{more}"

    found = survivals(network, promises, most_pairs=MOST_PAIRS if pairs else 0)
    rows = [
        (
            promise.name or str(promise),
            one.verdict.value if one.verdict and not one.error else f"ERROR {one.error}",
            "yes" if one.survives else "no",
            broken_by(one),
        )
        for promise, one in zip(promises, found, strict=True)
    ]
    return table(("Promise", "Verdict", "Survives each single loss", "What breaks it"), rows)
