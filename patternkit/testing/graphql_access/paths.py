"""Which fields a caller reaches, and by which path."""

from collections import deque
from dataclasses import dataclass

from patternkit.testing.graphql_access.caller import Caller
from patternkit.testing.graphql_access.decisions import May, Modes, decide
from patternkit.testing.graphql_access.schema import Schema


@dataclass(frozen=True, slots=True)
class Reached:
    """A field that a caller reaches.

    Attributes:
        type_name: Its type.
        field: Its name.
        path: The fields from that of an operation on: ("Query.document", "Document.title").
        may: ALLOWED, or UNKNOWN if one on the path is not known.
    """

    type_name: str
    field: str
    path: tuple[str, ...]
    may: May

    def __str__(self) -> str:
        return " > ".join(self.path)


def reached(schema: Schema, modes: Modes, caller: Caller) -> dict[str, Reached]:
    """Find what a caller reaches, each field by its shortest path, and by one that is known where there is one.

    Args:
        schema: The schema.
        modes: The API's modes.
        caller: The caller.

    Returns:
        Each field that is reached, by "Type.field".
    """
    found: dict[str, Reached] = {}
    for known_only in (True, False):
        for one in _walk(schema, modes, caller, known_only=known_only):
            found.setdefault(f"{one.type_name}.{one.field}", one)
    return found


def _walk(schema: Schema, modes: Modes, caller: Caller, *, known_only: bool) -> list[Reached]:
    found: list[Reached] = []
    seen = {one.name for one in schema.roots().values()}
    pending = deque((one.name, (), May.ALLOWED) for one in schema.roots().values())
    paths: deque[tuple[str, tuple[str, ...], May]] = deque(pending)
    while paths:
        type_name, path, may = paths.popleft()
        for field in schema.object(type_name).fields:
            decision = decide(schema, modes, caller, type_name, field).may
            if decision is May.DENIED or (known_only and decision is May.UNKNOWN):
                continue
            own = May.UNKNOWN if May.UNKNOWN in (may, decision) else May.ALLOWED
            here = (*path, f"{type_name}.{field}")
            found.append(Reached(type_name, field, here, own))
            for one in schema.returned(type_name, field):
                if one.name not in seen:
                    seen.add(one.name)
                    paths.append((one.name, here, own))
    return found
