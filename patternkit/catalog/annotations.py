"""What an annotation says, read from source: the type, and the bounds that stand beside it. Nothing is imported."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import annotated_types

from patterns.building_blocks import bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """An annotation.

    Attributes:
        type: The type, as one would write it without bounds: "int | None".
        allowed: What its bounds allow: "1 to 65535". Empty if it has none.
    """

    type: str
    allowed: str


def annotations(source: Path, construct: str, packages: Path) -> dict[str, Annotation]:
    """Read the annotations of a constructor's arguments, and follow the aliases that they name.

    Args:
        source: The file that the class stands in.
        construct: The name of the class.
        packages: The folder that `patterns` lies in.

    Returns:
        What each says, by the argument's name.
    """
    found = {}
    # The tree is asked itself: in text, a string beside a type could not be told from a forward reference.
    for statement in _statements(source):
        if isinstance(statement, ast.ClassDef) and statement.name == construct:
            for method in statement.body:
                if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                    for one in method.args.kwonlyargs:
                        if one.annotation is not None:
                            found[one.arg] = _read(one.annotation, source, packages)
    return found


def _read(node: ast.expr, source: Path, packages: Path) -> Annotation:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            either = [_read(one, source, packages) for one in (left, right)]
            said = " or ".join(one.allowed for one in either if one.allowed)
            return Annotation(type=" | ".join(one.type for one in either), allowed=said)
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[kind, *metadata])):
            inner = _read(kind, source, packages)
            names = _Names(source, packages)
            found = bounds.bounds([names.value(one) for one in metadata])
            said = bounds.allowed(found, "characters" if inner.type == "str" else "of them")
            return Annotation(type=inner.type, allowed=", ".join(one for one in (said, inner.allowed) if one))
        case ast.Subscript(value=ast.Name(id=name), slice=inner) if name not in {"Literal", "type"}:
            elements = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            read = [_read(one, source, packages) for one in elements]
            # What a mapping is by, and what it holds, are told apart.
            words = ("each key", "each value") if name == "Mapping" else ("each",) * len(read)
            each = ", ".join(f"{word} {one.allowed}" for word, one in zip(words, read, strict=True) if one.allowed)
            inside = ", ".join(one.type for one in read)
            return Annotation(type=f"{name}[{inside}]", allowed=each)
        case ast.Name(id=name):
            alias, where = _found(name, source, packages)
            if alias is not None and not isinstance(alias, ast.Constant | ast.Call):
                return _read(alias, where, packages)
    return Annotation(type=ast.unparse(node).replace("'", '"'), allowed="")


def _found(name: str, source: Path, packages: Path) -> tuple[ast.expr | None, Path]:
    """Find what a name stands for: the expression that it was given, and the file of it."""
    for statement in _statements(source):
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return value, source
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                return value, source
            case ast.ImportFrom(module=str(module), names=imported) if module.startswith("patterns."):
                for one in imported:
                    if (one.asname or one.name) == name:
                        file = packages.joinpath(*module.split("."))
                        file = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
                        return _found(one.name, file, packages)
    return None, source


@cache
def _statements(source: Path) -> list[ast.stmt]:
    return ast.parse(source.read_text(encoding="utf-8")).body


class _Names(Mapping[str, Any]):
    """The names that bounds are written with. A check's own function is named there, but never called."""

    def __init__(self, source: Path, packages: Path) -> None:
        self._source, self._packages = source, packages

    def __getitem__(self, name: str) -> Any:
        if name in _WORDS:
            return _WORDS[name]
        value, where = _found(name, self._source, self._packages)
        return _not_called if value is None else _Names(where, self._packages).value(value)

    def __iter__(self) -> Iterator[str]:
        return iter(_WORDS)

    def __len__(self) -> int:
        return len(_WORDS)

    def value(self, node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), str(self._source), "eval"), {"__builtins__": {}}, self)


_WORDS: Mapping[str, Any] = {**vars(annotated_types), **vars(bounds), "timedelta": timedelta}
_not_called: Callable[..., None] = lambda *_: None  # noqa: E731
