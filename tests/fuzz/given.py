"""Arguments for any construct, derived from its signature, its type hints and what its docstring says of each."""

import enum
import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Literal, cast

import griffe
from annotated_types import Unit
from aws_cdk import CfnParameter, Duration, Size, TimeZone
from aws_cdk.aws_scheduler import ScheduleExpression
from constructs import Construct
from hypothesis import strategies as st

from patterns.building_blocks.bounds import Bounds, Known
from patterns.building_blocks.signature import declared
from tests.edges import Given, edges, in_bytes, in_milliseconds, plain
from tests.fuzz.resources import RESOURCES
from tests.fuzz.words import words

_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?![\w.])")
_TIME = re.compile(r"(\d+|one|six|five) (second|minute|hour|day)s?\b")
_SIZE = re.compile(r"([\d,]+) (KiB|MiB|GiB)")
_WORDS_FOR_NUMBERS = {"one": 1, "five": 5, "six": 6}
_MAKE_DURATION = {
    "second": Duration.seconds,
    "minute": Duration.minutes,
    "hour": Duration.hours,
    "day": Duration.days,
}
_MAKE_SIZE = {"KiB": Size.kibibytes, "MiB": Size.mebibytes, "GiB": Size.gibibytes}


@dataclass(frozen=True)
class Call:
    """A construct's arguments.

    Attributes:
        arguments: By name.
        region: Where the stack goes; None for anywhere.
    """

    arguments: dict[str, Given]
    region: str | None

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"({given}) in {self.region or 'any Region'}"


def parameters(function: Any) -> dict[str, tuple[Any, bool]]:
    """Read the keyword-only parameters of a constructor: hint, and whether it must be given."""
    hints = typing.get_type_hints(function, include_extras=True)
    return {
        name: (hints[name], one.default is one.empty)
        for name, one in inspect.signature(function).parameters.items()
        if one.kind is one.KEYWORD_ONLY
    }


@cache
def meanings(documented: type) -> dict[str, str]:
    """Read what a class's docstring says of its arguments."""
    docstring = griffe.Docstring(inspect.getdoc(documented) or "")
    found: dict[str, str] = {}
    for section in docstring.parse("google", warnings=False):
        if isinstance(section, griffe.DocstringSectionParameters | griffe.DocstringSectionAttributes):
            for one in section.value:
                found.setdefault(one.name, " ".join(one.description.split()))
    return found


def calls(construct: type) -> st.SearchStrategy[Call]:
    """Draw arguments of a construct: those that it needs, and some of the others."""
    # jsii's metaclass hides a construct's own signature behind its own call.
    taken = parameters(inspect.getattr_static(construct, "__init__"))
    said = meanings(construct)
    drawn = {
        name: _made(RESOURCES[construct, name]) if (construct, name) in RESOURCES else values(hint, said[name])
        for name, (hint, _) in taken.items()
    }
    # What is required unless something else is given has a default, and is always given here.
    given = {name for name, (_, needed) in taken.items() if needed or "Required unless" in said[name]}
    return st.builds(
        Call,
        _some(
            {name: one for name, one in drawn.items() if name in given},
            {name: one for name, one in drawn.items() if name not in given},
        ),
        # Some belong in the one Region that has what they watch or use.
        st.sampled_from([None, "us-east-1" if "us-east-1" in said.get("scope", "") else "eu-west-1"]),
    )


def _made(kinds: Mapping[str, Callable[[Construct], Any]]) -> st.SearchStrategy[Given]:
    return st.sampled_from([Given(f"<{name}>", make) for name, make in kinds.items()])


def _some(
    needed: Mapping[str, st.SearchStrategy[Given]], optional: Mapping[str, st.SearchStrategy[Given]]
) -> st.SearchStrategy[dict[str, Given]]:
    # A few at a time: of many at once nearly every call would be refused for one of them.
    chosen = st.sets(st.sampled_from(sorted(optional)), max_size=5) if optional else st.just(set[str]())
    return chosen.flatmap(
        lambda names: st.fixed_dictionaries({**needed, **{name: optional[name] for name in sorted(names)}})
    )


def values(hint: Any, meaning: str) -> st.SearchStrategy[Given]:
    """Draw values of a type within its bounds, for an argument of which the docstring says `meaning`."""
    if typing.get_origin(hint) is Annotated:
        return _bounded(hint, meaning)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values(one, meaning) for one in arguments if one is not type(None)])
    if origin is Literal:
        return st.sampled_from(arguments).map(plain)
    if hint in RESOURCES:
        return _made(RESOURCES[hint])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        keys = st.sampled_from(words(meaning)) | st.sampled_from(_ODD_TEXTS)
        if matches := declared(arguments[0])[1].matches:
            right = st.dictionaries(
                st.from_type(cast(Any, Annotated[str, *matches])), values(arguments[1], meaning), min_size=1, max_size=2
            )
            odd = st.dictionaries(keys, values(arguments[1], meaning), max_size=3)
            return _mostly(right.map(_mapping), odd.map(_mapping))
        return st.dictionaries(keys, values(arguments[1], meaning), max_size=3).map(_mapping)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _mostly(
            st.lists(values(arguments[0], meaning), min_size=1, max_size=2, unique_by=repr).map(_sequence),
            st.lists(values(arguments[0], meaning), max_size=10).map(_sequence),
        )
    if is_dataclass(hint):
        return _dataclass(typing.cast(type, hint))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return st.sampled_from(list(hint)).map(plain)
    if hint in _PLAIN:
        return _PLAIN[hint](meaning)
    if constants := _constants(hint):
        return st.sampled_from(constants).map(
            lambda name: Given(f"{hint.__name__}.{name}", lambda _: getattr(hint, name))
        )
    raise NotImplementedError(f"say in tests/fuzz/resources.py how {hint} is made")


