"""Where the resources of a set of stacks are written: file and line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import yaml

from patternkit.resolving import Stack, StackSet
from patternkit.resolving.values import CLOSE, OPEN
from patternkit.templates import read_text

_PART = re.compile(r"(?:#\d+|\.[A-Za-z]+)+$")


class Spot(NamedTuple):
    """A line of a file."""

    file: str
    line: int


class Lines:
    """Finds the lines of resources; a file is read when the first of its resources is asked for.

    Args:
        stacks: The stacks.
    """

    def __init__(self, stacks: StackSet) -> None:
        self.stacks = stacks
        self._by_file: dict[Path, dict[str, int]] = {}
        self._by_name = {
            name: (stack, logical)
            for stack in stacks.stacks
            for logical in stack.resources
            for name in (stack.path(logical), f"{stack.name}/{logical}")
        }

    def of_identity(self, identity: str) -> Spot | None:
        """Where the resource of an element is written; None where no file has it."""
        entry = self.stacks.by_id.get(identity)
        if entry is None:
            # A main table, an endpoint or an attachment is of the resource that makes it.
            entry = self.stacks.by_id.get(f"{OPEN}{_PART.sub('', identity.strip(OPEN + CLOSE))}{CLOSE}")
        return self._of(*entry) if entry is not None else None

    def first_named(self, text: str) -> Spot | None:
        """Where the first resource is written that a text names; None where it names none."""
        words = text.replace(OPEN, "").replace(CLOSE, "")
        for word in re.findall(r"[^\s,;:()'\"]+", words):
            entry = self._by_name.get(word)
            spot = self._of(*entry) if entry is not None else None
            if spot is not None:
                return spot
        return None

    def _of(self, stack: Stack, logical: str) -> Spot | None:
        path = stack.source.file
        if path is None:
            return None
        if path not in self._by_file:
            self._by_file[path] = _lines(read_text(path))
        line = self._by_file[path].get(logical)
        return Spot(path.as_posix(), line) if line is not None else None


def _lines(text: str) -> dict[str, int]:
    """The line of each resource of a template; JSON is YAML, but for tabs between its words."""
    try:
        document = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        try:
            # Outside of strings JSON has no tabs that mean anything, and within them none that are not escaped.
            document = yaml.compose(text.replace("\t", " "), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError:
            return {}
    found: dict[str, int] = {}
    for name, section in document.value if isinstance(document, yaml.MappingNode) else ():
        if name.value == "Resources" and isinstance(section, yaml.MappingNode):
            found.update({str(key.value): key.start_mark.line + 1 for key, _ in section.value})
    return found
