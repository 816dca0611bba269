"""Notes which properties of a template ministack reads.

Each resource handler of ministack's CloudFormation is given its properties in a dict that notes every look-up. What a
handler has not looked up when it returns, and not kept, has no effect there, whatever CloudFormation answered.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any


class Noted(dict[str, Any]):
    """Properties that note the path of each one that is looked up.

    A presence test (`in`) notes nothing: a handler that only asks whether a property is there does not use
    it.
    """

    def __init__(self, properties: dict[str, Any], path: str, notes: Notes) -> None:
        super().__init__({key: _noted(value, f"{path}{key}", notes) for key, value in properties.items()})
        self._path = path
        self._reads = notes.reads
        notes.handed_out.append(weakref.ref(self))

    @property
    def paths(self) -> set[str]:
        """The path of each property."""
        return {f"{self._path}{key}" for key in super().keys()}  # noqa: SIM118 - self would note them

    def __getitem__(self, key: str) -> Any:
        self._reads.add(f"{self._path}{key}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Look one up."""
        return self[key] if key in self else default  # noqa: SIM401 - `get` is what this defines

    def pop(self, key: str, *default: Any) -> Any:
        """Look one up, and take it out."""
        self._reads.add(f"{self._path}{key}")
        return super().pop(key, *default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Look one up, or set it."""
        self._reads.add(f"{self._path}{key}")
        return super().setdefault(key, default)

    # An own __iter__ is also what makes dict(x), {**x} and json.dumps(x) come through here instead of
    # CPython's shortcut for plain dicts.
    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def items(self) -> Any:
        """Look all up."""
        self._note_all()
        return super().items()

    def values(self) -> Any:
        """Look all up."""
        self._note_all()
        return super().values()

    def copy(self) -> dict[str, Any]:
        """Look all up."""
        return dict(self)

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)

    def __copy__(self) -> dict[str, Any]:
        return dict(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {key: _plain(value) for key, value in self.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self.__deepcopy__({}),)

    def _note_all(self) -> None:
        self._reads |= self.paths


class Notes:
    """The notes of one call of one handler."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.handed_out: list[weakref.ref[Noted]] = []

    def used(self) -> list[str]:
        """Return the paths that were looked up, or are part of a value that the handler kept whole.

        A value that outlives the call is in ministack's state, to be read by the service later.
        """
        kept = (reference() for reference in self.handed_out)
        return sorted(self.reads.union(*(value.paths for value in kept if value is not None)))


def _noted(value: Any, path: str, notes: Notes) -> Any:
    if isinstance(value, dict):
        return Noted(value, f"{path}.", notes)
    if isinstance(value, list):
        return [_noted(item, f"{path}[]", notes) for item in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def listen(handlers: dict[str, dict[str, Any]], write: Callable[[dict[str, Any]], None]) -> None:
    """Have each resource handler say which of its properties it looked up.

    Args:
        handlers: ministack's registry: resource type to its `create`, `update`, ... functions.
        write: Takes one record per resource that was created or updated.
    """

    def create(resource_type: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def listening(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
            notes = Notes()
            result = function(logical_id, Noted(properties, "", notes), stack_name)
            write(
                {
                    "type": resource_type,
                    "logical_id": logical_id,
                    "physical_id": result[0],
                    "properties": properties,
                    "reads": notes.used(),
                }
            )
            return result

        return listening

    def update(resource_type: str, function: Callable[..., Any], *, takes_id: bool) -> Callable[..., Any]:
        def listening(
            physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str
        ) -> Any:
            notes = Notes()
            result = function(physical_id, old, Noted(new, "", notes), stack_name, *([logical_id] if takes_id else []))
            write(
                {
                    "type": resource_type,
                    "logical_id": logical_id,
                    "physical_id": result[0],
                    "replaces": physical_id,
                    "properties": new,
                    "reads": notes.used(),
                }
            )
            return result

        return listening

    for resource_type, functions in handlers.items():
        if resource_type.startswith("AWS::CloudFormation::") or resource_type == "AWS::CDK::Metadata":
            continue  # a custom resource's properties all reach its function; a nested stack's are parameters
        functions["create"] = create(resource_type, functions["create"])
        if "update" in functions:
            takes_id = bool(functions.get("update_with_logical_id"))
            functions["update"] = update(resource_type, functions["update"], takes_id=takes_id)
            functions["update_with_logical_id"] = True
