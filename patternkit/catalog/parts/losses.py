"""The table of losses on a network pattern's page: what each of its promises survives."""

import re
from pathlib import Path

from patternkit.catalog.discovery import Pattern
from patternkit.catalog.markdown import table
from patternkit.testing.synthesis import Synthesis

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
    from patternkit.routes.survival import Survival, survivals

    stacks = list(synthesis.templates)

    def said(text: str) -> str:
        if len(stacks) == 1:
            text = text.replace(f"{stacks[0]}/", "")
        return re.sub(r"(?<!zone )GetAZs\[(\d+)\]", lambda match: f"zone {int(match[1]) + 1}", text)

    def broken_by(survival: Survival) -> str:
        ways = [" and ".join(said(each) for each in one.lost) for one in survival.breaks]
        if not ways:
            return "nothing that was tried, alone or two together"
        shown = "; ".join(ways[:_MOST_SHOWN])
        more = f"; and {len(ways) - _MOST_SHOWN} more" if len(ways) > _MOST_SHOWN else ""
        return f"{'two together: ' if survival.survives else ''}{shown}{more}"

    network = Network.load(synthesis.directory, contracts=contracts(pattern))
    promises = load_promises(pattern.folder / PROMISES)
    found = survivals(network, promises)
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
