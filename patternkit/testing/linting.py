"""cfn-lint over synthesized templates."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class LintFinding:
    """One thing that cfn-lint says.

    Attributes:
        rule: Its id: "E3002", "W2001".
        path: Where in the template.
        message: What is wrong.
    """

    rule: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}: {self.message}"


REDUNDANT_DEPENDENCY = "W3005"
"""CDK orders a resource after everything in a construct, also what a reference orders already. Redundant, not wrong."""


def lint(
    template: Mapping[str, Any], *, accept: Collection[str] = (), regions: Sequence[str] = ("us-east-1",)
) -> tuple[LintFinding, ...]:
    """Lint one template for errors and warnings.

    Args:
        template: The template.
        accept: Rules that may be broken. Default: none.
        regions: The Regions whose resource schemas it is held to.

    Returns:
        What cfn-lint says, in order.
    """
    from cfnlint.api import lint as cfn_lint
    from cfnlint.config import ManualArgs

    matches = cfn_lint(json.dumps(template), config=ManualArgs(regions=list(regions)))
    return tuple(
        sorted(
            LintFinding(match.rule.id, ".".join(str(part) for part in getattr(match, "path", [])), match.message)
            for match in matches
            if match.rule.id not in accept
        )
    )
