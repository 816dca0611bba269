"""cdk-preflight's rules for the stacks of an app, one after another, while these are deployed and already in use."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from patternkit.localcloud.assembly import AssemblyStack
from patternkit.localcloud.preflight import Held, Preflight, nested_template
from patternkit.temporary import TemporaryFolder


class BackgroundPreflight:
    """The rules at work on several stacks. A context manager: however the block ends, they end too.

    They work on copies of the templates: the assembly may go while they do.
    """

    def __init__(self, stacks: Sequence[AssemblyStack]) -> None:
        self._folder = TemporaryFolder()
        self._stacks = [_copied(stack, self._folder.path / str(index)) for index, stack in enumerate(stacks)]
        self._left = len(stacks)
        self._held: queue.SimpleQueue[tuple[str, Held]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._ended = False
        self._running: Preflight | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._ended = True
            if self._running is not None:
                self._running.end()
        self._thread.join()

    @property
    def left(self) -> int:
        """How many stacks `come` has not yielded yet."""
        return self._left

    def come(self) -> Iterator[tuple[str, Held]]:
        """Yield what has come since it was asked last, without waiting: a stack's name, and what was found."""
        while not self._held.empty():
            self._left -= 1
            yield self._held.get()

    def _run(self) -> None:
        try:
            for stack in self._stacks:
                with self._lock:
                    if self._ended:
                        return
                    self._running = Preflight(stack)
                with self._running as running:
                    self._held.put((stack.display_name, running.findings()))
        finally:
            self._folder.remove()


def _copied(stack: AssemblyStack, folder: Path) -> AssemblyStack:
    folder.mkdir()
    assets = tuple(
        replace(asset, source=_copy(asset.source, folder)) for asset in stack.assets if nested_template(asset.source)
    )
    return replace(stack, template_path=_copy(stack.template_path, folder), assets=assets)


def _copy(file: Path, folder: Path) -> Path:
    copied: Path = shutil.copyfile(file, folder / file.name)
    return copied
