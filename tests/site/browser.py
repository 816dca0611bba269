"""Find a Chromium: this machine's, or the one that npm brought beside these tests."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# The package brings the libraries that a browser needs, and unpacks them where it believes itself in AWS Lambda.
_UNPACK = """
const { default: chromium } = await import("@sparticuz/chromium");
const path = await chromium.executablePath();
const { LD_LIBRARY_PATH, FONTCONFIG_PATH } = process.env;
console.log(JSON.stringify({ path, environment: { LD_LIBRARY_PATH, FONTCONFIG_PATH } }));
"""


@dataclass(frozen=True)
class Browser:
    """A Chromium.

    Attributes:
        path: The program.
        environment: What it needs beside this process's own variables.
    """

    path: Path
    environment: dict[str, str] = field(default_factory=dict)


def find(unpack_into: Path) -> Browser | None:
    """Find one.

    Args:
        unpack_into: Where npm's is unpacked.

    Returns:
        The browser, or None.
    """
    for command in (os.environ.get("CHROMIUM"), *_COMMANDS):
        if command and (path := shutil.which(command)):
            return Browser(Path(path))
    if _MAC.exists():
        return Browser(_MAC)
    return from_npm(unpack_into) if (HERE / "node_modules" / "@sparticuz").is_dir() else None


def from_npm(unpack_into: Path) -> Browser | None:
    """Unpack npm's, if it runs on this processor.

    Args:
        unpack_into: Where to.

    Returns:
        The browser, or None.
    """
    unpack_into.mkdir(parents=True, exist_ok=True)
    variables = os.environ | {"TMPDIR": str(unpack_into), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", _UNPACK],
        cwd=HERE, env=variables, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if done.returncode:
        return None
    told = json.loads(done.stdout)
    return Browser(Path(told["path"]), told["environment"])
