"""cfn-lint over synthesized templates."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfnlint.runner import Runner


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
    template: Mapping[str, Any], *, accept: str | Collection[str] = (), regions: str | Sequence[str] = ("us-east-1",)
) -> tuple[LintFinding, ...]:
    """Lint one template for errors and warnings.

    Args:
        template: The template.
        accept: Rules that may be broken: one, or several. Default: none.
        regions: The Regions, one or several, whose resource schemas it is held to.

    Returns:
        What cfn-lint says, in order.
    """
    from cfnlint.decode import decode_str

    parsed, wrong = decode_str(_as_yaml_reads_it(template))
    accepted = {accept} if isinstance(accept, str) else set(accept)
    matches = wrong or _runner((regions,) if isinstance(regions, str) else tuple(regions)).validate_template(parsed)
    return tuple(
        sorted(
            LintFinding(match.rule.id, ".".join(str(part) for part in getattr(match, "path", [])), match.message)
            for match in matches
            if match.rule.id not in accepted
        )
    )


def _as_yaml_reads_it(template: Mapping[str, Any]) -> str:
    """Write a template as JSON that is YAML, too: no character as two halves, and none that YAML bars."""
    text = json.dumps(template, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda one: f"\\u{ord(one[0]):04x}", text)


@cache
def _runner(regions: tuple[str, ...]) -> "Runner":
    # Not `cfnlint.api.lint`, which reads all rules anew for each template: that takes four times as long as using them.
    from cfnlint.config import ConfigMixIn, ManualArgs
    from cfnlint.runner import Runner

    return Runner(ConfigMixIn(**ManualArgs(regions=list(regions))))
