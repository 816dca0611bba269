"""Hand over to the CDK command line."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from patternkit.catalog.errors import CatalogError

CLI_VERSION = "2.1148.1"
"""The version of the CDK CLI that this package is tested with."""


def run_cdk(command: str, pattern: str, options: Mapping[str, str], *, stack: str) -> int:
    """Hand over to the CDK CLI: its output, its questions and its exit status.

    Args:
        command: "deploy" or "destroy".
        pattern: The pattern's name.
        options: Options of its construct, as text.
        stack: The stack's name.

    Returns:
        The CDK CLI's exit status.

    Raises:
        CatalogError: If there is no CDK CLI.
    """
    cdk = shutil.which("cdk", path=os.pathsep.join([str(Path.cwd() / "node_modules" / ".bin"), os.environ["PATH"]]))
    if cdk is None:
        here = "run npm ci here, or " if Path("package-lock.json").exists() else ""
        raise CatalogError(f"the CDK CLI is not installed: {here}npm install -g aws-cdk@{CLI_VERSION}")
    # No feature flags: a value given by -c is text, and the text "false" turns a flag on. The app reads them itself.
    context = [word for name, value in {"pattern": pattern, **options}.items() for word in ("-c", f"{name}={value}")]
    app = shlex.join([sys.executable, "-m", "patternkit.catalog.application"])
    return subprocess.run([cdk, command, "--app", app, *context, stack], check=False).returncode
