"""Start a project: a stack that uses a pattern, and tests that pass."""

import ast
import importlib.machinery
import importlib.util
import json
import keyword
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath

from patternkit import __version__, node
from patternkit.catalog.cdk_cli import CLI_VERSION
from patternkit.catalog.discovery import Pattern, find
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.scaffolding import filled
from patternkit.catalog.settings import catalog_settings
from patternkit.errors import EXTRAS

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
_LONGEST = 40
# What a project's own package must not be named: its folders, and what the generated files import.
_TAKEN = {"app", "tests", "patterns", "patternkit", "aws_cdk", "constructs", "pytest", "cdk_nag", "node_modules"}
_SHOWN = {
    "locally": "deploy the stack to a cloud on this machine and use it there",
    "paths": "prove where its packets go",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProject:
    """A project that is to be started.

    Attributes:
        directory: Where it goes.
        name: As packages are named: "my-thumbnails".
        pattern: What its stack is made of.
    """

    directory: Path
    name: str
    pattern: Pattern

    @property
    def package(self) -> str:
        """The Python package that holds the stack: "my_thumbnails"."""
        return _package(self.name)

    @property
    def stack(self) -> str:
        """The stack's class and name: "MyThumbnailsStack"."""
        words = re.split(r"[-_]", self.name)
        return "".join(word[0].upper() + word[1:] for word in words) + "Stack"

    @property
    def starter(self) -> Path:
        """The pattern's own part of a project."""
        return self.pattern.folder / "starter"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the pattern's own tests show: "locally", "paths"."""
        return tuple(kind for kind in _SHOWN if (self.starter / f"test_{kind}.py.tmpl").is_file())

    @property
    def extras(self) -> tuple[str, ...]:
        """The extras of this package that the project's tests need."""
        needed = {"testing", *({"locally": "local", "paths": "routes"}[kind] for kind in self.kinds)}
        return tuple(sorted(needed))


def planned(directory: Path, pattern: str, name: str | None = None) -> NewProject:
    """Check what is asked for, before anything is written.

    Args:
        directory: Where the project goes; made if there is none.
        pattern: The name of the pattern that its stack is made of.
        name: The project's name. Default: the directory's.

    Returns:
        The plan.

    Raises:
        CatalogError: If there is no such pattern, the name will not do, the directory is not free, or a package that
            the project's tests need is not installed.
    """
    found = find(pattern)
    where = directory.resolve()
    new = NewProject(
        directory=where, name=_checked_name(where.name if name is None else name, given=name is not None), pattern=found
    )
    if not (new.starter / "stack.py.tmpl").is_file():
        raise CatalogError(f"{found.name} has no starter project: {new.starter / 'stack.py.tmpl'} is missing")
    _check_packages(new)
    _check_directory(new)
    return new


def start(new: NewProject) -> list[Path]:
    """Write a project's files, and the snapshots of its template.

    Args:
        new: What is asked for.

    Returns:
        What was written.

    Raises:
        CatalogError: If a file cannot be written or the template cannot be made; then nothing is left of it.
    """
    there_before = new.directory.exists()
    try:
        written = write(new)
        _write_snapshots(new)
    except BaseException:
        _take_back(new, whole=not there_before)
        raise
    return [*written, *sorted((new.directory / "tests" / "snapshots").iterdir())]


def write(new: NewProject) -> list[Path]:
    """Write a project's files, without the snapshots of its template.

    Args:
        new: What is asked for.

    Returns:
        What was written.

    Raises:
        CatalogError: If a file cannot be written, or has come meanwhile.
    """
    written = []
    try:
        for relative, text in _files(new):
            path = new.directory / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        raise _not_writable(new.directory, error) from None
    return written


def _checked_name(name: str, *, given: bool) -> str:
    package = _package(name)
    other = "" if given else "; give another with --name"
    if not _NAME.fullmatch(name) or len(name) > _LONGEST or keyword.iskeyword(package):
        raise CatalogError(
            "a project's name must be letters from a to z and digits, joined by hyphens or underscores, at most "
            f"{_LONGEST} characters, beginning with a letter, and no word of Python's, got {name!r}{other}"
        )
    if package in _TAKEN or package in sys.stdlib_module_names or _is_installed(package):
        raise CatalogError(f"a project's package named {package} would hide another of that name{other}")
    return name.lower()


def _package(name: str) -> str:
    return name.lower().replace("-", "_")


def _is_installed(package: str) -> bool:
    # The working folder does not count: the project itself may stand there.
    here = {"", str(Path.cwd())}
    paths = [path for path in sys.path if path not in here]
    return importlib.machinery.PathFinder.find_spec(package, paths) is not None


def _check_packages(new: NewProject) -> None:
    missing = [extra for extra in new.extras if any(importlib.util.find_spec(one) is None for one in EXTRAS[extra])]
    if node.is_missing():
        missing.insert(0, "node")
    if missing:
        raise CatalogError(f"init needs what is missing here: pip install 'cdk-pattern-catalog[{','.join(missing)}]'")


def _check_directory(new: NewProject) -> None:
    where = new.directory
    try:
        if not where.exists():
            where.mkdir(parents=True)
            where.rmdir()
            return
        if not where.is_dir():
            raise CatalogError(f"{where} must be a directory, and is a file")
        # A repository that was begun, and a virtual environment, are where a project starts.
        in_the_way = sorted(
            one.name for one in where.iterdir() if one.name[0] != "." and not (one / "pyvenv.cfg").is_file()
        )
        if in_the_way:
            more = f" and {len(in_the_way) - 1} more" if len(in_the_way) > 1 else ""
            raise CatalogError(f"{where} must be empty, and holds {in_the_way[0]}{more}")
        if not os.access(where, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
        for relative, _ in _files(new):
            if (where / relative).exists():
                raise CatalogError(f"{where / relative} is there already: nothing is overwritten")
    except OSError as error:
        raise _not_writable(where, error) from None


def _not_writable(where: Path, error: OSError) -> CatalogError:
    return CatalogError(f"{where} cannot be written: {error.strerror or error}")


def _files(new: NewProject) -> Iterator[tuple[PurePosixPath, str]]:
    scaffold = resources.files("patternkit.catalog") / "scaffold"
    stack = {**_words(new), "parameters": ""}
    own = dict(filled(new.starter, stack))
    words = {**stack, "parameters": _parameters(own[PurePosixPath("stack.py")])}
    layers = ["project", *(f"project_{kind}" for kind in new.kinds if (scaffold / f"project_{kind}").is_dir())]
    texts = {relative: text for layer in layers for relative, text in filled(scaffold / layer, words)}
    texts[PurePosixPath(".gitignore")] = texts.pop(PurePosixPath("gitignore"))
    texts[PurePosixPath("cdk.json")] = json.dumps({**catalog_settings(), "app": "python app.py"}, indent=2) + "\n"
    for relative, text in own.items():
        texts[PurePosixPath(new.package if relative.name == "stack.py" else "tests") / relative] = text
    yield from sorted(texts.items())


def _words(new: NewProject) -> Mapping[str, str]:
    return {
        "name": new.name.replace("_", "-"),
        "title": re.sub(r"[-_]", " ", new.name).capitalize(),
        "package": new.package,
        "stack": new.stack,
        "pattern": new.pattern.name,
        "summary": new.pattern.summary,
        "shown": " and ".join(_SHOWN[kind] for kind in new.kinds),
        "extras": ",".join(new.extras),
        "catalog": __version__,
        "cli": CLI_VERSION,
    }


def _parameters(stack: str) -> str:
    """What `cdk deploy` must be told: the parameters that a stack's source declares."""
    calls = [node for node in ast.walk(ast.parse(stack)) if isinstance(node, ast.Call)]
    names = [
        str(call.args[1].value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "CfnParameter" and isinstance(call.args[1], ast.Constant)
    ]
    return "".join(f" --parameters {name}=..." for name in names)


def _write_snapshots(new: NewProject) -> None:
    # The tests write them, as they are written anew later: only they know what goes into one.
    foreign = ("PYTEST_", "PYTHONPATH", "CI")
    env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    tests = ["tests/test_template.py", "-k", "as_it_was or logical_id"]
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "--snapshot-update", *tests]
    done = subprocess.run(command, cwd=new.directory, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CatalogError(f"the snapshots of {new.name} could not be written:\n{done.stdout}{done.stderr}")


def _take_back(new: NewProject, *, whole: bool) -> None:
    if whole:
        shutil.rmtree(new.directory, ignore_errors=True)
        return
    # It was checked that none of these was there before.
    for relative, _ in _files(new):
        (new.directory / relative).unlink(missing_ok=True)
    for folder in (new.directory / "tests", new.directory / new.package, new.directory / ".github" / "workflows"):
        shutil.rmtree(folder, ignore_errors=True)
