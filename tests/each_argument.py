"""Each argument of each pattern, set away from its default, and where the template shows it. Nothing names a pattern.

Most are set together, each to a value that neither the example's own template nor another argument holds, and are
looked for in what comes out: one synthesis serves many. What is not seen there, because it is made into something else,
is set alone, and the template must change.
"""

import dataclasses
import enum
import importlib
import inspect
import itertools
import json
import re
import types
import typing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal
from unittest import mock

from aws_cdk import Duration, Size
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_scheduler import ScheduleExpression
from constructs import Construct

from patternkit.catalog.discovery import Pattern
from patterns.building_blocks.signature import check, declared
from tests.constructs import app_for_its_template, named_stacks
from tests.edges import Given, edges, in_bytes, in_milliseconds, plain
from tests.four_ways import Same, companion_of, construct_of, has_field, with_field
from tests.fuzz.given import meanings
from tests.fuzz.resources import RESOURCES
from tests.fuzz.words import words

_NUMBERS = (64777, 4711, 977, 613, 337, 211, 97, 61, 37, 23, 19, 17, 13, 11, 7, 5, 3, 2, 1)
_MORE_NUMBERS = (64789, 64793, 4721, 4723, 983, 991, 617, 619, 347, 349, 223, 227, 89, 83, 67, 71, 41, 43, 29, 31)
_MORE_ANIMALS = ("yak", "walrus", "vole", "tapir", "serval", "quoll", "puma", "okapi", "newt", "marten", "lynx", "kudu")
_TEXTS = (
    "zebra-7",
    "Zebra7",
    "zebra7.example.com",
    "https://zebra7.example.com",
    "/zebra/7",
    "zebra.handler",
    "method.request.header.X-Zebra",
    "10.77.0.0/16",
    "198.51.100.77",
    "65123",
    "eu-west-1a",
    "eu-west-1b",
    "euw1-az2",
    "euw1-az3",
    "0 7 * * 1",
)
PLACE = "PlaceOfStack"
"""What the construct id of each example's stack begins with, which is deployed by another name."""
_LONG_PLACE = PLACE.ljust(112, "x")
_MOST_TRIES = 20
_MOST_UNCHANGED = 5
_BESIDE = ("_key", "_topic", "web_acl", "certificate", "hosted_zone", "file_system", "access_logs_bucket")
"""How arguments end whose resources come beside what a pattern makes, and not in the place of it."""
_DEEPEST = 4
"""How many names of a path tell a property: below that are other services' documents."""