def _bounded(hint: Any, meaning: str) -> st.SearchStrategy[Given]:
    kind, found = declared(hint)
    if kind in (int, float) and (found.low is not None or found.high is not None):
        # Hypothesis knows the words of annotated-types.
        known = [one for one in hint.__metadata__ if not isinstance(one, Unit | Known)]
        usual = st.from_type(cast(Any, Annotated[kind, *known])).map(plain)
    elif kind is str and found.matches:
        usual = st.from_type(cast(Any, Annotated[kind, *found.matches])).map(plain)
        if known_words := [one for one in words(meaning) if all(re.fullmatch(m.pattern, one) for m in found.matches)]:
            usual |= st.sampled_from(known_words).map(plain)
    elif kind is Duration and (found.low is not None or found.high is not None):
        usual = _steps(found, 1000, timedelta(milliseconds=1), in_milliseconds)
    elif kind is Size and (found.low is not None or found.high is not None):
        usual = _steps(found, 1, 1, in_bytes)
    else:
        return values(kind, meaning)
    at = edges(hint)
    inside = [usual, st.sampled_from(at.inside)] if at.inside else [usual]
    outside = [st.sampled_from(at.outside)] if at.outside else []
    return _mostly(st.one_of(inside), st.one_of([*outside, values(kind, meaning)]))


