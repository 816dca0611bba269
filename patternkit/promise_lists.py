"""Promises as they stand in files, whatever is promised: a list, of which one that is malformed spoils no other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from patternkit.templates.errors import nearest

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class BadPromise:
    """A promise that says nothing that could be proved: malformed, or about what is not there.

    Attributes:
        text: What to call it: its title, or its number in the list.
        kind: The kind of promise that was meant, "" where that is not known.
        error: What is wrong with it.
    """

    text: str
    kind: str
    error: str

    def data(self) -> dict[str, Any]:
        """What is wrong, as JSON takes it."""
        return {"promise": self.text, "kind": self.kind, "verdict": "ERROR", "reason": self.error}

    def __str__(self) -> str:
        return f"ERROR {self.text}\n  {self.error}"


def each_promise(
    data: Any,
    what: str,
    *,
    kinds: Collection[str],
    title: str,
    make: Callable[[str, dict[str, Any]], P],
    error: type[Exception],
) -> list[P | BadPromise]:
    """Read a list of promises as parsed from a file: the list, or a mapping with the list under `promises`.

    Args:
        data: The parsed file.
        what: What to call it in messages.
        kinds: The kinds of promises that there are.
        title: The option that names a promise.
        make: Makes a promise of its kind and options.
        error: What `make` raises, and what is raised here.

    Returns:
        The promises; each that is malformed says what is wrong with it.

    Raises:
        Exception: The `error`, if the data hold no list of promises.
    """
    if isinstance(data, dict):
        for key in data:
            if key != "promises":
                raise error(f"{what}: unknown key {key!r}{nearest(str(key), ['promises'])} (known: promises)")
    listed = data.get("promises") if isinstance(data, dict) else data
    if not isinstance(listed, list) or not listed:
        raise error(f"{what} must hold a list of promises under 'promises'")
    return [_promise(item, number, kinds, title, make, error) for number, item in enumerate(listed, 1)]


def all_good(promises: Iterable[P | BadPromise], what: str, error: type[Exception]) -> list[P]:
    """Return promises of which none is malformed.

    Args:
        promises: The promises.
        what: What to call their file in messages.
        error: What is raised.

    Raises:
        Exception: The `error`, if one is malformed.
    """
    found = []
    for promise in promises:
        if isinstance(promise, BadPromise):
            raise error(f"{what}: {promise.error}")
        found.append(promise)
    return found


def _promise(
    item: Any,
    number: int,
    kinds: Collection[str],
    title: str,
    make: Callable[[str, dict[str, Any]], P],
    error: type[Exception],
) -> P | BadPromise:
    text, kind = f"promise {number}", ""
    try:
        if not isinstance(item, dict) or len(item) != 1:
            raise error(f"each promise is one kind with its options, got {item!r}")
        ((kind, options),) = item.items()
        if kind not in kinds:
            raise error(f"unknown promise {kind!r}{nearest(str(kind), kinds)}")
        options = {} if options is None else options
        if not isinstance(options, dict):
            raise error(f"the options of {kind} must be a mapping, got {options!r}")
        if isinstance(options.get(title), str):
            text = options[title] or text
        given: dict[str, Any] = {}
        for key, value in options.items():
            name = str(key).replace("-", "_")
            if name in given:
                raise error(f"{kind} has the option {name} twice")
            given[name] = value
        return make(kind, given)
    except error as wrong:
        return BadPromise(text, kind if kind in kinds else "", str(wrong))
