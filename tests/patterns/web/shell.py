"""Shell scripts in tests: linted, and run with stand-ins for the programs that would reach AWS."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def lint(script: str) -> str:
    """Lint a Bash script.

    Args:
        script: Its text.

    Returns:
        What shellcheck says; nothing if the script is well.
    """
    done = subprocess.run(
        [str(Path(sys.executable).with_name("shellcheck")), "--shell=bash", "--severity=style", "-"],
        input=script,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def run(
    script: Path, folder: Path, stand_ins: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[int, list[str]]:
    """Run a script with stand-ins, each of which notes how it was called.

    Args:
        script: The script.
        folder: Where to work.
        stand_ins: Bodies of programs by name.
        environment: Variables.

    Returns:
        Its exit status, and the calls of the stand-ins in order.
    """
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    calls = folder / "calls"
    calls.touch()
    for name, body in stand_ins.items():
        program = programs / name
        program.write_text(f'#!/bin/bash\necho "{name} $*" >>{calls}\n{body}\n', encoding="utf-8")
        program.chmod(0o755)
    done = subprocess.run(
        ["bash", str(script)],
        env={"PATH": f"{programs}:/usr/bin:/bin", "TMPDIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, calls.read_text(encoding="utf-8").splitlines()