@dataclass(frozen=True)
class Setting:
    """An argument, or a field of the values that an argument takes, with values to set it to.

    Attributes:
        argument: The argument.
        field: The field of the first value that the example gives; empty if it is the argument itself.
        values: Values away from the default, the most telling first.
        default: The default.
        is_mode: Whether it names one of a few modes, each of which needs companions of its own.
        base: What the field is set of, where the example does not give the argument.
    """

    argument: str
    field: str
    values: tuple[Given, ...]
    default: Any = dataclasses.field(default=None, compare=False)
    is_mode: bool = dataclasses.field(default=False, compare=False)
    base: Given | None = dataclasses.field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The name in messages and in `arguments.toml`."""
        return f"{self.argument}.{self.field}" if self.field else self.argument


@dataclass(frozen=True)
class Tried:
    """What came of setting a pattern's arguments.

    Attributes:
        unseen: What came of each argument that no template shows, by name.
        shown: Where the template shows each of the others: types of resources with the paths of their properties, and
            what is there more (`+`) and less (`-`), by name.
        templates: The templates that were made of the example's own stacks, as JSON, by what was set, as `name=value`.
    """

    unseen: Mapping[str, str]
    shown: Mapping[str, Sequence[str]]
    templates: Mapping[tuple[str, ...], Mapping[str, str]]


_Made = dict[tuple[str, ...], dict[str, str]]
_recorded: ContextVar[_Made | None] = ContextVar("_recorded", default=None)


@cache
def tried(pattern: Pattern) -> Tried:
    """Set each argument of a pattern, and find those that the template does not show."""
    made: _Made = {}
    before = _recorded.set(made)
    try:
        given: dict[str, Any] = {}
        base = template_with(pattern, {}, given)
        settings = list(settings_of(pattern, _words_of(base), given))
        shown = _shown_together(pattern, settings, base)
        unseen = {}
        for setting in settings:
            if setting.name not in shown:
                said = _alone(pattern, setting, settings, base)
                if isinstance(said, str):
                    unseen[setting.name] = said
                else:
                    shown[setting.name] = said
    finally:
        _recorded.reset(before)
    templates = {what: {name: each[name] for name in base if name in each} for what, each in made.items()}
    return Tried(unseen, shown, templates)


def _shown_together(pattern: Pattern, settings: Sequence[Setting], base: Any) -> dict[str, list[str]]:
    """Set as many arguments as go together, and find where their values are in the template.

    First what adds to what the pattern makes; then, by itself, what comes in its place.
    """
    instead = [one for one in settings if _comes_instead(one)]
    others = [one for one in settings if one not in instead]
    return _shown_of(pattern, others, base) | _shown_of(pattern, instead, base)


def _comes_instead(setting: Setting) -> bool:
    is_resource = bool(setting.values) and setting.values[0].text.startswith("<")
    return is_resource and not setting.name.endswith(_BESIDE)


def _shown_of(pattern: Pattern, settings: Sequence[Setting], base: Any) -> dict[str, list[str]]:
    chosen = _with_words_of_their_own(settings, _words_of(base))
    while chosen:
        try:
            template = template_with(pattern, {one: value for one, value, _ in chosen.values()})
        except ValueError as error:
            for name in _named(str(error), chosen) or list(chosen):
                del chosen[name]
        else:
            found = {name: _places(value, one, own, template) for name, (one, value, own) in chosen.items()}
            return {name: places for name, places in found.items() if places}
    return {}


def _with_words_of_their_own(settings: Iterable[Setting], held: set[str]) -> dict[str, tuple[Setting, Given, set[str]]]:
    """Choose a value of each argument that no other's value can be taken for."""
    chosen: dict[str, tuple[Setting, Given, set[str]]] = {}
    taken = set(held)
    for setting in settings:
        for value in (
            setting.values[:1] if setting.values and setting.values[0].text.startswith("<") else setting.values
        ):
            own = _written(value) - taken
            if value.text.startswith("<") or (_is_telling(value) and any(len(one) > 1 for one in own)):
                chosen[setting.name] = setting, value, {one for one in own if len(one) > 1}
                taken |= _written(value)
                break
    # What a later one has too says nothing of an earlier one.
    return {
        name: (
            one,
            value,
            own - {word for other, (_, each, _) in chosen.items() if other != name for word in _written(each)},
        )
        for name, (one, value, own) in chosen.items()
    }


def _named(said: str, names: Iterable[str]) -> list[str]:
    """Find the arguments that a refusal is about."""
    for word in re.findall(r"\w+", said):
        if found := [name for name in names if word == name.rpartition(".")[2]]:
            return found
    return []


def _is_telling(value: Given) -> bool:
    return value.text.startswith("<") or bool(re.search(rf"\d{{2}}|[Zz]ebra|{'|'.join(_MORE_ANIMALS)}", value.text))


def _places(value: Given, setting: Setting, own: set[str], template: Any) -> list[str]:
    """Find where a value is in a template: a resource that was passed in by its name, all else by its own words."""
    if value.text.startswith("<"):
        passed = re.compile(rf"{_given_id(setting)}(?![a-z])")
        return _where(template, lambda leaf: passed.search(str(leaf)) is not None)
    return _where(template, lambda leaf: bool(_words_of(leaf) & own))


def _where(template: Any, found: Callable[[Any], bool]) -> list[str]:
    places = [
        place
        for stack in template.values()
        for section, content in stack.items()
        if isinstance(content, dict)
        for one in content.values()
        for place in {place for place, leaf in _leaves(one, [] if section == "Resources" else [section]) if found(leaf)}
    ]
    return _counted(places)


def _counted(places: Iterable[str]) -> list[str]:
    """Say of how many resources each place is, where it is of several."""
    return sorted(f"{place} ({count})" if count > 1 else place for place, count in Counter(places).items())


def _leaves(value: Any, path: list[str]) -> Iterator[tuple[str, Any]]:
    """Walk through a resource's properties, with their names; what is in a list has its list's."""
    if isinstance(value, dict) and not path and "Type" in value:
        yield from _leaves(value.get("Properties", {}), [value["Type"]])
        yield from (
            leaf
            for key in value.keys() - {"Type", "Properties", "Metadata"}
            for leaf in _leaves(value[key], [value["Type"], key])
        )
    elif isinstance(value, dict) and not any(key == "Ref" or key.startswith("Fn::") for key in value):
        for key, one in value.items():
            yield from _leaves(one, [*path, key])
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, path)
    else:
        yield ".".join(path[:_DEEPEST]), value


