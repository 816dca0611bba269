"""Options as text, typed from a construct's own arguments."""

import difflib
import enum
import inspect
import json
import math
import re
import types
import typing
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal

from aws_cdk import Duration, Size, TimeZone
from aws_cdk.aws_scheduler import ScheduleExpression
from constructs import Construct

from patternkit.catalog.errors import CatalogError, unknown

# Nine digits: a millennium of seconds, and nothing that a JavaScript number could not hold.
_DURATION = re.compile(r"(\d{1,9}) ?(ms|s|m|min|h|d)")
_SIZE = re.compile(r"(\d{1,9}) ?(KiB|MiB|GiB|TiB)", re.IGNORECASE)
_SCHEDULE = re.compile(r"(\w+\([^)]*\))(?: +(\S+))?")


def typed(construct: type, options: Mapping[str, Any]) -> dict[str, Any]:
    """Turn options into a construct's arguments.

    Args:
        construct: The construct's class.
        options: Option names and their values, as text or as JSON values.

    Returns:
        The arguments.

    Raises:
        CatalogError: If there is no such option, or its value is not of the argument's type.
    """
    # jsii's metaclass hides a construct's own signature behind its own call.
    constructor = inspect.getattr_static(construct, "__init__")
    signature, hints = inspect.signature(constructor), typing.get_type_hints(constructor)
    arguments = {name for name, given in signature.parameters.items() if given.kind is given.KEYWORD_ONLY}
    result = {}
    for name, value in options.items():
        if name not in arguments:
            raise unknown("option", name, arguments)
        try:
            result[name] = _typed(hints[name], value)
        except _WrongValueError as error:
            raise CatalogError(f"option {name} must be {error}, got {_shown(value)}") from None
    return result


class _WrongValueError(Exception):
    """What the value must be."""


def _shown(value: Any) -> str:
    text = str(value)
    return text if text and text.isprintable() else ascii(text)


def _typed(hint: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union([argument for argument in arguments if argument is not type(None)], value)
    if origin is Literal:
        return _choice({str(argument): argument for argument in arguments}, value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(arguments[1], value)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _sequence(arguments[0], value)
    if hint in _PLAIN:
        return _PLAIN[hint](value)
    if is_dataclass(hint):
        return _dataclass(typing.cast(type, hint), value)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _choice({member.name: member for member in hint}, value)
    if isinstance(hint, type) and not getattr(hint, "_is_protocol", False) and not issubclass(hint, Construct):
        return _constant(hint, value)
    raise _WrongValueError("passed in Python: it is a resource")


def _union(hints: list[Any], value: Any) -> Any:
    errors = []
    for hint in hints:
        try:
            return _typed(hint, value)
        except _WrongValueError as error:
            errors.append(str(error))
    raise _WrongValueError(" or ".join(errors))


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    choice = {"true": True, "false": False}.get(str(value).lower())
    if choice is None:
        raise _WrongValueError("true or false")
    return choice


def _int(value: Any) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise _WrongValueError("a whole number") from None


def _float(value: Any) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _WrongValueError("a number")
    return number


def _str(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _duration(value: Any) -> Duration:
    match = _DURATION.fullmatch(str(value))
    if not match:
        raise _WrongValueError("a duration, as 90s, 5m, 2h or 1d")
    make = {
        "ms": Duration.millis,
        "s": Duration.seconds,
        "m": Duration.minutes,
        "min": Duration.minutes,
        "h": Duration.hours,
        "d": Duration.days,
    }[match[2]]
    return make(int(match[1]))


def _size(value: Any) -> Size:
    match = _SIZE.fullmatch(str(value))
    if not match:
        raise _WrongValueError("a size, as 512MiB or 1GiB")
    make = {"kib": Size.kibibytes, "mib": Size.mebibytes, "gib": Size.gibibytes, "tib": Size.tebibytes}
    return make[match[2].lower()](int(match[1]))


def _schedule(value: Any) -> ScheduleExpression:
    match = _SCHEDULE.fullmatch(str(value))
    if not match:
        raise _WrongValueError("a schedule, as 'rate(5 minutes)' or 'cron(0 2 * * ? *) Europe/Berlin'")
    zones = zoneinfo.available_timezones()
    # A machine may have no database of time zones: then the service is the first to know.
    if match[2] and zones and match[2] not in zones:
        near = difflib.get_close_matches(match[2], sorted(zones), n=1)
        raise _WrongValueError(f"in a time zone of the IANA database{f': did you mean {near[0]}?' if near else ''}")
    return ScheduleExpression.expression(match[1], TimeZone.of(match[2]) if match[2] else None)


def _choice(members: Mapping[str, Any], value: Any) -> Any:
    # arm64, ARM64 and ARM_64 are one.
    by_letters = {_letters(name): member for name, member in members.items()}
    if _letters(str(value)) not in by_letters:
        raise _WrongValueError(f"one of {', '.join(members)}")
    return by_letters[_letters(str(value))]


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _constant(hint: type, value: Any) -> Any:
    # jsii puts a class's constants on its metaclass's properties. To read one asks Node, and a deprecated one warns: so
    # only what was chosen is read. `ALL` is a list of the others.
    names = [name for name in dir(hint) if re.fullmatch(r"[A-Z][A-Z0-9_]*", name) and name != "ALL"]
    if not names:
        raise _WrongValueError("passed in Python: it is a resource")
    return getattr(hint, _choice({name: name for name in names}, value))


def _json(value: Any, kind: type, name: str) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):  # not JSON; nested beyond sense
            raise _WrongValueError(name) from None
    if not isinstance(value, kind):
        raise _WrongValueError(name)
    return value


def _mapping(hint: Any, value: Any) -> dict[str, Any]:
    name = 'a JSON object, as {"name": "value"}'
    result = {}
    for key, one in _json(value, dict, name).items():
        try:
            result[key] = _typed(hint, one)
        except _WrongValueError as error:
            raise _WrongValueError(f"{name}, {_shown(key)} being {error}") from None
    return result


def _sequence(hint: Any, value: Any) -> list[Any]:
    if isinstance(value, str):
        value = (
            _json(value, list, "a JSON list")
            if value.lstrip().startswith("[")
            else [part.strip() for part in value.split(",") if part.strip()]
        )
    if not isinstance(value, list):
        value = [value]
    try:
        return [_typed(hint, one) for one in value]
    except _WrongValueError as error:
        raise _WrongValueError(f"a list, as a,b,c, each {error}") from None


def _dataclass(hint: type, value: Any) -> Any:
    names = {field.name for field in fields(hint)}
    form = f"a JSON object of {', '.join(sorted(names))}"
    given = _json(value, dict, form)
    if strange := set(given) - names:
        raise _WrongValueError(f"{form}, without {', '.join(_shown(name) for name in sorted(strange))}")
    if missing := {field.name for field in fields(hint) if _is_required(field)} - set(given):
        raise _WrongValueError(f"{form}, with {', '.join(sorted(missing))}")
    hints = typing.get_type_hints(hint)
    arguments = {}
    for name, one in given.items():
        try:
            arguments[name] = _typed(hints[name], one)
        except _WrongValueError as error:
            raise _WrongValueError(f"a JSON object with {name} {error}") from None
    try:
        return hint(**arguments)
    except ValueError as error:
        raise _WrongValueError(f"a JSON object that can be: {error}") from None


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


_PLAIN: dict[Any, Callable[[Any], Any]] = {
    bool: _bool,
    int: _int,
    float: _float,
    str: _str,
    Any: lambda value: value,
    Duration: _duration,
    Size: _size,
    ScheduleExpression: _schedule,
}
