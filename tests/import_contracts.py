"""Who may import whom within `patterns`: a contract of import-linter that needs no list of patterns, families or rooms.

A folder of a family that holds a `pattern.toml` is a pattern, any other is a room of the family. What stands lower is
imported by what stands higher, and never the other way round: `building_blocks`, then rooms, then patterns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

BUILDING_BLOCKS = "building_blocks"


@dataclass(frozen=True)
class Place:
    """Where a module of `patterns` stands.

    Attributes:
        family: Its family, or `building_blocks`.
        folder: The pattern or the room; empty for the family's own package.
        is_pattern: Whether that is a pattern.
    """

    family: str
    folder: str
    is_pattern: bool

    def __str__(self) -> str:
        return f"{self.family}.{self.folder}" if self.folder else self.family


class PlacesContract(Contract):
    """No pattern imports another, no room imports a pattern or another family's room, building blocks import neither.

    Attributes:
        ignored: Known exceptions, as "api.one -> api.other".
    """

    type_name = "places"
    ignored: Any = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002
        """Look at each direct import; an import through a third module is one of that module's."""
        found = [
            (importer, imported, why)
            for importer, imported, why in wrong_imports(graph, Path.cwd())
            if _between(importer, imported, Path.cwd()) not in (self.ignored or set())
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each wrong import, and why it is one."""
        for importer, imported, why in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}: {why}")


def wrong_imports(graph: ImportGraph, root: Path) -> Iterator[tuple[str, str, str]]:
    """Find the imports within `patterns` that go the wrong way.

    Args:
        graph: The imports, those for types only and those within functions included.
        root: The folder that `patterns` lies in.

    Yields:
        Who imports, what, and why it must not.
    """
    for importer in sorted(graph.modules):
        here = place(importer, root)
        if here is None:
            continue
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            there = place(imported, root)
            if there is not None and (why := _wrong(here, there)):
                yield importer, imported, why


def _wrong(here: Place, there: Place) -> str | None:
    if here == there or there.family == BUILDING_BLOCKS:
        return None
    if here.family == BUILDING_BLOCKS:
        return "building blocks stand below every family"
    if there.family != here.family:
        return "what two families use is a building block"
    if there.is_pattern:
        return f"no pattern imports another, nor does a room: what they share is a room of {here.family}"
    return None


def place(module: str, root: Path) -> Place | None:
    """Say where a module stands; None outside of families and building blocks."""
    top, *inner = module.split(".")
    if top != "patterns" or not inner:
        return None
    family, folder = inner[0], inner[1] if len(inner) > 1 else ""
    if family == BUILDING_BLOCKS:
        return Place(family, "", is_pattern=False)
    return Place(family, folder, is_pattern=(root / "patterns" / family / folder / "pattern.toml").is_file())


def _between(importer: str, imported: str, root: Path) -> str:
    return f"{place(importer, root)} -> {place(imported, root)}"


def unneeded(ignored: Any, graph: ImportGraph, root: Path) -> set[str]:
    """Find the exceptions that nothing needs any more."""
    return set(ignored) - {_between(importer, imported, root) for importer, imported, _ in wrong_imports(graph, root)}