def _changes(template: Any, other: Any, base: Any) -> list[str]:
    """Find where two templates differ, in the example's own stacks: those that are passed from do not count."""
    found: list[str] = []
    for name in base:
        one, two = (each.get(name, {}) for each in (template, other))
        for section in one.keys() | two.keys():
            here, there = (each.get(section, {}) for each in (one, two))
            if not isinstance(here, dict) or not isinstance(there, dict):
                found += [section] if here != there else []
                continue
            for logical_id in here.keys() | there.keys():
                found += _changed(here.get(logical_id), there.get(logical_id), section)
    return _counted(found)


def _changed(here: Any, there: Any, section: str) -> set[str]:
    if here == there:
        return set()
    if here is None or there is None:
        one = here if there is None else there
        return {("+" if there is None else "-") + (_named_whole(one) if section == "Resources" else section)}
    path = [] if section == "Resources" else [section]
    ones, others = (
        {place: [value for other, value in leaves if other == place] for place, _ in leaves}
        for leaves in (list(_leaves(here, path)), list(_leaves(there, path)))
    )
    return {place for place in ones.keys() | others.keys() if ones.get(place) != others.get(place)} or {
        here.get("Type", section)
    }


def _written(value: Given) -> set[str]:
    """The words of a value, as a template may have them."""
    wanted = _words_of(value.text) - {"Duration", "millis", "Size", "bytes"}
    for number in re.findall(r"(?:millis|bytes)\((\d+)\)", value.text):
        for unit in (1, 1000, 60_000, 3_600_000, 86_400_000, 1024, 1024**2, 1024**3):
            wanted |= {str(int(number) // unit)} if int(number) % unit == 0 else set()
    return wanted


def _alone(pattern: Pattern, setting: Setting, settings: Sequence[Setting], base: Any) -> str | list[str]:
    """Set one argument, beside what it needs: where the template changes, or else what came of it.

    Where what it needs cannot be given without it, its own values are compared with one another.
    """
    said = "no value is known that its bounds allow: say one in tests/each_argument.py or tests/fuzz/words.py"
    unchanged = 0
    without: dict[tuple[tuple[str, str], ...], Any] = {}
    for value in setting.values[:_MOST_TRIES]:
        beside: dict[Setting, Given] = {}
        left = _others(setting, settings)
        for _ in range(6):
            try:
                template = template_with(pattern, {**beside, setting: value})
            except ValueError as error:
                said = str(error)
                other = _needed(setting, left, said)
                if other is None:
                    break
                beside[other] = left[other].pop(0)
            else:
                key = tuple((one.name, other.text) for one, other in beside.items())
                if key not in without:
                    without[key] = _without(pattern, beside, base)
                if without[key] is None:
                    without[key] = template
                    own = _written(value) - _words_of([base, *(other.text for other in beside.values())])
                    if setting.is_mode:
                        return _changes(template, base, base)
                    if places := _places(value, setting, own, template):
                        return places
                if changes := _changes(template, without[key], base):
                    return changes
                said = f"the template does not change with {value!r}"
                unchanged += 1
                break
        if unchanged == _MOST_UNCHANGED:
            break
    return said


def modes(pattern: Pattern) -> Iterator[Mapping[Setting, Given]]:
    """Find the ways in which an argument names what a pattern does, each with the other arguments that it needs.

    Yields:
        An argument with one of the values that its type lists, and what goes with it.
    """
    given: dict[str, Any] = {}
    base = template_with(pattern, {}, given)
    settings = list(settings_of(pattern, _words_of(base), given))
    for setting in settings:
        values = [one for one in setting.values if one.text not in ("True", "False")]
        # Of lists of modes, and of sizes, one is enough.
        values = values[:1] if values and re.match(r"\[|'?\d", values[0].text) else values
        for value in values if setting.is_mode and not setting.field else ():
            if found := _with_what_it_needs(pattern, setting, value, settings):
                yield found


def _with_what_it_needs(
    pattern: Pattern, setting: Setting, value: Given, settings: Sequence[Setting]
) -> Mapping[Setting, Given] | None:
    """A value of an argument beside what refusals ask for; None if that is not found out."""
    beside: dict[Setting, Given] = {}
    left = _others(setting, settings)
    for _ in range(6):
        try:
            template_with(pattern, {**beside, setting: value})
        except ValueError as error:
            other = _needed(setting, left, str(error))
            if other is None or other.field:
                return None
            beside[other] = left[other].pop(0)
        else:
            return {**beside, setting: value}
    return None


def _named_whole(resource: Mapping[str, Any]) -> str:
    """Name a resource by its type; an alarm by what it watches, too, for no table has those that an argument makes."""
    kind, of = resource["Type"], resource.get("Properties", {})
    if kind != "AWS::CloudWatch::Alarm":
        return str(kind)
    metric = f"{of.get('Namespace')} {of.get('MetricName')}: {of.get('Statistic', of.get('ExtendedStatistic'))}"
    times = (
        f"{of.get('DatapointsToAlarm', of['EvaluationPeriods'])} of {of['EvaluationPeriods']} x {of.get('Period')} s"
    )
    line = f"{of['ComparisonOperator']} {of.get('Threshold')} in {times}"
    if "Metrics" in of:
        metric = "; ".join(one.get("Expression") or one["MetricStat"]["Metric"]["MetricName"] for one in of["Metrics"])
    return f"{kind} of {metric} {line}, missing data is {of.get('TreatMissingData', 'missing')}"


def _others(setting: Setting, settings: Sequence[Setting]) -> dict[Setting, list[Given]]:
    """Find what a refusal may ask for: a value of another argument, or its default in place of the example's."""
    return {
        one: list(one.values[:5]) if one.default is inspect.Parameter.empty else [*one.values[:1], plain(one.default)]
        for one in settings
        if one != setting and (not one.field or one.argument == setting.argument)
    }


def _needed(setting: Setting, left: Mapping[Setting, list[Given]], said: str) -> Setting | None:
    """Read out of a refusal which other argument this one needs, and to what it is set next."""
    others = {one.field or one.argument: one for one, values in left.items() if values}
    wanted = companion_of(setting.field or setting.argument, said)
    if wanted and wanted[0] in others:
        other = others[wanted[0]]
        if not isinstance(wanted[1], Same) and len(left[other]) > 1:
            left[other][0] = plain(wanted[1])
        return other
    for name, value in re.findall(r"(\w+)='(\w+)'", said):
        if name in others and len(left[others[name]]) > 1:
            left[others[name]][0] = plain(value)
            return others[name]
    words_said = re.findall(r"\w+", said)
    return next((others[one] for word in words_said for one in (word, word.lower()) if one in others), None)


def _without(pattern: Pattern, beside: Mapping[Setting, Given], base: Any) -> Any:
    """The template with what an argument needs and without the argument; None if that is refused."""
    try:
        return template_with(pattern, beside) if beside else base
    except ValueError:
        return None


def template_with(pattern: Pattern, given: Mapping[Setting, Given], said: dict[str, Any] | None = None) -> Any:
    """Synthesize a pattern's example with arguments, and note those of the example.

    Returns:
        The templates of its stacks, without the resources that were passed in.

    Raises:
        ValueError: If the pattern refuses them.
    """
    app = app_for_its_template()
    construct = construct_of(pattern)

    def made(scope: Construct, construct_id: str, **options: Any) -> Any:
        if said is not None:
            said.update(options)
        set_here: set[str] = set()
        for setting, value in given.items():
            resource = value.make(Construct(scope, _given_id(setting)))
            if setting.field:
                if setting.base and setting.argument not in set_here:
                    options[setting.argument] = setting.base.make(Construct(scope, f"Given{setting.argument}"))
                if not has_field(options[setting.argument], setting.field):
                    raise ValueError(f"{setting.argument} holds nothing that has {setting.field}")
                resource = with_field(options[setting.argument], setting.field, resource)
            options[setting.argument] = resource
            set_here.add(setting.argument)
        return construct(scope, construct_id, **options)

    example = importlib.import_module(f"{pattern.module}.example")
    with mock.patch.object(example, pattern.construct, made), named_stacks():
        getattr(example, pattern.stack)(app, _LONG_PLACE)
    made_here = {one.stack_name: _own(one.template) for one in app.synth().stacks}
    if (recorded := _recorded.get()) is not None:
        set_to = tuple(f"{setting.name}={value.text}" for setting, value in given.items())
        recorded[set_to] = {name: json.dumps(template) for name, template in made_here.items()}
    return made_here


def _own(template: Mapping[str, Any]) -> dict[str, Any]:
    return {
        section: {name: one for name, one in content.items() if not name.startswith("Given")}
        if isinstance(content, dict)
        else content
        for section, content in template.items()
    }


def _given_id(setting: Setting) -> str:
    return "Given" + re.sub("[^A-Za-z0-9]", "", setting.name)


def _words_of(value: Any) -> set[str]:
    """Find the words and numbers in a template, not in its names."""
    if isinstance(value, dict):
        return {word for one in value.values() for word in _words_of(one)}
    if isinstance(value, list):
        return {word for one in value for word in _words_of(one)}
    return set(re.findall(r"[A-Za-z0-9]+", f"{value:g}" if isinstance(value, float) else str(value)))


def settings_of(pattern: Pattern, held: set[str], given: Mapping[str, Any]) -> Iterator[Setting]:
    """Find the arguments of a pattern, with values that the template does not hold."""
    construct = construct_of(pattern)
    init = inspect.getattr_static(construct, "__init__")
    hints, taken, said = typing.get_type_hints(init, include_extras=True), inspect.signature(init), meanings(construct)
    for name, parameter in taken.parameters.items():
        if parameter.kind is not parameter.KEYWORD_ONLY:
            continue
        kinds = _dataclasses(hints[name])
        # Of several the example gives one, whose fields the others do not have: they are set whole.
        kind = kinds.pop() if len(kinds) == 1 else None
        held_by_example = kind is not None and has_field(given.get(name), dataclasses.fields(kind)[0].name)
        base = None
        if kind is None or parameter.default is not parameter.empty:
            values = _values(name, hints[name], said[name], parameter.default, held)
            whole = Setting(name, "", values, parameter.default, is_mode=_names_a_mode(hints[name]))
            yield whole
            base = _accepted(pattern, whole, kind) if kind and not held_by_example else None
        if kind and (base or held_by_example):
            yield from _fields(name, kind, held, base)


def _dataclasses(hint: Any) -> set[type]:
    return {one for one in _kinds(hint) if dataclasses.is_dataclass(one) and isinstance(one, type)}


def _accepted(pattern: Pattern, setting: Setting, kind: type) -> Given | None:
    """The first value of that kind that the pattern takes by itself."""
    for value in [one for one in setting.values if f"<{kind.__name__}>" in one.text][:_MOST_TRIES]:
        try:
            template_with(pattern, {setting: value})
        except ValueError:
            continue
        return value
    return None


def _fields(argument: str, kind: type, held: set[str], base: Given | None = None) -> Iterator[Setting]:
    hints, said = typing.get_type_hints(kind, include_extras=True), meanings(kind)
    for one in dataclasses.fields(kind):
        default = one.default if one.default is not dataclasses.MISSING else None
        values = _values(one.name, hints[one.name], said[one.name], default, held)
        yield Setting(argument, one.name, values, default, _names_a_mode(hints[one.name]), base)


def _values(name: str, hint: Any, meaning: str, default: Any, held: set[str]) -> tuple[Given, ...]:
    """Values that the bounds allow, those first that the example's template does not hold."""
    candidates = [one for one in _candidates(hint, meaning) if one.text != repr(default)]
    return tuple(sorted(_allowed(name, hint, candidates), key=lambda one: _is_held(one, held)))


def _is_held(value: Given, held: set[str]) -> bool:
    return not set(re.findall(r"[A-Za-z0-9]+", value.text)) - held


def _allowed(name: str, hint: Any, candidates: Sequence[Given]) -> list[Given]:
    found = []
    for one in candidates:
        if not one.text.startswith("<"):
            try:
                check(name, one.make(typing.cast(Construct, None)), hint)
            except (ValueError, AttributeError, TypeError):
                continue
        found.append(one)
    return found


@cache
def _kinds(hint: Any) -> tuple[Any, ...]:
    """The types within an annotation."""
    kind, _ = declared(hint)
    inner = typing.get_args(kind)
    return (kind, *(one for part in inner for one in _kinds(part))) if not _is_literal(kind) else (kind,)


def _names_a_mode(hint: Any) -> bool:
    return any(one is bool or _is_literal(one) for one in _kinds(hint))


def _is_literal(kind: Any) -> bool:
    return typing.get_origin(kind) is Literal


def _candidates(hint: Any, meaning: str) -> list[Given]:
    kind, _ = declared(hint)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind in RESOURCES:
        return [Given(f"<{name}>", make) for name, make in RESOURCES[kind].items()]
    if origin in (typing.Union, types.UnionType):
        parts = [Annotated[one, *hint.__metadata__] if hasattr(hint, "__metadata__") else one for one in inner]
        return [value for one in parts if declared(one)[0] is not type(None) for value in _candidates(one, meaning)]
    if _is_literal(kind):
        return [plain(one) for one in inner]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        keys = [*words(meaning), "ZEBRA", "X-Zebra"]
        return [
            _mapping(key, one)
            for one in _allowed("value", inner[1], _candidates(inner[1], meaning))[:4]
            for key in keys
        ]
    if isinstance(origin, type) and issubclass(origin, Sequence):
        ones = _candidates(inner[0], meaning)
        return [_listed(one) for one in ones] + [
            _listed(one, other) for one, other in itertools.pairwise([*ones, *ones[-1:]])
        ]
    if dataclasses.is_dataclass(kind):
        return [*_needed_alone(typing.cast(type, kind)), *_one_field_each(typing.cast(type, kind))]
    if kind is Duration:
        whole = [in_milliseconds(one * unit) for one in _NUMBERS for unit in (1000, 60_000, 86_400_000)]
        return [*whole, *edges(hint).inside]
    if kind is Size:
        return [*(in_bytes(one * unit) for one in _NUMBERS for unit in (1024, 1024**2)), *edges(hint).inside]
    return _plain(kind, meaning) + edges(hint).inside


def _needed_alone(kind: type) -> list[Given]:
    """Values of a dataclass with the fields alone that must be given: the first of each, then the second, and so on."""
    hints, said = typing.get_type_hints(kind, include_extras=True), meanings(kind)
    needed = [
        one.name
        for one in dataclasses.fields(kind)
        if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
    ]
    values = {name: _allowed(name, hints[name], _candidates(hints[name], said[name])) for name in needed}

    def of(choice: int) -> Given:
        chosen = {name: ones[min(choice, len(ones) - 1)] for name, ones in values.items()}

        def made(scope: Construct) -> Any:
            return kind(**{name: one.make(_within(scope, number)) for number, (name, one) in enumerate(chosen.items())})

        return Given(f"<{kind.__name__}>", made)

    return [of(choice) for choice in range(3 if needed else 1)]


def _one_field_each(kind: type) -> list[Given]:
    """Values of a dataclass whose fields all have defaults, each with one field set; none of others."""
    if any(
        one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
        for one in dataclasses.fields(kind)
    ):
        return []
    return [
        Given(f"<{kind.__name__}>", _with_one_field(kind, setting.field, setting.values[0]))
        for setting in _fields("", kind, set())
        if setting.values
    ]


def _with_one_field(kind: type, field: str, value: Given) -> Callable[[Construct], Any]:
    return lambda scope: kind(**{field: value.make(scope)})


def _plain(kind: Any, meaning: str) -> list[Given]:
    if kind is bool:
        return [plain(True), plain(False)]
    if kind in (int, float):
        return [plain(kind(one)) for one in (*_NUMBERS, *_MORE_NUMBERS)]
    if kind is str:
        more = (text.replace("zebra", animal) for animal in _MORE_ANIMALS for text in _TEXTS if "zebra" in text)
        # Inline code is a file of the name index.
        handler = ["index.zebra7"] if "module.function" in meaning else []
        return [plain(one) for one in (*handler, *_TEXTS, *words(meaning), *more)]
    if kind is ScheduleExpression:
        return [Given("'rate(37 minutes)'", lambda _: ScheduleExpression.expression("rate(37 minutes)"))]
    if kind is Any:
        return [plain({"zebra": 77}), plain("zebra"), plain({"type": "object"})]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return [plain(one) for one in list(kind)[-8:]]
    names = [name for name in dir(kind) if re.fullmatch(r"[A-Z][A-Z0-9_]*", name)]
    # No function is made any more with a runtime that is over: of the runtimes, those that are newest for long.
    names = [name for name in names if kind is not lambda_.Runtime or re.fullmatch(r"PYTHON_3_1[3-9]", name)]
    return [Given(f"<{name}>", _constant(kind, name)) for name in names if name != "ALL"]


def _constant(kind: Any, name: str) -> Callable[[Construct], Any]:
    return lambda _: getattr(kind, name)


def _mapping(key: str, one: Given) -> Given:
    return Given(f"{{{key!r}: {one.text}}}" if one.text[0] != "<" else one.text, lambda scope: {key: one.make(scope)})


def _listed(*ones: Given) -> Given:
    text = ", ".join(one.text for one in ones)
    return Given(
        text if text[0] == "<" else f"[{text}]",
        lambda scope: [one.make(_within(scope, number)) for number, one in enumerate(ones)],
    )


def _within(scope: Construct, number: int) -> Construct:
    return typing.cast(Construct, None) if scope is None else Construct(scope, f"Number{number}")
