"""What a pattern's template says of it: what is public, how much there is of what, findings, costs."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from patternkit.catalog.costs.bill import Bill, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """Something that anybody on the internet can reach or try.

    Attributes:
        resource: Its logical id.
        what: What is public about it.
    """

    resource: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the template of a pattern's example says.

    Attributes:
        public: What is public.
        fixed_addresses: How many public addresses callers may rely on.
        idle_seconds: How long a connection may be silent at the load balancers, in seconds; None without any.
        resources: How many resources there are of each type.
        findings: How many rules of each pack have a finding that is not acknowledged.
        standing: What a month costs without traffic.
        by_million: What a million requests cost on top; None if it serves none, and nothing was computed.
    """

    public: tuple[Public, ...]
    fixed_addresses: int
    idle_seconds: int | None
    resources: Mapping[str, int]
    findings: Mapping[str, int]
    standing: Bill
    by_million: Bill | None

    def as_json(self) -> dict[str, Any]:
        """As JSON values; sums of bills are there for reading, and costs have no more than a hundredth of a cent."""
        fields = asdict(self)
        for name, bill in (("standing", self.standing), ("by_million", self.by_million)):
            if bill is None:
                continue
            lines = [asdict(line) | {"number": round(line.number, 6), "usd": round(line.usd, 4)} for line in bill.lines]
            fields[name] |= {"usd": round(bill.usd, 2), "lines": lines}
        return fields


def gather(
    templates: Iterable[Mapping[str, Any]],
    findings: Iterable[tuple[str, str]],
    packs: Iterable[str],
    *,
    requests: bool,
) -> Facts:
    """Find the facts of templates.

    Args:
        templates: The templates of one app.
        findings: The pack and the rule of each finding.
        packs: The packs that were asked.
        requests: Whether the app serves requests, which cost something each.

    Returns:
        The facts.
    """
    # It brings what compares templates, which takes as long as a command that only reads may take altogether.
    from patternkit.catalog.comparison.public import fixed_addresses, idle_seconds, public
    from patternkit.catalog.costs.by_request import by_million
    from patternkit.catalog.costs.standing import standing

    templates = list(templates)
    broken = Counter(pack for pack, _ in {(pack, rule.partition("[")[0]) for pack, rule in findings})
    return Facts(
        public=tuple(Public(resource=name, what=what) for one in templates for name, what in public(one)),
        fixed_addresses=sum(len(fixed_addresses(one)) for one in templates),
        idle_seconds=min((found for one in templates for found in idle_seconds(one)), default=None),
        resources=dict(
            sorted(Counter(each["Type"] for one in templates for each in one["Resources"].values()).items())
        ),
        findings={pack: broken[pack] for pack in packs},
        standing=standing(templates),
        by_million=by_million(templates) if requests else None,
    )


def recorded() -> dict[str, Facts]:
    """Read the facts of the patterns that serve requests or work on events, as `patternkit pages` wrote them down.

    Returns:
        The facts by pattern. A choice is made from them without synthesizing anything.
    """
    text = resources.files("patternkit.catalog.comparison").joinpath("facts.json").read_text(encoding="utf-8")
    return {name: _read(fields) for name, fields in json.loads(text).items()}


def record(facts: Mapping[str, Facts]) -> str:
    """Write facts as they are recorded.

    Args:
        facts: The facts by pattern.

    Returns:
        The text of `facts.json`.
    """
    return json.dumps({name: one.as_json() for name, one in facts.items()}, indent=2) + "\n"


def record_file() -> Path:
    """Where facts are recorded, in a clone of the repository."""
    return Path(__file__).parent / "facts.json"


def _read(fields: dict[str, Any]) -> Facts:
    standing, by_million = fields.pop("standing"), fields.pop("by_million")
    public = tuple(Public(**one) for one in fields.pop("public"))
    return Facts(
        public=public,
        standing=_bill(standing),
        by_million=None if by_million is None else _bill(by_million),
        **fields,
    )


def _bill(fields: dict[str, Any]) -> Bill:
    return Bill(
        lines=tuple(Line(**line) for line in fields["lines"]),
        unknown=tuple(fields["unknown"]),
        unconfirmed=tuple(fields["unconfirmed"]),
    )
