"""The wheel of the catalog, and environments that it is installed in."""

import shutil
import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).parents[1]


def uv(*command: str, cwd: Path = ROOT) -> None:
    """Run uv to its end."""
    done = subprocess.run([find_uv_bin(), *command], cwd=cwd, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr


def build_wheel(directory: Path) -> Path:
    """Build the wheel of what git holds, by the build backend that is installed here."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (directory / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, directory / "source" / name)
    built = directory / "built"
    uv("build", "--quiet", "--wheel", "--offline", "--no-build-isolation", "--python", sys.executable,
       "--out-dir", str(built), str(directory / "source"))  # fmt: skip
    [path] = built.glob("*.whl")
    return path


SOMEONES = Path(sys.prefix) / "elsewhere"
"""The virtual environment of someone else's: one for all tests of the group "packaging", which run in one process.

It lasts as long as the project's own: to compile the CDK anew takes longer than most tests.
"""


def install(wheel: Path, extra: str) -> Path:
    """Have in someone else's environment the wheel and what it needs, and nothing of this repository.

    Args:
        wheel: The wheel.
        extra: The extra; "" for none. What only another needs goes; what both need stays, and so does its bytecode.

    Returns:
        The environment.
    """
    venv = SOMEONES
    if not venv.exists():
        uv("venv", "--quiet", "--python", sys.executable, str(venv))
    # Versions as locked, so that all of it is in uv's cache already; the wheel's own requirements choose among them.
    uv("pip", "install", "--quiet", "--exact", "--reinstall-package", "cdk-pattern-catalog",
       "--python", str(venv / "bin" / "python"), "--constraints", str(ROOT / "requirements-dev.txt"),
       f"{wheel}[{extra}]" if extra else str(wheel), cwd=venv)  # fmt: skip
    return venv
