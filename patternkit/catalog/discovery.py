"""Find the patterns and read what they say of themselves, without importing the CDK."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from patternkit.catalog.errors import CatalogError, unknown
from patternkit.catalog.events import Events, read_events
from patternkit.catalog.limits import Limit, check_bound, whole
from patternkit.catalog.web import Web, read_web

_TEXT, _TEXTS, _TABLE, _TABLES = "text", "a list of text", "a table", "a list of tables"
_DATE, _NUMBER, _FLAG = "a date", "a whole number", "true or false"
_REQUIRED = {
    "title": _TEXT,
    "construct": _TEXT,
    "stack": _TEXT,
    "summary": _TEXT,
    "services": _TEXTS,
    "when": _TEXTS,
    "when_not": _TEXTS,
    "local": _TEXT,
    "not_shown_locally": _TEXTS,
    "alternatives": _TABLES,
    "limits": _TABLES,
    "sources": _TABLES,
}
_OPTIONAL = {"findings": _TABLES, "web": _TABLE, "events": _TABLE, "local_parameters": _TABLE}
# What each entry must have, may have, and must have exactly one of.
_ENTRIES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "alternatives": ({"instead_when"}, set(), {"pattern", "name"}),
    "limits": ({"what", "value", "as_of", "source"}, {"bounds", "at", "adjustable", "was", "runs"}, set()),
    "sources": ({"title", "url"}, set(), set()),
    "findings": ({"id", "reason"}, {"option"}, set()),
}
# What is in entries is text, but for these.
_TYPES = {"as_of": _DATE, "at": _NUMBER, "adjustable": _FLAG}
_SCALARS = {_TEXT: str, _DATE: date, _NUMBER: int, _FLAG: bool, _TABLE: dict}
_LOCAL = ("runs", "partly", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What to take instead, and when.

    Attributes:
        name: A pattern's name, or what else it is.
        instead_when: In which case.
        is_pattern: Whether it is a pattern of the catalog.
    """

    name: str
    instead_when: str
    is_pattern: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page that the design follows.

    Attributes:
        title: Its title.
        url: Its address.
    """

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedFinding:
    """A finding of a compliance pack that the pattern's example leaves as it is.

    Attributes:
        id: The rule, as cdk-nag reports it; in a `pattern.toml` also without its pack, for all of them.
        reason: Why, in a full sentence.
        option: The construct's argument that clears it, if one does.
    """

    id: str
    reason: str
    option: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One pattern of the catalog.

    Attributes:
        name: As it is called on the command line: "cron-function".
        family: The folder that it stands in: "events".
        folder: Its folder.
        title: As people call it.
        construct: The class that its package exports.
        stack: The class in its example.
        summary: One line.
        services: The AWS services that it is made of.
        when: When to take it.
        when_not: When not to.
        local: Whether the local cloud "runs" it, "partly" or "no".
        not_shown_locally: What running it there does not prove.
        alternatives: What to take instead.
        limits: Its limits.
        sources: The pages that it follows.
        findings: Findings of compliance packs, explained.
        web: How it serves requests, if it does.
        events: How it works on events, if it does.
        local_parameters: Values of the template's parameters for running it on this machine, where no other is given.
    """

    name: str
    family: str
    folder: Path
    title: str
    construct: str
    stack: str
    summary: str
    services: tuple[str, ...]
    when: tuple[str, ...]
    when_not: tuple[str, ...]
    local: str
    not_shown_locally: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    limits: tuple[Limit, ...]
    sources: tuple[Source, ...]
    findings: tuple[ExplainedFinding, ...]
    web: Web | None = None
    events: Events | None = None
    local_parameters: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def module(self) -> str:
        """The package that exports the construct."""
        return f"patterns.{self.family}.{self.folder.name}"


def root() -> Path:
    """Return the folder of the package `patterns`.

    Returns:
        Its folder.

    Raises:
        CatalogError: If it is not installed.
    """
    spec = importlib.util.find_spec("patterns")
    if spec is None or not spec.submodule_search_locations:
        raise CatalogError("the package patterns is not installed")
    places = [Path(place) for place in spec.submodule_search_locations]
    own = Path(__file__).parents[2] / "patterns"
    if own not in places and not any([*place.glob("*/*/pattern.toml")] for place in places) and own.is_dir():
        raise CatalogError(f"{places[0]} hides the catalog's package patterns, {own}: rename it, or run elsewhere")
    return places[0]


def families() -> dict[str, str]:
    """Find the families: the packages within `patterns` that patterns may stand in.

    Returns:
        What each says of itself in the first line of its `__init__.py`, by name, in order.

    Raises:
        CatalogError: If one says nothing.
    """
    import ast

    found: dict[str, str] = {}
    for path in sorted(root().glob("*/__init__.py")):
        if path.parent.name == "building_blocks":
            continue
        says = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if not says:
            raise CatalogError(f"{path}: the family says nothing of itself: give the file a docstring")
        found[path.parent.name] = says.splitlines()[0]
    return found


