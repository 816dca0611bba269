"""Runs tests in a copy of the repository, each time in a process of its own that is forked from a warm one."""

import gc
import importlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

_OWN = frozenset({"patterns", "patternkit", "tests", "examples", "bench", "app"})
_NOT_BEFORE_THE_FORK = frozenset({"jsii", "aws_cdk", "constructs", "cdk_nag", "pytest_timeout"})
"""What starts a process that forked ones would share."""

_ARGUMENTS = (
    *("--exitfirst", "--quiet", "--no-header", "--no-summary", "--tb=short", "--numprocesses=0"),
    *("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
_LARGEST = 6 << 30
NOT_FOUND = pytest.ExitCode.USAGE_ERROR
OUT_OF_TIME = 254


class WithoutSnapshots:
    """The pytest plugin that leaves out tests that compare with a snapshot."""

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave them out."""
        left_out = [one for one in items if "snapshot" in getattr(one, "fixturenames", ())]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [one for one in items if one not in left_out]


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the repository to run tests in.

    Attributes:
        source: The repository.
        folder: Where the copy is; what it writes besides lies beside `tree`.
    """

    source: Path
    folder: Path

    @property
    def tree(self) -> Path:
        """The copied files."""
        return self.folder / "tree"

    def make(self) -> None:
        """Copy what git knows, as it is in the working tree, over what is there."""
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=self.source, capture_output=True, check=True, timeout=60).stdout
        shutil.rmtree(self.tree, ignore_errors=True)
        for name in filter(None, os.fsdecode(names).split("\0")):
            if (self.source / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.source / name, self.tree / name)
        for made in ("node_modules", ".venv"):
            (self.tree / made).symlink_to(self.source / made)

    @contextmanager
    def changed(self, module: str, code: str, number: int) -> Iterator[None]:
        """Let a module read otherwise while a block runs.

        Args:
            module: The module, as a path below the tree.
            code: What it reads.
            number: The time that the file then has: Python knows what it has compiled by a file's time and size.
        """
        file = self.tree / module
        as_it_was = file.read_bytes()
        try:
            file.write_text(code, "utf-8")
            os.utime(file, (number, number))
            yield
        finally:
            file.write_bytes(as_it_was)

    def run(
        self,
        tests: Iterable[str],
        *,
        seconds: float,
        plugins: Iterable[object] = (),
        before: Callable[[], object] = bool,
        after: Callable[[], object] = bool,
        snapshots: bool = False,
    ) -> int:
        """Run tests in a process of its own.

        Args:
            tests: Names of tests, or files.
            seconds: The processor time that they have; ten times of it may pass.
            plugins: pytest's.
            before: What is done in that process before them.
            after: What is done in that process when they are through.
            snapshots: Whether tests that compare with a snapshot are among them.

        Returns:
            pytest's exit code, or OUT_OF_TIME.
        """
        process = os.fork()
        if process:
            return _wait(process, seconds * 10)
        code = 99
        try:
            os.setsid()
            self._enter(seconds)
            before()
            temporary = f"--basetemp={self.folder / 'temporary'}"
            chosen = [*([] if snapshots else [WithoutSnapshots()]), *plugins]
            code = int(pytest.main([*_ARGUMENTS, temporary, *tests], plugins=chosen))
            after()
        finally:
            sys.stdout.flush()
            os._exit(code)

    def _enter(self, seconds: float) -> None:
        output = os.open(self.folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        for stream in (1, 2):
            os.dup2(output, stream)
        # A process of a parallel run would take itself for a worker of it, and where CI is set no snapshot is made.
        for name in [name for name in os.environ if name.startswith(("PYTEST_", "CI"))]:
            del os.environ[name]
        for name in [name for name in sys.modules if name.partition(".")[0] in _OWN]:
            del sys.modules[name]
        sys.path[:] = [str(self.tree), *(one for one in sys.path if Path(one or ".").resolve() != self.source)]
        os.environ["PYTHONPATH"] = str(self.tree)
        sys.dont_write_bytecode = False
        os.environ["PYTHONDONTWRITEBYTECODE"] = ""
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(self.folder / "bytecode")
        os.chdir(self.tree)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_DATA, (_LARGEST, _LARGEST))
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)


def _wait(process: int, seconds: float) -> int:
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                return OUT_OF_TIME if code in (-signal.SIGXCPU, -signal.SIGKILL) else code
            time.sleep(0.01)
        return OUT_OF_TIME
    finally:
        # What the tests started too.
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(process, 0)


def preload(names: Iterable[str]) -> None:
    """Import what tests import besides the code, so that it is there in each forked process.

    Args:
        names: Modules that a run of the tests had imported.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in sorted(names):
            if name.partition(".")[0] not in _OWN | _NOT_BEFORE_THE_FORK:
                with suppress(Exception):
                    importlib.import_module(name)
    gc.freeze()  # pytest collects garbage at its end, and need not go through what came before
