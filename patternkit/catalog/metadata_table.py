"""The check of a table in a `pattern.toml`: which fields it has, and of which kind each is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patternkit.catalog.errors import CatalogError, unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """The kinds of a table's fields; what is in none of these is a list of sentences.

    Attributes:
        choices: What a field may be one of.
        several: What a field is a list of.
        may_be_empty: Which of these lists may be empty.
        flags: Fields that are true or false.
        sentences: Fields that are a sentence.
    """

    choices: Mapping[str, Collection[str]]
    several: Mapping[str, Collection[str]]
    may_be_empty: Collection[str]
    flags: Collection[str]
    sentences: Collection[str]

    def wanted(self, name: str, value: Any) -> str | None:
        """What a field must be, if a value is not that."""
        if name in self.choices:
            return None if value in self.choices[name] else f"one of {', '.join(self.choices[name])}"
        if name in self.flags:
            return None if isinstance(value, bool) else "true or false"
        if name in self.sentences:
            return None if isinstance(value, str) and value.endswith(".") else "a sentence"
        if name in self.several:
            several = isinstance(value, list) and all(one in self.several[name] for one in value)
            filled = several and (value or name in self.may_be_empty)
            return None if filled else f"a list of {', '.join(self.several[name])}"
        sentences = isinstance(value, list) and all(isinstance(one, str) and one.endswith(".") for one in value)
        return None if sentences and value else "a list of sentences"


def check_table(path: Path, name: str, table: Mapping[str, Any], known: Collection[str], kinds: Kinds) -> None:
    """Check a table.

    Args:
        path: The file.
        name: The table's name.
        table: The table.
        known: The fields that it must have, and no others.
        kinds: Their kinds.

    Raises:
        CatalogError: If a field is missing, unknown or wrong.
    """
    for field in table:
        if field not in known:
            raise CatalogError(f"{path}: {unknown(f'field of {name}', field, known)}")
    for field in known:
        if field not in table:
            raise CatalogError(f"{path}: the field {field} of {name} is missing")
    for field, value in table.items():
        if wrong := kinds.wanted(field, value):
            raise CatalogError(f"{path}: the field {field} of {name} must be {wrong}, got {value!r}")


def values(table: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a table, its lists as tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