@cache
def patterns() -> dict[str, Pattern]:
    """Find every pattern.

    Returns:
        The patterns by name, in order of family and name.

    Raises:
        CatalogError: If a `pattern.toml` is wrong, or two patterns have one name.
    """
    found: dict[str, Pattern] = {}
    for path in sorted(root().glob("*/*/pattern.toml")):
        pattern = read(path)
        if pattern.name in found:
            raise CatalogError(f"{path}: {pattern.name} is the name of {found[pattern.name].folder} too")
        found[pattern.name] = pattern
    return found


def find(name: str) -> Pattern:
    """Find one pattern.

    Args:
        name: Its name; underscores do for hyphens.

    Returns:
        The pattern.

    Raises:
        CatalogError: If there is none, with the nearest name.
    """
    known = patterns()
    pattern = known.get(name.replace("_", "-"))
    if pattern is None:
        raise unknown("pattern", name, known)
    return pattern


def explanation(pattern: Pattern, rule: str) -> ExplainedFinding | None:
    """Find why a pattern leaves a finding of a compliance pack as it is.

    Args:
        pattern: The pattern.
        rule: The rule, as cdk-nag reports it: "NIST.800.53.R5-LambdaInsideVPC".

    Returns:
        The pattern's own explanation, or the catalog's; None if there is none.
    """
    for own in pattern.findings:
        if own.id in (rule, rule.partition("-")[2]):
            return own
    shared = _shared_explanations(pattern.folder.parents[1] / "building_blocks" / "findings.toml")
    entry = shared.get(rule.partition("-")[2])
    return ExplainedFinding(id=rule, **entry) if entry else None


@cache
def _shared_explanations(path: Path) -> dict[str, dict[str, str]]:
    return tomli.loads(path.read_text(encoding="utf-8"))


def read(path: Path) -> Pattern:
    """Read a `pattern.toml`.

    Args:
        path: The file.

    Returns:
        The pattern.

    Raises:
        CatalogError: If it is not TOML, or a field is missing, unknown or of another type.
    """
    try:
        fields = tomli.loads(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from None
    _check(path, fields)
    limits = _limits(path, fields.pop("limits"))
    web_table, events_table = fields.pop("web", None), fields.pop("events", None)
    web = None if web_table is None else read_web(path, web_table, limits)
    entries: dict[str, Any] = {
        "alternatives": tuple(
            Alternative(
                name=entry.get("pattern") or entry["name"],
                instead_when=entry["instead_when"],
                is_pattern="pattern" in entry,
            )
            for entry in fields.pop("alternatives")
        ),
        "limits": limits,
        "sources": tuple(Source(**entry) for entry in fields.pop("sources")),
        "findings": tuple(ExplainedFinding(**entry) for entry in fields.pop("findings", [])),
        "web": web,
        "events": None if events_table is None else read_events(path, events_table, limits, web),
    }
    folder = path.parent
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return Pattern(name=folder.name.replace("_", "-"), family=folder.parent.name, folder=folder, **entries, **plain)


def _check(path: Path, fields: dict[str, Any]) -> None:
    known = _REQUIRED | _OPTIONAL
    for name in fields:
        if name not in known:
            raise CatalogError(f"{path}: {unknown('field', name, known)}")
    for name in _REQUIRED:
        if name not in fields:
            raise CatalogError(f"{path}: the field {name} is missing")
    for name, value in fields.items():
        if not _is(known[name], value):
            raise CatalogError(f"{path}: the field {name} must be {known[name]}, got {value!r}")
    if fields["local"] not in _LOCAL:
        raise CatalogError(f"{path}: the field local must be one of {', '.join(_LOCAL)}, got {fields['local']}")
    for name, value in fields.get("local_parameters", {}).items():
        if not isinstance(value, str):
            raise CatalogError(f"{path}: local_parameters.{name} must be text, got {value!r}")
    for name in _ENTRIES:
        for entry in fields.get(name, []) if name != "limits" else []:
            _check_entry(path, name, entry)


def _limits(path: Path, entries: list[dict[str, Any]]) -> tuple[Limit, ...]:
    found = []
    for given in entries:
        stands_in, entry = whole(path.parents[2], path, given)
        _check_entry(stands_in, "limits", entry)
        check_bound(stands_in, entry)
        found.append(Limit(**entry))
    return tuple(found)


def _check_entry(path: Path, name: str, entry: dict[str, Any]) -> None:
    required, optional, choice = _ENTRIES[name]
    given = set(entry)
    if required - given or given - required - optional - choice or (choice and len(given & choice) != 1):
        needed = sorted(required) + ([f"one of {' and '.join(sorted(choice))}"] if choice else [])
        allowed = f"must have {', '.join(needed)}" + (f", may have {', '.join(sorted(optional))}" if optional else "")
        raise CatalogError(f"{path}: an entry of {name} has {', '.join(sorted(given))}, {allowed}")
    for key, value in entry.items():
        wanted = _TYPES.get(key, _TEXT)
        if not _is(wanted, value):
            raise CatalogError(f"{path}: {key} of an entry of {name} must be {wanted}, got {value!r}")


def _is(wanted: str, value: Any) -> bool:
    # A date and time is a date to Python, and true is a number.
    if wanted in _SCALARS:
        return type(value) is _SCALARS[wanted]
    return isinstance(value, list) and all(isinstance(one, str if wanted == _TEXTS else dict) for one in value)
