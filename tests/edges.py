"""Values at the edges of what a signature declares: just inside, just outside, and of another type."""

import math
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Literal

from aws_cdk import Duration, Size
from constructs import Construct

from patterns.building_blocks.bounds import Bounds
from patterns.building_blocks.signature import declared


@dataclass(frozen=True)
class Given:
    """A value, and how it is made in a scope: most need one, and a strategy is drawn from long before there is any.

    Attributes:
        text: The value as one would write it.
        make: Makes it, in a scope of its own.
    """

    text: str
    make: Callable[[Construct], Any]

    def __repr__(self) -> str:
        return self.text


@dataclass
class Edges:
    """Values at the edges of an annotation.

    Attributes:
        inside: Values that are allowed.
        outside: Values of the right type that are not.
    """

    inside: list[Given] = field(default_factory=list)
    outside: list[Given] = field(default_factory=list)


def plain(value: Any) -> Given:
    return Given(repr(value), lambda _: value)


def in_milliseconds(drawn: int) -> Given:
    return Given(f"Duration.millis({drawn})", lambda _: Duration.millis(drawn))


def in_bytes(drawn: int) -> Given:
    return Given(f"Size.bytes({drawn})", lambda _: Size.bytes(drawn))


def edges(hint: Any) -> Edges:
    """Find the values at the edges of an annotation; there are none where it has no bounds."""
    kind, found = declared(hint)
    origin, inner = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        each = [edges(Annotated[one, *hint.__metadata__] if found != Bounds() else one) for one in inner]
        # What one type refuses another may take.
        only = len([one for one in inner if one is not type(None)]) == 1
        return Edges([value for one in each for value in one.inside], [v for one in each for v in one.outside if only])
    if origin is Literal:
        return Edges([plain(one) for one in inner], [plain("no such value")])
    if origin is int:
        return _numbers(found, 1)
    if origin is float:
        return _numbers(found, None)
    if origin is Duration:
        return _steps(found, 1000, timedelta(milliseconds=1), in_milliseconds)
    if origin is Size:
        return _steps(found, 1, 1, in_bytes)
    if origin is str:
        return _texts(found)
    if isinstance(origin, type) and issubclass(origin, Sequence | Mapping):
        return _many(found, kind)
    return Edges()


def _numbers(found: Bounds, step: int | None) -> Edges:
    made, step = Edges(), found.step or step
    for bound, excluded, way in ((found.low, found.above, -1), (found.high, found.below, 1)):
        if bound is None:
            continue
        beyond = bound + way * step if step else math.nextafter(bound, way * math.inf)
        before = bound - way * step if step else math.nextafter(bound, -way * math.inf)
        made.inside.append(plain(before if excluded else bound))
        made.outside.append(plain(bound if excluded else beyond))
    return made


def _steps(found: Bounds, least: int, unit: Any, given: Callable[[int], Given]) -> Edges:
    made = Edges()
    step = found.step // unit if found.step is not None else least
    if found.low is not None:
        made.inside.append(given(found.low // unit))
        made.outside += [given(found.low // unit - step)] if found.low // unit >= step else []
        made.outside += [given(found.low // unit + step // 2)] if step > 1 else []
    if found.high is not None:
        made.inside.append(given(found.high // unit))
        made.outside.append(given(found.high // unit + step))
    return made


def _texts(found: Bounds) -> Edges:
    made = Edges()
    if found.matches or found.passes:
        made.outside += [plain(one) for one in ("", " ", "a\nb", "\u00e9" * 3000) if not _matches(found, one)]
    elif found.longest is not None:
        made.inside.append(plain("a" * found.longest))
        made.outside.append(plain("a" * (found.longest + 1)))
    if not found.matches and not found.passes and found.shortest:
        made.outside.append(plain("a" * (found.shortest - 1)))
    return made


def _matches(found: Bounds, text: str) -> bool:
    try:
        for one in found.passes:
            one.check("value", text)
    except ValueError:
        return False
    return all(predicate.func(text) for one in found.matches for predicate in one)  # type: ignore[attr-defined]


def _many(found: Bounds, kind: Any) -> Edges:
    made, inner = Edges(), typing.get_args(kind)
    within = edges(inner[-1] if issubclass(typing.get_origin(kind), Mapping) else inner[0]) if inner else Edges()

    def together(ones: Sequence[Given]) -> Given:
        if issubclass(typing.get_origin(kind) or kind, Mapping):
            return Given(repr(ones), lambda scope: {f"KEY{i}": one.make(scope) for i, one in enumerate(ones)})
        return Given(repr(ones), lambda scope: [one.make(scope) for one in ones])

    fewest = max(found.shortest, 1)
    alike = not found.passes
    # None may come twice in a list, and what is refused is told before that.
    listed = not issubclass(typing.get_origin(kind) or kind, Mapping)
    several = [within.inside[:fewest]] if len(within.inside) >= fewest else []
    alone = [[one] * fewest for one in within.inside] if fewest == 1 or not listed else several
    made.inside += [together(ones) for ones in alone if alike]
    made.outside += [together([one] * fewest) for one in within.outside if alike]
    # How many there are is told before what they are.
    if found.shortest:
        made.outside.append(together([plain(None)] * (found.shortest - 1)))
    if found.longest is not None:
        made.outside.append(together([plain(None)] * (found.longest + 1)))
        most = [within.inside[: found.longest]] if listed else [[one] * found.longest for one in within.inside[:1]]
        made.inside += [together(ones) for ones in most if alike and len(ones) >= fewest]
    return made


class Strange:
    """A value of no type that any argument has."""


def wrong_types(hint: Any) -> Iterator[Given]:
    """Make values of another type than an annotation's."""
    kind, _ = declared(hint)
    if kind is Any:
        return
    yield plain(Strange())
    kinds = {declared(one)[0] for one in typing.get_args(kind)} if _is_union(kind) else {kind}
    if int in kinds and float not in kinds:
        yield from map(plain, ("1", True, 1.5, math.nan))
    if float in kinds:
        yield from map(plain, ("1", True, math.nan, math.inf))
    if not kinds & {int, float, bool}:
        yield plain(5)
    if not kinds & {str} and not any(typing.get_origin(one) is Literal for one in kinds):
        yield plain("text")
    if type(None) not in kinds:
        yield plain(None)


def _is_union(kind: Any) -> bool:
    return typing.get_origin(kind) in (typing.Union, types.UnionType)
