"""The rooms whose code is mutated, and the tests that have to notice."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.mutation.outcomes import digest

TREE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Room:
    """Code that is mutated, and the tests that are run against it.

    Attributes:
        code: Folders and files whose functions are mutated.
        tests: Folders and files of tests. Tests that compare with a snapshot are left out.
        without: Parts of paths that are not mutated.
        settings: Arguments of pytest. What is shared by tests of patterns loads the CDK, which other tests need not.
        by_pattern: Whether tests are chosen by the pattern's name, and none is measured.
        last: Tables that are dear: their rows of a pattern are run when nothing else has noticed.
        guards: Tests that are run last: those that read templates from snapshots, on what the changed code makes.
    """

    code: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()
    settings: tuple[str, ...] = ("--noconftest",)
    by_pattern: bool = False
    last: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()

    def modules(self, tree: Path) -> list[str]:
        """List the modules whose code is mutated, as paths below the tree."""
        found: set[str] = set()
        for one in self.code:
            start = tree / one
            files = start.rglob("*.py") if start.is_dir() else [start]
            found |= {file.relative_to(tree).as_posix() for file in files}
        return sorted(one for one in found if not any(part in one for part in self.without))

    def files_of_tests(self, tree: Path) -> tuple[dict[str, str], str]:
        """Digests of the files of tests, by path, and one of whatever else is there: what tests share."""
        ignored = tuple(one.removeprefix("--ignore=") for one in self.settings if one.startswith("--ignore="))
        files: dict[str, str] = {}
        shared: list[str] = []
        for one in self.tests:
            start = tree / one
            for file in sorted(start.rglob("*.*")) if start.is_dir() else [start]:
                path = file.relative_to(tree).as_posix()
                if file.name.startswith("test_") and file.suffix == ".py":
                    files |= {} if path in ignored else {path: digest(tree, [path])}
                elif file.is_file():
                    shared.append(path)
        return files, digest(tree, shared)


def readers(module: str, modules: Iterable[str], tree: Path) -> Iterator[str]:
    """The modules that import a module, whole or by its package."""
    name = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    yield from (other for other in modules if name in imported(tree / other))


@cache
def imported(file: Path) -> frozenset[str]:
    """The modules, and what is in them, that a module imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return frozenset(found)


_SLOW_OF_ROUTES = ("cli", "drawing", "oracles", "third_oracle", "third_oracle_of_examples")
# What the folder's conftest.py has, without that of all tests above it.
_EVERY_PROOF = ("-p", "tests.patternkit.routes.every_proof")
_HELD_OF_EVERY_TEMPLATE = sorted(
    file.relative_to(TREE).as_posix()
    for file in (TREE / "tests").glob("test_*.py")
    if "from tests.every_template import" in file.read_text("utf-8")
)

ROOMS = {
    "upgrade": Room(("patternkit/upgrade",), ("tests/patternkit/upgrade",)),
    "permissions": Room(("patternkit/testing/permissions",), ("tests/patternkit/testing/permissions",)),
    # Drawings need packages of Node, which the copy has not. Random networks take minutes, and notice by chance.
    "routes": Room(
        ("patternkit/routes", "patternkit/resolving"),
        ("tests/patternkit/routes",),
        ("/cli.py", "/drawing.py"),
        (
            "--noconftest",
            *_EVERY_PROOF,
            *(f"--ignore=tests/patternkit/routes/test_{name}.py" for name in _SLOW_OF_ROUTES),
        ),
    ),
    # The server and the command line are tried by processes and sockets, which are slow to start for each mutant.
    "dns": Room(
        ("patternkit/dns",),
        ("tests/patternkit/dns",),
        ("/cli.py", "/server.py", "/serving.py", "/responses.py", "/zone_keys.py", "/stand_ins.py"),
        ("--noconftest", "--ignore=tests/patternkit/dns/test_cdk_app.py", "--ignore=tests/patternkit/dns/test_cli.py"),
    ),
    # Handlers among them. The tables of all patterns come in the order of what they cost.
    "constructs": Room(
        ("patterns",),
        (
            "tests/patterns",
            *(f"tests/test_{name}.py" for name in ("every_default", "every_signature", "keys_and_topics")),
            *(f"tests/test_{name}.py" for name in ("every_pattern", "siblings", "each_argument")),
            "tests/test_sdk_clients.py",
        ),
        ("example.py", "/starter/"),
        (),
        by_pattern=True,
        last=tuple(
            f"tests/test_{name}.py"
            for name in ("every_grant", "every_list", "every_token", "every_script", "every_length", "four_ways")
        ),
        guards=(
            *_HELD_OF_EVERY_TEMPLATE,
            *(f"tests/test_{name}.py" for name in ("every_environment", "protected_balancers")),
            # Not from the snapshots, but seconds dear: so last, too.
            "tests/test_every_pattern.py::test_cfn_lint_is_silent",
        ),
    ),
}
