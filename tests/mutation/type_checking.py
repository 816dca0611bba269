"""Asks the type checker, which `make test` runs before the tests, of what no test notices."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.mutants import Mutant
from tests.mutation.running import Copy

_SECONDS = 900


class TypeChecker:
    """mypy as the project has it set up, with a cache of its own.

    Args:
        copy: The copy that is mutated.
        modules: The modules of the room, as paths below the copy.
    """

    def __init__(self, copy: Copy, modules: Sequence[str]) -> None:
        self._copy, self._modules = copy, modules
        self._begun = False

    def refuses(self, mutant: Mutant, number: int) -> bool:
        """Say whether mypy finds an error in the changed module. The copy is as before afterwards.

        Raises:
            SystemExit: If mypy finds an error in the modules as they are, or does not run.
        """
        if not self._begun:
            self._errors(self._modules, {0})
            self._begun = True
        with self._copy.changed(mutant.module, mutant.code, number):
            return self._errors([mutant.module], {0, 1})

    def _errors(self, modules: Sequence[str], allowed: set[int]) -> bool:
        environment = {**os.environ, "MYPYPATH": str(self._copy.tree), "PYTHONSAFEPATH": "1"}
        cache = Path(self._copy.folder, "mypy")
        done = subprocess.run(
            [sys.executable, "-m", "mypy", f"--cache-dir={cache}", *modules],
            cwd=self._copy.tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode not in allowed:
            print(done.stdout + done.stderr, file=sys.stderr)
            raise SystemExit("mypy finds errors before anything is changed, or does not run")
        return done.returncode == 1
