"""Makes the mutants of a module with mutmut's operators."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_NOT_RUN = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom, cst.TypeAlias, cst.Global, cst.Nonlocal)
_NAMES_NOT_RUN = frozenset({"__all__"})
_TYPES = frozenset(
    {"Annotated", "Callable", "Iterable", "Iterator", "Mapping", "Sequence", "dict", "frozenset", "list"}
)
_TYPES |= frozenset({"set", "tuple", "type"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a module.

    Attributes:
        module: The module's path.
        function: The function that it is in, with its classes; "" at the top of the module.
        lines: The first and the last line that the change spans.
        was: What stands there.
        becomes: What stands there then.
        number: Counts changes of one function that read alike.
        code: The module as changed.
    """

    module: str
    function: str
    lines: tuple[int, int]
    was: str
    becomes: str
    number: int
    code: str

    @property
    def compiles(self) -> bool:
        """Whether Python takes it; what it refuses at once says nothing about tests."""
        try:
            compile(self.code, self.module, "exec")
        except (SyntaxError, ValueError):
            return False
        return True

    @property
    def key(self) -> str:
        """Names the mutant independently of where in the module its function stands."""
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.module}::{self.function}{again}: {self.was} -> {self.becomes}"


def mutants_of(module: str, tree: Path) -> list[Mutant]:
    """Make every mutant of a module.

    Args:
        module: The module's path below the tree.
        tree: Where it is read.

    Returns:
        The mutants, in the order of the code.
    """
    visitor = _Changes(module, (tree / module).read_text("utf-8"))
    MetadataWrapper(cst.parse_module("".join(visitor.lines)), unsafe_skip_copy=True).visit(visitor)
    return list(visitor.found.values())


class _Changes(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, module: str, text: str) -> None:
        super().__init__()
        self.module = module
        self.lines = text.splitlines(keepends=True)
        self.found: dict[str, Mutant] = {}
        self._within: list[str] = []
        self._alike: Counter[tuple[str, str, str]] = Counter()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _NOT_RUN) or _is_docstring(node) or _is_not_run(node):
            return False
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self._within.append(node.name.value)
        place = self.get_metadata(PositionProvider, node, None)
        for kind, operator in mutation_operators:
            if isinstance(node, kind) and isinstance(place, CodeRange):
                # The second and third way to spoil a string change its case: what notices one notices all.
                for mutated in islice(operator(node), 1 if isinstance(node, cst.BaseString) else None):
                    self._add(place, cst.Module([]).code_for_node(mutated))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, (cst.FunctionDef, cst.ClassDef)):
            self._within.pop()

    def _add(self, place: CodeRange, written: str) -> None:
        first, last = place.start.line - 1, place.end.line - 1
        was = self.lines[first : last + 1]
        becomes = was[0][: place.start.column] + written + was[-1][place.end.column :]
        code = "".join((*self.lines[:first], becomes, *self.lines[last + 1 :]))
        function, reads = ".".join(self._within), (_joined(was), _joined(becomes.splitlines()))
        if code in self.found or reads[0] == reads[1]:
            return
        self._alike[function, *reads] += 1
        number = self._alike[function, *reads]
        self.found[code] = Mutant(self.module, function, (first + 1, last + 1), *reads, number, code)


def _is_docstring(node: cst.CSTNode) -> bool:
    # Also the text below an attribute that says what it holds.
    return isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString))


def _is_not_run(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.AnnAssign):
        kind = node.annotation.annotation
        return isinstance(kind, cst.Name) and kind.value == "TypeAlias"
    if not isinstance(node, cst.Assign):
        return False
    named = {target.target.value for target in node.targets if isinstance(target.target, cst.Name)}
    return bool(named & _NAMES_NOT_RUN) or _is_type(node.value)


def _is_type(value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.BitOr):
        return _is_type(value.left) or _is_type(value.right)
    return isinstance(value, cst.Subscript) and isinstance(value.value, cst.Name) and value.value.value in _TYPES


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)


def all_mutants(modules: list[str], tree: Path) -> Iterator[Mutant]:
    """Make the mutants of modules.

    Args:
        modules: Paths below the tree.
        tree: Where they are read.

    Yields:
        The mutants.
    """
    for module in modules:
        yield from mutants_of(module, tree)
