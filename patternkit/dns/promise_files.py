"""Files of promises: YAML, JSON or TOML.

```yaml
promises:
  - answers: {name: www.example.com, values: [203.0.113.10]}
  - fails_over: {name: www.example.com, when: Primary, to: Standby, within: 2 minutes}
  - resolves: {source: every VPC, name: db.corp.example.com, title: the database}
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patternkit.dns.errors import QuestionError
from patternkit.dns.promises import MEANINGS, Promise, promise_of
from patternkit.templates.data_files import read_data
from patternkit.templates.errors import nearest


@dataclass(frozen=True, slots=True)
class BadPromise:
    """A promise that says nothing that could be proved: malformed, or about what is not there.

    Attributes:
        text: What to call it: its title, or what was written.
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


def load_promises(path: str | Path) -> list[Promise]:
    """Read promises from a YAML, JSON or TOML file.

    Raises:
        QuestionError: The file, or a promise in it, is malformed.
    """
    return promises_from_data(read_data(Path(path), QuestionError), str(path))


def read_promises(path: str | Path) -> list[Promise | BadPromise]:
    """Read promises from a YAML, JSON or TOML file; one that is malformed leaves the others as they are.

    Raises:
        QuestionError: The file holds no list of promises.
    """
    return each_promise(read_data(Path(path), QuestionError), str(path))


def promises_from_data(data: Any, what: str = "promises") -> list[Promise]:
    """Read promises as parsed from a file: a list, or a mapping with the list under `promises`.

    Raises:
        QuestionError: The data, or a promise in them, are malformed.
    """
    found = []
    for item in each_promise(data, what):
        if isinstance(item, BadPromise):
            raise QuestionError(f"{what}: {item.error}")
        found.append(item)
    return found


def each_promise(data: Any, what: str = "promises") -> list[Promise | BadPromise]:
    """Read promises as parsed from a file; one that is malformed leaves the others as they are.

    Raises:
        QuestionError: The data hold no list of promises.
    """
    if isinstance(data, dict):
        for key in data:
            if key != "promises":
                raise QuestionError(f"{what}: unknown key {key!r}{nearest(str(key), ['promises'])} (known: promises)")
    listed = data.get("promises") if isinstance(data, dict) else data
    if not isinstance(listed, list) or not listed:
        raise QuestionError(f"{what} must hold a list of promises under 'promises'")
    return [_promise(item, number) for number, item in enumerate(listed, 1)]


def _promise(item: Any, number: int) -> Promise | BadPromise:
    text, kind = f"promise {number}", ""
    try:
        if not isinstance(item, dict) or len(item) != 1:
            raise QuestionError(f"each promise is one kind with its options, got {item!r}")
        ((kind, options),) = item.items()
        if kind not in MEANINGS:
            raise QuestionError(f"unknown promise {kind!r}{nearest(str(kind), MEANINGS)}")
        options = {} if options is None else options
        if not isinstance(options, dict):
            raise QuestionError(f"the options of {kind} must be a mapping, got {options!r}")
        if isinstance(options.get("title"), str):
            text = options["title"] or text
        given: dict[str, Any] = {}
        for key, value in options.items():
            name = str(key).replace("-", "_")
            if name in given:
                raise QuestionError(f"{kind} has the option {name} twice")
            given[name] = value
        return promise_of(kind, given)
    except QuestionError as error:
        return BadPromise(text, kind if kind in MEANINGS else "", str(error))
