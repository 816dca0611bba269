"""Checks a call by what the constructor's own signature declares, before jsii sees a value.

`@checked` on a constructor refuses, in one line and in the argument's own name, a value of another type, and one that
is outside the bounds that stand beside the type (`patterns.building_blocks.bounds`). Unresolved tokens pass, except
where a value must be `Known`. So are ids and resources with which the construct has no place in its app
(`patterns.building_blocks.construct_tree`), values that do not go with its scope (`PassesIn`), and subnets of another
VPC than `vpc`. What else two arguments say together is the constructor's to check.
"""

import functools
import inspect
import math
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

from aws_cdk import Duration, Size, Token
from aws_cdk import aws_ec2 as ec2
from constructs import Construct
from jsii._reference_map import InterfaceDynamicProxy
from typing_extensions import get_protocol_members

from patterns.building_blocks.arguments import check_keys, check_known, is_number_token, shown
from patterns.building_blocks.bounds import (
    Bounds,
    Bytes,
    Known,
    PassesIn,
    bounds,
    counted,
    human_size,
    length,
    shown_bound,
    unit_of,
    whole,
    within,
)
from patterns.building_blocks.construct_tree import check_id, check_stages, path_of
from patterns.building_blocks.vpc_of_subnets import check_subnets_given

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
_within = ContextVar("_within", default=False)


