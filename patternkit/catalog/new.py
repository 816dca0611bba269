"""Begin a pattern: its folder and its tests, which pass every check."""

import keyword
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from patternkit.catalog.discovery import families, patterns, root
from patternkit.catalog.errors import CatalogError, unknown
from patternkit.catalog.scaffolding import filled

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPattern:
    """A pattern that is to be begun.

    Attributes:
        family: The folder that it stands in.
        name: As it is called on the command line: "upload-scan".
        handler: Whether it gets a function of its own.
        repository: The clone that it goes into.
    """

    family: str
    name: str
    handler: bool
    repository: Path

    @property
    def module(self) -> str:
        """Its name in Python: "upload_scan"."""
        return self.name.replace("-", "_")

    @property
    def folder(self) -> Path:
        """Where it stands."""
        return self.repository / "patterns" / self.family / self.module

    @property
    def mirror(self) -> Path:
        """Where its own tests stand."""
        return self.repository / "tests" / "patterns" / self.family / self.module

    def words(self) -> dict[str, str]:
        """The values of the placeholders in the scaffold's files."""
        construct = "".join(part.capitalize() for part in self.name.split("-"))
        return {
            "family": self.family,
            "name": self.name,
            "folder": self.module,
            "construct": construct,
            "a_construct": f"{'an' if construct[0] in 'AEIOU' else 'a'} {construct}",
            "title": self.name.replace("-", " ").capitalize(),
            "today": datetime.now(UTC).date().isoformat(),
        }


def planned(where: str, *, handler: bool) -> NewPattern:
    """Check what is asked for, before anything is written.

    Args:
        where: FAMILY/NAME.
        handler: Whether it gets a function of its own.

    Returns:
        The plan.

    Raises:
        CatalogError: If there is no such family, none of its patterns begins with a handler, the name is malformed or
            taken, or this is no clone.
    """
    family, slash, given = where.partition("/")
    if not slash:
        raise CatalogError(f"say FAMILY/NAME, such as events/upload-scan, got {where}")
    known = families()
    if family not in known:
        raise unknown("family", family, known)
    name = given.replace("_", "-")
    if not _NAME.fullmatch(name) or len(name) > _LONGEST or keyword.iskeyword(name.replace("-", "_")):
        raise CatalogError(
            f"a pattern's name must be lower-case words joined by hyphens, at most {_LONGEST} characters, "
            f"beginning with a letter, and no word of Python's, got {given!r}"
        )
    if name in patterns():
        raise CatalogError(f"{name} is already a pattern: {patterns()[name].folder}")
    if handler and not (_scaffold(family) / "pattern_with_handler").is_dir():
        raise CatalogError(
            f"--handler must be left out in {family}: what a pattern begins with there runs no code of its own"
        )
    new = NewPattern(family=family, name=name, handler=handler, repository=root().parent)
    if not (new.repository / "tests" / "test_every_pattern.py").is_file():
        raise CatalogError(f"a pattern is begun in a clone of the repository; {new.repository} is none")
    for path in (new.folder, new.mirror):
        if path.exists():
            raise CatalogError(f"{path} is there already: move it away, or choose another name")
    return new


def begin(new: NewPattern) -> list[Path]:
    """Write a pattern's files, its page and its snapshots.

    Args:
        new: What is asked for.

    Returns:
        What was written.

    Raises:
        CatalogError: If its template cannot be made; then nothing is left of it.
    """
    try:
        _write_sources(new)
        pages = _write_pages(new)
        _write_snapshots(new)
    except BaseException:
        for path in (new.folder, new.mirror):
            shutil.rmtree(path, ignore_errors=True)
        patterns.cache_clear()
        raise
    own = (path for folder in (new.folder, new.mirror) for path in folder.rglob("*"))
    return sorted({path for path in own if path.is_file() and path.suffix != ".pyc"} | set(pages))


def _scaffold(family: str) -> Traversable:
    """What a pattern of a family begins with: the family's own, or what suits every other one."""
    scaffold = resources.files("patternkit.catalog") / "scaffold"
    own = scaffold / "families" / family
    return own if own.is_dir() else scaffold


def _write_sources(new: NewPattern) -> None:
    words = new.words()
    scaffold = _scaffold(new.family)
    for kind, target in (("pattern", new.folder), ("mirror", new.mirror)):
        # What a handler brings lies over what every pattern has.
        for layer in (kind, f"{kind}_with_handler") if new.handler else (kind,):
            for relative, text in filled(scaffold / layer, words):
                path = target / relative
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    (new.folder / "README.md").write_text(_page(scaffold, words), encoding="utf-8")


def _page(family: Traversable, words: Mapping[str, str]) -> str:
    """Write a pattern's page: the headings and markers of every page around what its family begins with."""
    parts = {str(name.with_suffix("")): text.rstrip("\n") for name, text in filled(family / "page", words)}
    # Of what no packet goes through there are no routes.
    parts["routes"] = f"{parts['routes']}\n\n" if "routes" in parts else ""
    skeleton = resources.files("patternkit.catalog") / "scaffold" / "README.md.tmpl"
    return Template(skeleton.read_text(encoding="utf-8")).substitute({**words, **parts})


def _write_pages(new: NewPattern) -> list[Path]:
    from patternkit.catalog.pages import write

    patterns.cache_clear()
    return write([patterns()[new.name]])


def _write_snapshots(new: NewPattern) -> None:
    # The tests write them, as `make snapshots` does: only they know what goes into one.
    exactly = f"(agnostic-{new.name}] or concrete-{new.name}])"
    tests = ["tests/test_every_pattern.py", "-k", f"(as_it_was or logical_ids) and {exactly}"]
    command = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses=0", "--snapshot-update", *tests]
    done = subprocess.run(command, cwd=new.repository, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CatalogError(f"the snapshots of {new.name} could not be written:\n{done.stdout}{done.stderr}")
