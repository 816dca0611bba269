"""ELK, the layout engine, in one Node process that lives as long as this one."""

import atexit
import json
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from patternkit.catalog.errors import CatalogError
from patternkit.node import packaged_node

_SCRIPT = Path(__file__).parent / "layout.cjs"
_MISSING = "diagrams need the Node packages of package.json, in a clone of the repository: run make env"


def laid(graphs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lay graphs out.

    Args:
        graphs: As ELK's JSON has them.

    Returns:
        The same with coordinates.

    Raises:
        CatalogError: If Node or ELK is missing, or ELK refuses a graph.
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
        raise CatalogError(_MISSING)
    said: dict[str, Any] = json.loads(answer)
    if "error" in said:
        raise CatalogError(f"ELK cannot lay a diagram out: {said['error']}")
    made: list[dict[str, Any]] = said["made"]
    return made


@cache
def _node() -> subprocess.Popen[str]:
    try:
        node = subprocess.Popen(
            [packaged_node() or "node", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except FileNotFoundError:
        raise CatalogError(_MISSING) from None
    atexit.register(_end, node)
    return node


def _end(node: subprocess.Popen[str]) -> None:
    node.communicate()
