"""The rooms whose code is mutated, and the tests that have to notice."""

from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Room:
    """Code that is mutated, and the tests that are run against it.

    Attributes:
        code: Folders and files whose functions are mutated.
        tests: Folders and files of tests. Tests that compare with a snapshot are left out.
        without: Parts of paths that are not mutated.
        settings: Arguments of pytest. What is shared by tests of patterns loads the CDK, which other tests need not.
    """

    code: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()
    settings: tuple[str, ...] = ("--noconftest",)

    def modules(self, tree: Path) -> list[str]:
        """List the modules whose code is mutated, as paths below the tree."""
        found: set[str] = set()
        for one in self.code:
            start = tree / one
            files = start.rglob("*.py") if start.is_dir() else [start]
            found |= {file.relative_to(tree).as_posix() for file in files}
        return sorted(one for one in found if not any(part in one for part in self.without))


ROOMS = {
    "upgrade": Room(("patternkit/upgrade",), ("tests/patternkit/upgrade",)),
    "permissions": Room(("patternkit/testing/permissions",), ("tests/patternkit/testing/permissions",)),
    # Drawings need packages of Node, which the copy has not.
    "routes": Room(
        ("patternkit/routes", "patternkit/resolving"),
        ("tests/patternkit/routes",),
        ("/cli.py", "/drawing.py"),
        ("--ignore=tests/patternkit/routes/test_drawing.py", "--ignore=tests/patternkit/routes/test_cli.py"),
    ),
    # The server and the command line are tried by processes and sockets, which are slow to start for each mutant.
    "dns": Room(
        ("patternkit/dns",),
        ("tests/patternkit/dns",),
        ("/cli.py", "/server.py", "/serving.py", "/responses.py", "/zone_keys.py", "/stand_ins.py"),
        ("--noconftest", "--ignore=tests/patternkit/dns/test_cdk_app.py", "--ignore=tests/patternkit/dns/test_cli.py"),
    ),
    "constructs": Room(
        ("patterns",),
        ("tests/patterns", "tests/test_every_pattern.py"),
        ("/handler/", "example.py", "/starter/"),
        (),
    ),
}
