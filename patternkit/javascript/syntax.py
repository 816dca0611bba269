"""Which parts of the language a program uses that its runtime does not document.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from patternkit.errors import MissingExtra

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

EDGE: Mapping[str, str] = {
    "class": "a class",
    "class_declaration": "a class",
    "generator_function": "a generator",
    "generator_function_declaration": "a generator",
    "yield_expression": "yield",
    "with_statement": "with",
    "meta_property": "new.target or import.meta",
    "jsx_element": "JSX",
    "jsx_self_closing_element": "JSX",
    "assignment_pattern": "a default value of a parameter",
    "spread_element": "spread syntax",
    "object_pattern": "destructuring",
    "array_pattern": "destructuring",
    "optional_chain": "optional chaining",
    "augmented_assignment_expression ??=": "logical assignment",
    "augmented_assignment_expression &&=": "logical assignment",
    "augmented_assignment_expression ||=": "logical assignment",
    "binary_expression ??": "the operator ??",
    "for_in_statement of": "for ... of",
    "export_statement": "an export",
    "async closure": "an async function within another",
    "bigint": "a BigInt",
}
"""What runtime 2.0 of functions of Amazon CloudFront does not document, by kind of syntax."""

RESOLVER: Mapping[str, str] = {
    "class": "a class",
    "class_declaration": "a class",
    "generator_function": "a generator",
    "generator_function_declaration": "a generator",
    "yield_expression": "yield",
    "async function": "an async function",
    "await_expression": "await",
    "try_statement": "try",
    "throw_statement": "throw",
    "continue_statement": "continue",
    "do_statement": "do ... while",
    "while_statement": "while",
    "for_statement": "for (;;)",
    "labeled_statement": "a label",
    "with_statement": "with",
    "update_expression": "the operator ++ or --",
    "unary_expression ~": "the operator ~",
    "binary_expression in": "the operator in",
    "binary_expression instanceof": "the operator instanceof",
    "new_expression": "new",
    "this": "this",
    "regex": "a regular expression",
    "bigint": "a BigInt",
}
"""What APPSYNC_JS, the runtime of resolvers of AWS AppSync, does not document, by kind of syntax."""

_FUNCTIONS = {"function_declaration", "function_expression", "arrow_function", "method_definition"}


@dataclass(frozen=True, slots=True, order=True)
class Unsupported:
    """A place that the runtime refuses.

    Attributes:
        line: Its line, from 1.
        what: What is there.
    """

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what} is not in this runtime"


def unsupported(code: str, lacking: Mapping[str, str]) -> list[Unsupported]:
    """Find what a runtime does not document.

    Args:
        code: The program.
        lacking: What the runtime lacks: `EDGE` or `RESOLVER`.

    Returns:
        Each place, in their order. What is no JavaScript at all is told as such.

    Raises:
        MissingExtra: If the parser is not installed.
    """
    tree = _parser().parse(code.encode())
    found = set()
    for node, within in _walk(tree.root_node, None):
        line = node.start_point[0] + 1
        if node.type == "ERROR" or node.is_missing:
            found.add(Unsupported(line, "what is no JavaScript"))
        for kind in _kinds(node, within):
            if kind in lacking:
                found.add(Unsupported(line, lacking[kind]))
    return sorted(found)


def _kinds(node: "Node", within: "Node | None") -> Iterator[str]:
    yield node.type
    operator = node.child_by_field_name("operator")
    if operator is not None:
        yield f"{node.type} {operator.type}"
    if node.type in _FUNCTIONS and any(one.type == "async" for one in node.children):
        yield "async function"
        if within is not None:
            yield "async closure"
    # 12n; tree-sitter has one kind for all numbers.
    if node.type == "number" and node.text is not None and node.text.endswith(b"n"):
        yield "bigint"


def _walk(node: "Node", within: "Node | None") -> Iterator[tuple["Node", "Node | None"]]:
    pending = [(node, within)]
    while pending:
        one, function = pending.pop()
        yield one, function
        inner = one if one.type in _FUNCTIONS else function
        pending += [(child, inner) for child in one.children]


@cache
def _parser() -> "Parser":
    try:
        import tree_sitter_javascript
        from tree_sitter import Language, Parser
    except ImportError:
        raise MissingExtra("the syntax of JavaScript", "tree_sitter_javascript", "testing") from None
    return Parser(Language(tree_sitter_javascript.language()))
