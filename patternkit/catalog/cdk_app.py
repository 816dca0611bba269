"""Run a user's CDK app as the CDK CLI would, and read its cloud assembly."""

import ctypes
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from patternkit.catalog.errors import CatalogError

MARK = ".patternkit"
"""In a folder that `patternkit synth` wrote: the digest of the manifest that it wrote."""
CLI_CONTEXT = {
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:version-reporting": False,
    "aws:cdk:bundling-stacks": ["**"],
}
"""What the CDK CLI tells every app, beside the project's own context."""
PARENT_DIED = 1
_NOT_FOUND = 127
"""The option of prctl(2) by which Linux ends a process with its parent."""


def is_assembly(app: str) -> bool:
    """Whether an app is given by what it wrote, and not by a command.

    Raises:
        CatalogError: It is neither.
    """
    if not app.strip():
        raise CatalogError("--app must be a command or a folder, got nothing")
    return Path(app).is_dir()


def synthesize_app(
    command: str, output: Path, *, account: str, region: str, context: Mapping[str, Any] | None = None
) -> None:
    """Run an app's command, its messages and errors on standard error.

    Args:
        command: For the shell, such as `python app.py`.
        output: The folder that the app is to write.
        account: What its stacks see as the account of the CLI.
        region: The region likewise.
        context: What the app is told where its project says nothing else. Default: what the CDK CLI tells it.

    Raises:
        CatalogError: The command failed, or wrote no assembly.
    """
    environment = {
        **os.environ,
        # What its `python` is must not depend on the shell from which patternkit was started by its path.
        "PATH": os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)]),
        "CDK_OUTDIR": str(output.resolve()),
        "CDK_CONTEXT_JSON": json.dumps({**CLI_CONTEXT, **(context or {}), **_context()}),
        "CDK_DEFAULT_ACCOUNT": account,
        "CDK_DEFAULT_REGION": region,
    }
    # A group of its own: Ctrl-C is for this process, which ends the app without the app's traceback, and with it
    # whatever the shell has started. Such a group cannot read from the terminal; the CDK CLI gives no input either.
    process = subprocess.Popen(
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        env=environment,
        preexec_fn=_end_with_parent,
        process_group=0,
    )
    try:
        status = process.wait()
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if status:
        ended = f"exit status {status}" if status > 0 else signal.Signals(-status).name
        # What a shell says of a command that it does not find.
        advice = "neither a folder of a cloud assembly nor a command: " if status == _NOT_FOUND else ""
        raise CatalogError(f"--app failed with {ended}: {advice}{command}")
    if not (output / "manifest.json").exists():
        raise CatalogError(f"--app wrote no assembly, does it call app.synth()?: {command}")


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGKILL)


def _context() -> dict[str, Any]:
    context: dict[str, Any] = {}
    for name, read in {"cdk.json": lambda found: found.get("context", {}), "cdk.context.json": dict}.items():
        path = Path(name)
        if not path.exists():
            continue
        try:
            context |= read(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise CatalogError(f"{name} cannot be read: {error}") from None
    return context


def claim(folder: Path) -> None:
    """Refuse to write into a folder that holds something which `patternkit synth` did not write.

    Raises:
        CatalogError: It does, or nothing can be written there.
    """
    if not _can_be_written(folder):
        return
    if not folder.is_dir():
        raise CatalogError(f"--output must be a folder, {folder} is a file")
    try:
        ours = (folder / MARK).read_text(encoding="ascii").strip() == _digest(folder)
    except (OSError, ValueError):
        ours = False
    if not ours and any(folder.iterdir()):
        raise CatalogError(
            f"--output {folder} holds what patternkit synth did not write and would overwrite: name another folder"
        )


def _can_be_written(folder: Path) -> bool:
    """Whether a folder is there; it is made for a moment if not, since only that shows whether it can be."""
    try:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for one in missing:
            one.rmdir()
        if not missing and not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
    except FileExistsError:
        return True
    except OSError as error:
        raise CatalogError(f"--output {folder} cannot be written: {error.strerror or error}") from None
    return not missing


def mark(folder: Path) -> None:
    """Note that `patternkit synth` wrote a folder."""
    (folder / MARK).write_text(_digest(folder), encoding="ascii")


def _digest(folder: Path) -> str:
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def clear(folder: Path) -> None:
    """Remove what an earlier `patternkit synth` wrote."""
    for path in folder.iterdir() if folder.exists() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def templates_of(folder: Path) -> Iterable[Path]:
    """Return the templates of an assembly's stacks."""
    manifest: Mapping[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for artifact in manifest.get("artifacts", {}).values():
        if artifact["type"] == "aws:cloudformation:stack":
            yield folder / artifact["properties"]["templateFile"]
        elif artifact["type"] == "cdk:cloud-assembly":
            yield from templates_of(folder / artifact["properties"]["directoryName"])