def checked(constructor: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """Check every call of a constructor, a method or a function by its signature.

    Args:
        constructor: The constructor, every argument annotated.

    Returns:
        The constructor, which raises `ValueError` for what its signature does not allow.
    """
    parameters = inspect.signature(constructor).parameters
    names = list(parameters)
    several = next((name for name, one in parameters.items() if one.kind is one.VAR_POSITIONAL), None)

    @functools.wraps(constructor)
    def call(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
        if _within.get():
            return make(*args, **kwargs)
        try:
            return make(*args, **kwargs)
        except ValueError as error:
            if (line := _one_line(str(error))) != str(error):
                raise ValueError(line) from error
            raise

    def make(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
        given: dict[str, Any] = {**dict(zip(names, args, strict=False)), **kwargs}
        check_arguments(constructor, given)
        if several is not None:
            for one in args[names.index(several) + 1 :]:
                check_arguments(constructor, {several: one})
        scope = given.get("scope")
        # What a construct makes within itself has its place by the construct's own.
        if not isinstance(scope, Construct) or _within.get():
            return constructor(*args, **kwargs)
        check_id(scope, given.get("construct_id", "Default"))
        check_stages(scope, {name: value for name, value in given.items() if name not in (names[0], "scope")})
        _check_in(scope, constructor, given)
        check_subnets_given(given)
        outermost = _within.set(True)
        try:
            return constructor(*args, **kwargs)
        finally:
            _within.reset(outermost)

    call.__checked__ = True  # type: ignore[attr-defined]
    return call


_LONGEST_MESSAGE = 1000
# What jsii writes for a list that only a deployment knows, in the one place that the list has here.
_PART_OF_A_LIST = "#{Token["


def _one_line(message: str) -> str:
    """What a terminal can show on one line, whatever was given: of what is too long, the beginning."""
    line = (
        message if message.isprintable() else "".join(one if one.isprintable() else ascii(one)[1:-1] for one in message)
    )
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[: _LONGEST_MESSAGE - 3]}..."


def is_checked(constructor: Callable[..., Any]) -> bool:
    """Whether calls of a constructor are checked by its signature."""
    return hasattr(constructor, "__checked__")


def check_arguments(constructor: Callable[..., Any], given: Mapping[str, Any]) -> None:
    """Refuse arguments that a signature does not allow.

    Args:
        constructor: Whose signature.
        given: Arguments by name; those that are not given are not checked.

    Raises:
        ValueError: If one is of another type or out of its bounds.
    """
    hints = _hints(constructor)
    for name, value in given.items():
        if name in hints:
            check(name, value, hints[name])


def _check_in(scope: Construct, constructor: Callable[..., Any], given: Mapping[str, Any]) -> None:
    """Refuse what a signature does not allow in a scope."""
    for name, hint in _hints(constructor).items():
        if given.get(name) is not None:
            for one in _passes_in(hint):
                one.check(name, scope, given[name])


def _passes_in(hint: Any) -> Iterator[PassesIn]:
    kind, found = declared(hint)
    yield from found.passes_in
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        for one in typing.get_args(kind):
            yield from _passes_in(one)


@functools.cache
def _hints(annotated: typing.Hashable) -> dict[str, Any]:
    return {
        name: hint
        for name, hint in typing.get_type_hints(typing.cast(Any, annotated), include_extras=True).items()
        if name != "return"
    }


def check(argument: str, value: Any, hint: Any) -> None:
    """Refuse a value that an annotation does not allow.

    Args:
        argument: The argument's own name.
        value: What was given.
        hint: The annotation, with its bounds.

    Raises:
        ValueError: If the value is of another type or out of its bounds.
        TypeError: If the annotation is one that cannot be checked.
    """
    kind, found = declared(hint)
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        either = typing.get_args(kind)
        _check_union(
            argument, value, either if kind is hint else [Annotated[one, *hint.__metadata__] for one in either]
        )
    else:
        _check_one(argument, value, kind, found)


def declared(hint: Any) -> tuple[Any, Bounds]:
    """Take an annotation apart.

    Args:
        hint: The annotation.

    Returns:
        The type, and the bounds that stand beside it.
    """
    if typing.get_origin(hint) is not Annotated:
        return hint, Bounds()
    return hint.__origin__, bounds(hint.__metadata__)


class _WrongTypeError(ValueError):
    """A value of another type than `wanted`."""

    def __init__(self, argument: str, wanted: str, value: Any) -> None:
        self.wanted = wanted
        super().__init__(f"{argument} must be {wanted}, got {_shown(value)}")


def _check_union(argument: str, value: Any, hints: Sequence[Any]) -> None:
    wanted = []
    for hint in hints:
        try:
            check(argument, value, hint)
        except _WrongTypeError as error:
            wanted.append(error.wanted)
        else:
            return
    raise _WrongTypeError(argument, " or ".join(dict.fromkeys(one for one in wanted if one != "None")), value)


def _check_one(argument: str, value: Any, hint: Any, found: Bounds) -> None:
    if _is_token(value, hint):
        _check_token(argument, value, hint, found)
        return
    if not _is_of(value, hint):
        raise _WrongTypeError(argument, _named(hint), value)
    if isinstance(value, str):
        _check_text(argument, value)
    if hint is ec2.IVpc and not isinstance(value, ec2.Vpc):
        _check_vpc(argument, value)
    if found != Bounds():
        _check_bounds(argument, value, found)
    _check_parts(argument, value, hint)
    # Of what holds others, once these are of their types: it goes by them.
    for check_of_its_own in found.passes:
        check_of_its_own.check(argument, value)
    if isinstance(value, Sequence) and not isinstance(value, str) and not found.repeats:
        _check_once(argument, value)


def _is_token(value: Any, hint: Any) -> bool:
    origin = typing.get_origin(hint) or hint
    if origin in (Duration, Size):
        return isinstance(value, origin) and value.is_unresolved()
    if origin in (int, float):
        return is_number_token(value)
    if origin is str:
        return isinstance(value, str) and Token.is_unresolved(value)
    if isinstance(value, list) and isinstance(origin, type) and issubclass(list, origin):
        return len(value) == 1 and isinstance(value[0], str) and _takes_text(hint) and Token.is_unresolved(value)
    return False


def _takes_text(hint: Any) -> bool:
    """Whether a list may hold texts, so that a token may stand for all of it: none stands for resources or values."""
    inner = declared(typing.get_args(hint)[0])[0] if typing.get_args(hint) else Any
    either = typing.get_args(inner) if typing.get_origin(inner) in (typing.Union, types.UnionType) else [inner]
    return any(one in (str, Any) for one in either)


def _known_in(hint: Any) -> Known | None:
    """What needs each value of a list to be known, and with them the list: a token may stand for all of it."""
    inner = typing.get_args(hint)
    return declared(inner[0])[1].known if inner and typing.get_origin(hint) is not Literal else None


def _is_of(value: Any, hint: Any) -> bool:
    origin = typing.get_origin(hint) or hint
    if origin is Any:
        return True
    if origin is Literal:
        return any(type(value) is type(one) and value == one for one in typing.get_args(hint))
    if origin is type(None):
        return value is None
    if origin is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if origin is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if not isinstance(origin, type):
        raise TypeError(f"{hint!r} cannot be checked: say in {__name__} how")
    if getattr(origin, "_is_protocol", False):
        return _offers(value, origin)
    if issubclass(origin, Sequence) and origin is not str:
        return isinstance(value, origin) and not isinstance(value, str | bytes)
    return isinstance(value, origin)


def _offers(value: Any, interface: type) -> bool:
    # What comes back from the CDK as several interfaces at once, as an imported key does, answers by delegates. Their
    # types are looked at: to ask the value itself costs a call each.
    return all(any(hasattr(type(one), name) for one in _parts(value)) for name in get_protocol_members(interface))


def _parts(value: Any) -> list[Any]:
    parts: list[Any] = vars(value)["_delegates"] if isinstance(value, InterfaceDynamicProxy) else [value]
    return parts


def _named(hint: Any) -> str:
    origin = typing.get_origin(hint) or hint
    if origin is Literal:
        return f"one of {', '.join(map(str, sorted(typing.get_args(hint))))}"
    if origin in _NAMES:
        return _NAMES[origin]
    if issubclass(origin, Mapping):
        return "a mapping"
    if issubclass(origin, Sequence):
        return "a list"
    return _article(origin.__name__)


_NAMES = {
    bool: "True or False",
    float: "a number",
    int: "a whole number",
    str: "a string",
    type(None): "None",
    Callable: "something to call",
}


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


def _shown(value: Any) -> str:
    if value is not None and not isinstance(value, str | int | float | list | tuple | dict | set | bytes):
        return value.to_human_string() if isinstance(value, Duration) else _article(_kind(value))
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."


def _kind(value: Any) -> str:
    return type(_parts(value)[-1]).__name__.removeprefix("_").removesuffix("Proxy")


def _check_text(argument: str, value: str) -> None:
    if "\0" in value:
        raise ValueError(f"{argument} must be text without a null character, got {_shown(value)}")
    if _PART_OF_A_LIST in value:
        raise ValueError(f"{argument} must be a string, got a part of a list's token: take it by Fn.select")
    try:
        value.encode()
    except UnicodeEncodeError:
        # Half of a pair: no template in UTF-8 can have it.
        raise ValueError(f"{argument} must be text of whole characters, got {_shown(value)}") from None


def _check_vpc(argument: str, vpc: ec2.IVpc) -> None:
    """Refuse subnets that a token for a list stands for: how many they are, and in which zones, is not known."""
    subnets = [*vpc.public_subnets, *vpc.private_subnets, *vpc.isolated_subnets]
    if any(_PART_OF_A_LIST in one.subnet_id for one in subnets):
        raise ValueError(
            f"{argument} must have subnets that are known at synthesis, got a list's token in {path_of(vpc)}: import "
            "it by ec2.Vpc.from_lookup, take each subnet by Fn.select, or leave them out"
        )


def _check_once(argument: str, value: Sequence[Any]) -> None:
    """Refuse what a list names twice: AWS does, or it means nothing."""
    seen: list[Any] = []
    for one in value if len(value) > 1 else ():
        # What repeats with a name of its own is the constructor's to tell apart.
        if is_dataclass(one):
            return
        name = path_of(one) or (one.to_string() if isinstance(one, ec2.InstanceType) else one)
        if name in seen:
            raise ValueError(f"{argument} must differ, got {shown(str(name))} twice")
        seen.append(name)


def _check_bounds(argument: str, value: Any, found: Bounds) -> None:
    if isinstance(value, Duration):
        _check_duration(argument, value, found)
    elif isinstance(value, Size):
        _check_size(argument, value, found)
    elif isinstance(value, int | float):
        _check_number(argument, value, found)
    elif isinstance(value, str | Sequence | Mapping) and not _holds(len(value), found):
        what = "have" if isinstance(value, str) else "hold"
        unit = found.unit or ("characters" if isinstance(value, str) else "")
        raise ValueError(f"{argument} must {what} {counted(length(found), unit)}, got {len(value) or 'none'}")
    for one in found.matches:
        if not re.fullmatch(one.pattern, value, re.ASCII):
            raise ValueError(f"{argument} must be {one.says}, got {_shown(value)}")


def _holds(count: int, found: Bounds) -> bool:
    return count >= found.shortest and (found.longest is None or count <= found.longest)


def _is_within(value: Any, found: Bounds) -> bool:
    above = found.low is None or (value > found.low if found.above else value >= found.low)
    below = found.high is None or (value < found.high if found.below else value <= found.high)
    return bool(above and below)


def _check_number(argument: str, value: float, found: Bounds) -> None:
    if not _is_within(value, found):
        raise ValueError(f"{argument} must be {counted(within(found), unit_of(found))}, got {value}")
    if found.step is not None and value % found.step:
        raise ValueError(f"{argument} must be {whole(found.step)}, got {value}")


def _check_duration(argument: str, value: Duration, found: Bounds) -> None:
    milliseconds = value.to_milliseconds()
    if milliseconds % 1000:
        raise ValueError(f"{argument} must be whole seconds, got {milliseconds:g} ms")
    # Beyond a millennium Python's own durations end before the CDK's.
    given = timedelta(milliseconds=min(milliseconds, 1e15))
    if not _is_within(given, found):
        raise ValueError(f"{argument} must be {within(found)}, got {value.to_human_string()}")
    if found.step is not None and given % found.step:
        raise ValueError(f"{argument} must be whole {whole(found.step)}, got {value.to_human_string()}")


def _check_size(argument: str, value: Size, found: Bounds) -> None:
    given = Bytes(value.to_bytes())
    if found.step is not None and given % found.step:
        raise ValueError(f"{argument} must be whole {whole(found.step)}, got {human_size(given)}")
    if not _is_within(given, found):
        allowed, got = f"{within(found)} {unit_of(found)}".rstrip(), shown_bound(found, given)
        raise ValueError(f"{argument} must be {allowed}, got {got}")


def _check_token(argument: str, value: Any, hint: Any, found: Bounds) -> None:
    if known := found.known or (_known_in(hint) if isinstance(value, list) else None):
        check_known(argument, value, known.needed_for)
    if found == Bounds() or not isinstance(value, Duration | Size):
        return
    unit = whole(found.step) if found.step is not None else ("seconds" if isinstance(value, Duration) else "bytes")
    converters = {
        "days": "to_days", "hours": "to_hours", "minutes": "to_minutes", "seconds": "to_seconds", "bytes": "to_bytes",
        "KiB": "to_kibibytes", "MiB": "to_mebibytes", "GiB": "to_gibibytes",
    }  # fmt: skip
    method = converters[unit]
    # What only a deployment knows cannot be converted from one unit to another; the CDK says so by a RuntimeError.
    try:
        getattr(value, method)()
    except RuntimeError:
        form = f"{type(value).__name__}.{method.removeprefix('to_')}"
        raise ValueError(f"{argument} must be given as {form} where its value is a token") from None


def _check_parts(argument: str, value: Any, hint: Any) -> None:
    inner = typing.get_args(hint) if typing.get_origin(hint) is not Literal else ()
    if is_dataclass(hint):
        hints = _hints(typing.cast(type, hint))
        for one in fields(hint):
            check(f"{argument}: {one.name}", getattr(value, one.name), hints[one.name])
    elif isinstance(value, Mapping) and inner:
        for key, one in value.items():
            check(argument, key, inner[0])
            # Of JSON, which may be made into text, a key may be a token; of no mapping in a template.
            if inner[1] is not Any:
                check_keys(argument, {key: None})
            check(f"{argument}[{shown(str(key))}]", one, inner[1])
    elif isinstance(value, Sequence) and inner:
        for index, one in enumerate(value):
            # What repeats is told by its name.
            which = f"[{getattr(one, 'name', index)}]" if is_dataclass(inner[0]) else ""
            check(f"{argument}{which}", one, inner[0])
