"""What names can promise, as values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from patternkit.dns.domain_names import is_name
from patternkit.dns.errors import QuestionError
from patternkit.dns.sources import SourceChoice
from patternkit.templates.errors import nearest

MEANINGS = {
    "answers": "every source gets just these values",
    "always_answers": "every client gets an answer that works, whatever single thing is ill",
    "fails_over": "while something is ill every client is sent elsewhere, and soon enough",
    "resolves": "every source gets an answer",
    "same_everywhere": "every source gets the same answer",
    "private": "nobody on the internet gets an answer",
    "no_loop": "no query goes round in a circle",
    "splits": "the answers have these shares of the queries",
}
_NEEDED = {
    "answers": ("name", "values"),
    "fails_over": ("name", "when", "to"),
    "no_loop": (),
    "splits": ("name", "weights"),
}
_ONLY = {
    "values": ("answers",),
    "when": ("fails_over",),
    "to": ("fails_over",),
    "within": ("fails_over",),
    "weights": ("splits",),
    "healthy": ("always_answers",),
    "regions": ("always_answers",),
    "ill": ("answers", "resolves", "same_everywhere", "splits"),
}
EVERY_NAME = "every name"
_TYPES = (
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "DS",
    "HTTPS",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
)
_SECONDS = {
    "s": 1,
    "second": 1,
    "seconds": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A statement about what a name answers.

    Attributes:
        kind: A key of `MEANINGS`.
        name: The domain name, several, `every name`, or `every name in DOMAIN`.
        source: Who asks: `internet`, a VPC, a site, the features of a client (`{country: DE}`), `every VPC`,
            `every site`, `everyone`, or several of these. Default: whoever the templates let ask for the name.
        type: The record type. Default: A, and of `every name` whatever it has.
        ill: What is ill meanwhile: resources, addresses, Regions. Default: nothing.
        values: For `answers`: addresses, names, or the resources that have them.
        when: For `fails_over`: what is ill.
        to: For `fails_over`: what answers then.
        within: For `fails_over`: the most seconds until then, or a text such as "2 minutes". Default: however long.
        weights: For `splits`: the weight of each answer, by value or set identifier.
        healthy: For `always_answers`: whether an answer that is ill itself is none. Default: yes.
        regions: For `always_answers`: whether whole Regions fail too. Default: no.
        title: What to call it. Default: its own text.
    """

    kind: str
    name: str | Sequence[str] = EVERY_NAME
    source: SourceChoice | None = None
    type: str = ""
    ill: str | Sequence[str] = ()
    values: str | Sequence[str] = ()
    when: str | Sequence[str] = ()
    to: str | Sequence[str] = ()
    within: float | str | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    healthy: bool = True
    regions: bool = False
    title: str = ""

    def __post_init__(self) -> None:
        if self.kind not in MEANINGS:
            raise QuestionError(f"unknown promise {self.kind!r}{nearest(str(self.kind), MEANINGS)}")
        for name in ("name", "ill", "values", "when", "to"):
            if not _are_texts(getattr(self, name)):
                raise QuestionError(
                    f"{name} of {self.kind} must be a text or a list of texts, got {getattr(self, name)!r}"
                )
        for name, kinds in _ONLY.items():
            if self.kind not in kinds and getattr(self, name) != _DEFAULTS[name]:
                raise QuestionError(f"{name} is only for {' and '.join(kinds)}, not for {self.kind}")
        for name in _NEEDED.get(self.kind, ("name",)):
            if not getattr(self, name):
                raise QuestionError(f"{self.kind} needs {name}")
        for name in self.names:
            if not name.startswith(EVERY_NAME) and not is_name(name):
                raise QuestionError(
                    f"name must be a domain name, {EVERY_NAME!r} or '{EVERY_NAME} in DOMAIN', got {name!r}"
                )
        if self.type and self.type not in _TYPES:
            raise QuestionError(
                f"type must be one of {', '.join(_TYPES)}, got {self.type!r}{nearest(str(self.type), _TYPES)}"
            )
        for name in ("healthy", "regions"):
            if not isinstance(getattr(self, name), bool):
                raise QuestionError(f"{name} must be true or false, got {getattr(self, name)!r}")
        if not isinstance(self.title, str):
            raise QuestionError(f"title of {self.kind} must be a text, got {self.title!r}")
        _check_weights(self.weights)
        self.seconds  # noqa: B018 - what is malformed is said now

    @property
    def names(self) -> tuple[str, ...]:
        """The names as they are written."""
        return (self.name,) if isinstance(self.name, str) else tuple(self.name)

    @property
    def seconds(self) -> float | None:
        """The most seconds until a failover, or None."""
        if self.within is None:
            return None
        if isinstance(self.within, (int, float)) and not isinstance(self.within, bool) and self.within >= 0:
            return self.within
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", str(self.within))
        if isinstance(self.within, bool) or match is None or match[2] not in {"", *_SECONDS}:
            raise QuestionError(f"within must be seconds or a text such as '2 minutes', got {self.within!r}")
        return float(match[1]) * _SECONDS.get(match[2], 1)

    def __str__(self) -> str:
        if self.title:
            return self.title
        what = " and ".join(self.names)
        parts = {
            "answers": f" -> {_shown(self.values)}",
            "fails_over": f" when {_shown(self.when)} is ill -> {_shown(self.to)}"
            + (f" within {self.within}" if self.within is not None else ""),
            "splits": " -> " + ", ".join(f"{value} {weight}" for value, weight in self.weights.items()),
        }
        kind = f" {self.type}" if self.type else ""
        source = f", asked by {_source_text(self.source)}" if self.source is not None else ""
        ill = f", while {_shown(self.ill)} is ill" if self.ill else ""
        return f"{self.kind}: {what}{kind}{parts.get(self.kind, '')}{source}{ill}"


