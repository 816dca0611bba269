"""Where flows go, by nearness, dials, weights and health.

What AWS says, and where it stops:

- https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoint-groups-traffic-dial.html
  A dial is the percentage of what is directed to the group already; what it does not take goes to other groups. Where
  several may take it, or none, the page does not say who does.
- https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-endpoint-weights.html
  Within a group, weights by their sum.
- https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-endpoint-weights.unhealthy-endpoints.html
  A group without a healthy endpoint of weight above 0 hands its flows to the nearest other group that has one, whatever
  its dial. "The three closest" are tried, "three additional" ones in the example: whether the third of the others is
  tried is not known. Then a random endpoint of the nearest group is taken: it fails open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

NOWHERE = "nowhere"
"""The name of the share of flows that may get no endpoint at all."""
_SURELY_TRIED = 2
_MAY_BE_TRIED = 3
Group = tuple[str, Fraction, Sequence[tuple[str, int]]]
"""A Region, its dial, and the weights of its endpoints; 0 as well for what is ill."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the flows, between 0 and 1.

    Attributes:
        low: At least so much.
        high: At most so much; more than `low` where AWS does not say.
    """

    low: Fraction
    high: Fraction

    @property
    def known(self) -> bool:
        """Whether AWS says how much it is."""
        return self.low == self.high

    def __str__(self) -> str:
        low, high = (f"{float(one * 100):.4g}" for one in (self.low, self.high))
        return f"{low} %" if self.known else f"{low} to {high} %"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the new flows of a client go.

    Attributes:
        shares: The share of each endpoint that gets any, or may.
        steps: How it came to that.
        unknown: What AWS does not say, for each share that is a range.
        fails_open: Whether some flows go to endpoints that are ill, or may.
    """

    shares: dict[str, Share]
    steps: tuple[str, ...]
    unknown: tuple[str, ...]
    fails_open: bool

    @property
    def known(self) -> bool:
        """Whether AWS says where each flow goes."""
        return not self.unknown

    @property
    def surely_well(self) -> bool:
        """Whether every flow goes to an endpoint that is well, whatever AWS does not say."""
        return not self.fails_open and NOWHERE not in self.shares

    def share(self, endpoint: str) -> Fraction | None:
        """The share of an endpoint; None where AWS does not say how much it is.

        Args:
            endpoint: The endpoint; one that is not among the shares gets nothing.
        """
        found = self.shares.get(endpoint)
        if found is None:
            return Fraction(0)
        return found.low if found.known else None

    def summary(self) -> str:
        """The shares in one line, with a mark where flows may go to what is ill."""
        parts = [f"{name} {share}" for name, share in self.shares.items()]
        return ", ".join(parts) + (" (fails open)" if self.fails_open else "")

    def __str__(self) -> str:
        return "\n".join([self.summary(), *(f"  {one}" for one in (*self.steps, *self.unknown))])


class _Sum:
    def __init__(self) -> None:
        self.shares: dict[str, list[Fraction]] = {}
        self.steps: list[str] = []
        self.unknown: list[str] = []
        self.fails_open = False

    def add(self, name: str, low: Fraction, high: Fraction) -> None:
        if high:
            share = self.shares.setdefault(name, [Fraction(0), Fraction(0)])
            share[0] += low
            share[1] += high


def place(groups: Sequence[Group]) -> Placement:
    """Compute where the flows of a client go.

    Args:
        groups: The endpoint groups, the nearest first.

    Returns:
        The shares.
    """
    total = _Sum()
    for index, low, high in _dialed(groups, total):
        _within(groups, index, low, high, total)
    return Placement(
        {name: Share(low, min(high, Fraction(1))) for name, (low, high) in total.shares.items()},
        tuple(total.steps),
        tuple(total.unknown),
        total.fails_open,
    )


def _dialed(groups: Sequence[Group], total: _Sum) -> list[tuple[int, Fraction, Fraction]]:
    """The flows that are directed to each group, before anybody looks at health."""
    zero, one = Fraction(0), Fraction(1)
    open_ = [index for index, (_, dial, _) in enumerate(groups) if dial]
    if not open_:
        total.unknown.append("every dial is 0: AWS does not say where flows go")
        total.add(NOWHERE, zero, one)
        return [(index, zero, one) for index in range(len(groups))]
    first, *others = open_
    region, dial, _ = groups[first]
    taken = dial / 100
    rest = one - taken
    total.steps.append(f"{region} is the nearest with a dial above 0, and takes {Share(taken, taken)}")
    if not rest:
        return [(first, one, one)]
    if len(others) == 1:
        total.steps.append(f"{groups[others[0]][0]} is the only other with a dial above 0, and takes the rest")
        return [(first, taken, taken), (others[0], rest, rest)]
    if others:
        names = ", ".join(groups[index][0] for index in others)
        total.unknown.append(f"AWS does not say how {names} divide what the dial of {region} leaves")
        return [(first, taken, taken), *((index, zero, rest) for index in others)]
    total.unknown.append(f"AWS does not say what becomes of what the dial of {region} leaves: no other dial is above 0")
    total.add(NOWHERE, zero, rest)
    return [(first, taken, one)]


def _within(groups: Sequence[Group], index: int, low: Fraction, high: Fraction, total: _Sum) -> None:
    """Divide the flows of a group among its endpoints, or hand them to another group."""
    region, _, endpoints = groups[index]
    if any(weight for _, weight in endpoints):
        _weighed(groups[index], low, high, total)
        return
    others = [other for other in range(len(groups)) if other != index]
    for tried, other in enumerate(others):
        if not any(weight for _, weight in groups[other][2]) or tried >= _MAY_BE_TRIED:
            continue
        if tried < _SURELY_TRIED:
            total.steps.append(f"nothing well in {region} has a weight: {groups[other][0]} is the nearest that has")
            _weighed(groups[other], low, high, total)
        else:
            total.unknown.append(
                f"nothing well in {region} has a weight: AWS does not say whether {groups[other][0]} is still tried"
            )
            _weighed(groups[other], Fraction(0), high, total)
            _fail_open(groups[0], Fraction(0), high, total)
        return
    total.steps.append(
        f"nothing well that {region} may turn to has a weight: {groups[0][0]} gets its flows, ill or well"
    )
    _fail_open(groups[0], low, high, total)


def _weighed(group: Group, low: Fraction, high: Fraction, total: _Sum) -> None:
    whole = sum(weight for _, weight in group[2])
    for name, weight in group[2]:
        total.add(name, low * weight / whole, high * weight / whole)


def _fail_open(nearest: Group, low: Fraction, high: Fraction, total: _Sum) -> None:
    total.fails_open = True
    region, _, endpoints = nearest
    if not endpoints:
        total.unknown.append(f"{region} has no endpoints: AWS does not say where flows go")
        total.add(NOWHERE, Fraction(0), high)
    elif len(endpoints) == 1:
        total.add(endpoints[0][0], low, high)
    else:
        total.unknown.append(f"a random endpoint of {region} is taken: AWS does not say how often which")
        for name, _ in endpoints:
            total.add(name, Fraction(0), high)
