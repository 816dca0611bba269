"""The browser of the site's tests: the Chromium and the fonts that npm locks, never the machine's."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserType

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
FONTS = MODULES / "dejavu-fonts-ttf" / "ttf"
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
# The package brings the libraries that a browser needs, and unpacks them where it believes itself in AWS Lambda.
_UNPACK = """
const { default: chromium } = await import("@sparticuz/chromium");
const path = await chromium.executablePath();
console.log(JSON.stringify({ path, libraries: process.env.LD_LIBRARY_PATH }));
"""
# A Chromium without fonts ends itself on the first page that needs one as a last resort.
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""


class BrowserMissing(Exception):  # noqa: N818
    """The locked browser is not installed, or does not run on this machine."""


@dataclass(frozen=True)
class Program:
    """An unpacked Chromium.

    Attributes:
        path: The executable.
        environment: Its whole environment: its own libraries and fonts, nothing that the machine has set for them.
    """

    path: Path
    environment: dict[str, str]


def unpack(folder: Path) -> Program:
    """Unpack the locked Chromium and write a fontconfig of its own.

    Args:
        folder: Where to.

    Raises:
        BrowserMissing: It is not installed, or does not run on this machine.
    """
    if not (MODULES / "@sparticuz").is_dir() or not FONTS.is_dir():
        raise BrowserMissing("the locked browser is not installed: run make browser")
    folder.mkdir(parents=True, exist_ok=True)
    variables = os.environ | {"TMPDIR": str(folder), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", _UNPACK],
        cwd=HERE, env=variables, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if done.returncode:
        raise BrowserMissing(f"the locked browser cannot be unpacked: {done.stderr.strip()}")
    told = json.loads(done.stdout)
    fontconfig = folder / "fonts.conf"
    fontconfig.write_text(_FONTCONFIG.format(fonts=FONTS, cache=folder / "font-cache"), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FONTCONFIG_")}
    environment |= {"LD_LIBRARY_PATH": told["libraries"], "FONTCONFIG_FILE": str(fontconfig), "HOME": str(folder)}
    program = Program(Path(told["path"]), environment)
    works = subprocess.run([program.path, "--version"], env=environment, capture_output=True, check=False, timeout=60)
    if works.returncode:
        raise BrowserMissing("the locked browser does not run here: it is built for Linux on x86-64")
    return program


class Chromium:
    """A running Chromium, which is started anew once it has died.

    Args:
        browsers: Playwright's own handle of Chromium.
        program: The unpacked program.
    """

    def __init__(self, browsers: BrowserType, program: Program) -> None:
        self._browsers = browsers
        self._program = program
        self._running: Browser | None = None
        self.starts = 0

    def running(self) -> Browser:
        """The browser: the one that runs, else a new one."""
        if not self.is_alive() or self._running is None:
            self._running = self._browsers.launch(
                executable_path=self._program.path,
                args=ARGUMENTS,
                env={**self._program.environment},
            )
            self.starts += 1
        return self._running

    def is_alive(self) -> bool:
        """Whether a browser runs."""
        return self._running is not None and self._running.is_connected()

    def close(self) -> None:
        """End the browser that runs, if any."""
        if self._running is not None and self.is_alive():
            self._running.close()