_DEFAULTS: dict[str, Any] = {
    "values": (),
    "when": (),
    "to": (),
    "within": None,
    "weights": {},
    "healthy": True,
    "regions": False,
    "ill": (),
}


def _are_texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, Sequence) and all(isinstance(one, str) for one in value))


def _check_weights(weights: Any) -> None:
    if not isinstance(weights, Mapping):
        raise QuestionError(f"weights must be a mapping of answers to numbers, got {weights!r}")
    for value, weight in weights.items():
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or weight < 0:
            raise QuestionError(f"the weight of {value} must be a number of 0 or more, got {weight!r}")
    if weights and not any(weights.values()):
        raise QuestionError("weights must not all be 0")


def _shown(texts: str | Sequence[str]) -> str:
    return texts if isinstance(texts, str) else " and ".join(texts)


def _source_text(source: Any) -> str:
    if isinstance(source, str):
        return source
    if isinstance(source, Mapping):
        return "internet (" + ", ".join(f"{key} {value}" for key, value in source.items()) + ")"
    return " and ".join(map(_source_text, source))


def promise_of(kind: str, given: dict[str, Any]) -> Promise:
    """The promise of a kind with some options.

    Raises:
        QuestionError: An option is unknown, missing or out of its range.
    """
    known = {one.name for one in fields(Promise)} - {"kind"}
    for name in given:
        if name not in known:
            raise QuestionError(f"{kind} has no option {name!r}{nearest(name, known)}")
    return Promise(kind, **given)


def answers(name: str | Sequence[str], values: str | Sequence[str], **options: Any) -> Promise:
    """Promise that every source gets just these values.

    Args:
        name: The domain name.
        values: Addresses, names, or the resources that have them.
        **options: Any other attribute of `Promise`.

    Raises:
        QuestionError: An option is unknown or out of its range.
    """
    return promise_of("answers", {"name": name, "values": values, **options})


def fails_over(
    name: str, when: str | Sequence[str], to: str | Sequence[str], within: float | str | None = None, **options: Any
) -> Promise:
    """Promise that every client is sent elsewhere while something is ill.

    Args:
        name: The domain name.
        when: What is ill.
        to: What answers then.
        within: The most seconds until then, or a text such as "2 minutes". Default: however long.
        **options: Any other attribute of `Promise`.

    Raises:
        QuestionError: An option is unknown or out of its range.
    """
    return promise_of("fails_over", {"name": name, "when": when, "to": to, "within": within, **options})


def resolves(source: SourceChoice | None, name: str | Sequence[str], **options: Any) -> Promise:
    """Promise that every source gets an answer.

    Args:
        source: Who asks.
        name: The domain name, or `every name`.
        **options: Any other attribute of `Promise`.

    Raises:
        QuestionError: An option is unknown or out of its range.
    """
    return promise_of("resolves", {"name": name, "source": source, **options})


def splits(name: str, weights: Mapping[str, float], **options: Any) -> Promise:
    """Promise that the answers have these shares of the queries.

    Args:
        name: The domain name.
        weights: The weight of each answer, by value or set identifier.
        **options: Any other attribute of `Promise`.

    Raises:
        QuestionError: An option is unknown or out of its range.
    """
    return promise_of("splits", {"name": name, "weights": weights, **options})


def _maker(kind: str) -> Callable[..., Promise]:
    def make(name: str | Sequence[str] = EVERY_NAME, **options: Any) -> Promise:
        return promise_of(kind, {"name": name, **options})

    make.__name__ = kind
    make.__doc__ = f"""Promise that {MEANINGS[kind]}.

    Args:
        name: The domain name, several, or `every name`, which is the default.
        **options: Any other attribute of `Promise`.

    Raises:
        QuestionError: An option is unknown or out of its range.
    """
    return make


always_answers = _maker("always_answers")
same_everywhere = _maker("same_everywhere")
private = _maker("private")
no_loop = _maker("no_loop")