def _steps(found: Bounds, least: int, unit: Any, given: Callable[[int], Given]) -> st.SearchStrategy[Given]:
    # In steps that the bounds allow, counted in milliseconds or bytes.
    step = found.step // unit if found.step is not None else least
    low, high = (found.low or unit * 0) // unit, (found.high if found.high is not None else unit * step * 1000) // unit
    return st.integers(-(-low // step), high // step).map(lambda drawn: given(drawn * step))


def _mostly(usual: st.SearchStrategy[Given], odd: st.SearchStrategy[Given]) -> st.SearchStrategy[Given]:
    # One odd value refuses a whole call: were they common, hardly a call would be accepted.
    return st.integers(0, 7).flatmap(lambda drawn: usual if drawn < 7 else odd)


def _mapping(drawn: dict[str, Given]) -> Given:
    return Given(repr(drawn), lambda scope: {key: _within(scope, key, one) for key, one in drawn.items()})


def _sequence(drawn: list[Given]) -> Given:
    return Given(repr(drawn), lambda scope: [_within(scope, str(index), one) for index, one in enumerate(drawn)])


def _within(scope: Construct, name: str, one: Given) -> Any:
    return one.make(Construct(scope, f"Of{name}"))


def _dataclass(hint: type) -> st.SearchStrategy[Given]:
    hints, said = typing.get_type_hints(hint, include_extras=True), meanings(hint)
    needed = {one.name for one in fields(hint) if one.default is MISSING and one.default_factory is MISSING}

    def built(drawn: dict[str, Given]) -> Given:
        text = ", ".join(f"{name}={one!r}" for name, one in drawn.items())
        return Given(
            f"{hint.__name__}({text})",
            lambda scope: hint(**{name: _within(scope, name, one) for name, one in drawn.items()}),
        )

    return _some(
        {name: values(hints[name], said[name]) for name in sorted(needed)},
        {name: values(hints[name], said[name]) for name in sorted(set(hints) - needed)},
    ).map(built)


def fields_within(hint: Any) -> set[str]:
    """Name the fields of the dataclasses that a type is made of."""
    if typing.get_origin(hint) is Annotated:
        hint = hint.__origin__
    if is_dataclass(hint):
        return {one.name for one in fields(hint)}
    return {name for one in typing.get_args(hint) for name in fields_within(one)}


def _constants(hint: Any) -> list[str]:
    # Read by name, not by value: to read a deprecated one warns.
    listed = getattr(hint, "ALL", None)
    if isinstance(listed, list) and listed and hasattr(listed[0], "name"):
        return [name for name in dir(hint) if re.fullmatch(r"(PYTHON_3_1[2-4]|NODEJS_2[24]_X|JAVA_21)", name)]
    return [name for name in dir(hint) if re.fullmatch(r"[A-Z][A-Z0-9_]*", name) and name != "ALL"]


def _numbers(meaning: str) -> list[float]:
    said = {float(match.replace(",", "")) for match in _NUMBER.findall(meaning)}
    if "million" in meaning:
        said |= {number * 1_000_000 for number in said}
    return sorted(said)


def _int(meaning: str) -> st.SearchStrategy[Given]:
    edges = sorted({int(number) + step for number in _numbers(meaning) for step in (-1, 0, 1)} | {1, 2, 3})
    usual = st.sampled_from(edges) | st.integers(min_value=min(edges), max_value=max(edges))
    return _mostly(
        usual.map(plain),
        st.sampled_from([-1, 0, 2**31, 2**53 + 1, 10**30]).map(plain) | st.just(_NUMBER_PARAMETER),
    )


def _float(meaning: str) -> st.SearchStrategy[Given]:
    edges = sorted({number + step for number in _numbers(meaning) for step in (-1, 0, 0.5, 1)} | {1.0})
    odd = st.sampled_from([float("nan"), float("inf"), 1e300, 0.1, 0.0, -1.0])
    return _mostly(st.sampled_from(edges).map(plain), odd.map(plain) | st.just(_NUMBER_PARAMETER))


_ODD_TEXTS = ["a" * 3000, "${Nothing}", "a\nb", "*", "é", " ", "", "two words"]
_odd_text = st.one_of(st.text(max_size=20), st.sampled_from(_ODD_TEXTS)).map(
    lambda drawn: Given(repr(drawn) if len(drawn) < 100 else f"{drawn[0]!r} * {len(drawn)}", lambda _: drawn)
)


def _str(meaning: str) -> st.SearchStrategy[Given]:
    parameter = Given("<text parameter>", lambda scope: CfnParameter(scope, "Text").value_as_string)
    return _mostly(st.sampled_from(words(meaning)).map(plain), _odd_text | st.just(parameter))


def _number_parameter(scope: Construct) -> float:
    return CfnParameter(scope, "Number", type="Number").value_as_number


_NUMBER_PARAMETER = Given("<number parameter>", _number_parameter)


def _duration(meaning: str) -> st.SearchStrategy[Given]:
    said = {
        int(_MAKE_DURATION[unit](_WORDS_FOR_NUMBERS.get(number) or int(number)).to_milliseconds())
        for number, unit in _TIME.findall(meaning)
    }
    edges = sorted({edge + step for edge in said for step in (-1000, -1, 0, 1, 1000) if edge + step >= 0})
    usual = [0, 1, 1500, 1000, 30_000, 60_000, 90_000, 300_000, 3_600_000, 86_400_000, 14 * 86_400_000]
    seconds = st.integers(min_value=0, max_value=max([*edges, *usual]) // 1000)
    return _mostly(
        st.one_of(st.sampled_from(edges or usual), st.sampled_from(usual), seconds.map(lambda drawn: drawn * 1000)).map(
            in_milliseconds
        ),
        st.just(Given("<seconds parameter>", lambda scope: Duration.seconds(_number_parameter(scope)))),
    )


def _size(meaning: str) -> st.SearchStrategy[Given]:
    said = {
        int(_MAKE_SIZE[unit](int(number.replace(",", ""))).to_bytes()) for number, unit in _SIZE.findall(meaning)
    } | {128 * 2**20, 10_240 * 2**20}
    edges = sorted({edge + step for edge in said for step in (-(2**20), -1, 0, 1, 2**20) if edge + step >= 0})
    mebibytes = st.integers(min_value=0, max_value=max(edges) // 2**20)
    return _mostly(
        st.one_of(st.sampled_from(edges), mebibytes.map(lambda drawn: drawn * 2**20)).map(in_bytes),
        st.just(Given("<mebibytes parameter>", lambda scope: Size.mebibytes(_number_parameter(scope)))),
    )


def _schedule(meaning: str) -> st.SearchStrategy[Given]:
    del meaning
    expressions = st.sampled_from(
        [
            "rate(1 minute)", "rate(5 minutes)", "rate(1 day)", "rate(400 days)", "rate(99999999999 days)",
            "rate(0 hours)", "cron(0 2 * * ? *)", "cron(0/15 * ? * MON-FRI *)", "cron(0 9 L * ? *)",
            "cron(0 9 ? * 2#1 *)", "cron(* * * * ? 2030)", "cron(0 2 30 FEB ? *)", "at(2030-01-01T00:00:00)",
            "at(0001-01-01T00:00:00)", "rate", "",
        ]
    )  # fmt: skip
    zones = st.sampled_from([None, None, "Etc/UTC", "Europe/Berlin", "Mars/Olympus"])
    return st.builds(
        lambda expression, zone: Given(
            f"{expression!r} in {zone}",
            lambda _: ScheduleExpression.expression(expression, TimeZone.of(zone) if zone else None),
        ),
        expressions | st.text(max_size=12),
        zones,
    )


def _anything(meaning: str) -> st.SearchStrategy[Given]:
    leaves = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.just(float("nan"))
    json = st.recursive(leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner))
    return st.one_of(json.map(plain), st.sampled_from(words(meaning)).map(plain), st.just(plain({1, 2})))


_PLAIN: dict[Any, Callable[[str], st.SearchStrategy[Given]]] = {
    bool: lambda _: st.booleans().map(plain),
    int: _int,
    float: _float,
    str: _str,
    Any: _anything,
    Duration: _duration,
    Size: _size,
    ScheduleExpression: _schedule,
}
