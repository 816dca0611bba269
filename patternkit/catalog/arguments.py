"""The arguments of a pattern's construct, read from its source without importing it."""

from dataclasses import dataclass

import griffe

from patternkit.catalog.annotations import annotations
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.errors import CatalogError


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a construct.

    Attributes:
        name: Its name.
        type: Its type, without bounds.
        default: Its default, as written; None if it is required.
        meaning: What the docstring says of it.
        allowed: What the bounds in its annotation allow; empty if it has none.
    """

    name: str
    type: str
    default: str | None
    meaning: str
    allowed: str

    @property
    def said(self) -> str:
        """What it means, and what it may be."""
        return f"{self.meaning} Allowed: {self.allowed}." if self.allowed else self.meaning


def arguments(pattern: Pattern) -> list[Argument]:
    """Read the arguments of a pattern's construct, in the order that they are written.

    Args:
        pattern: The pattern.

    Returns:
        The keyword-only arguments.

    Raises:
        CatalogError: If the construct is not in `construct.py`, or an argument is not documented.
    """
    source = pattern.folder / "construct.py"
    construct = construct_class(pattern)
    meanings = _meanings(construct)
    said = annotations(source, pattern.construct, pattern.folder.parents[2])
    found = []
    for parameter in construct.parameters:
        if parameter.kind is not griffe.ParameterKind.keyword_only:
            continue
        if parameter.name not in meanings:
            raise CatalogError(f"{source}: the docstring of {pattern.construct} says nothing of {parameter.name}")
        found.append(
            Argument(
                name=parameter.name,
                type=said[parameter.name].type,
                default=None if parameter.default is None else str(parameter.default),
                meaning=meanings[parameter.name],
                allowed=said[parameter.name].allowed,
            )
        )
    return found


def construct_class(pattern: Pattern) -> griffe.Class:
    """Read the class of a pattern's construct.

    Args:
        pattern: The pattern.

    Returns:
        The class, as its source has it.

    Raises:
        CatalogError: If the construct is not in `construct.py`.
    """
    source = pattern.folder / "construct.py"
    module = griffe.visit("construct", filepath=source, code=source.read_text(encoding="utf-8"))
    construct = module.members.get(pattern.construct)
    if not isinstance(construct, griffe.Class):
        raise CatalogError(f"{source}: there is no class {pattern.construct}")
    return construct


def _meanings(construct: griffe.Class) -> dict[str, str]:
    if construct.docstring is None:
        return {}
    # The docstring stands on the class, whose parser wants types that the signature already has.
    for section in construct.docstring.parse("google", warnings=False):
        if isinstance(section, griffe.DocstringSectionParameters):
            return {one.name: " ".join(one.description.split()) for one in section.value}
    return {}
