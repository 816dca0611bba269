"""Which local deployments run on this machine, and how another terminal ends them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from patternkit.catalog.cdk_app import is_assembly
from patternkit.catalog.errors import CatalogError


@contextmanager
def deployment_lock(name: str, *, said: str | None = None) -> Iterator[None]:
    """Hold the lock of a deployment's name while the block runs.

    Args:
        name: The pattern's, or an app's (see `app_name`).
        said: What the user calls it. Default: its name.

    Raises:
        CatalogError: If it is deployed on this machine already.
    """
    # A lock, and not the file's being there: it goes with its process, however that ends, and a process that has
    # got the same number since is never taken for it. The file stays: whoever removed it could remove another's.
    path = _path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("a", encoding="ascii")
    except OSError as error:
        raise CatalogError(
            f"{path} cannot be written, where it is noted what runs: {error.strerror}: set XDG_STATE_HOME to a folder "
            "that can be written"
        ) from None
    with opened as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = said or name
            raise CatalogError(f"{said} is deployed here already: patternkit destroy {said}") from None
        place.truncate(0)
        place.write(str(os.getpid()))
        place.flush()
        yield


def _owner(name: str) -> int | None:
    try:
        with _path(name).open(encoding="ascii") as place:
            try:
                fcntl.flock(place, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                # Nothing: it has just come, and has not written its number yet.
                return int(place.read() or 0) or None
    except FileNotFoundError:
        pass
    return None


def _path(name: str) -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return state / "patternkit" / name


def destroy_locally(name: str, *, said: str | None = None) -> None:
    """End a local deployment that another terminal holds.

    Args:
        name: The pattern's, or an app's (see `app_name`).
        said: What the user calls it. Default: its name.

    Raises:
        CatalogError: If it is not deployed on this machine.
    """
    said = said or name
    owner = _owner(name)
    if owner is None:
        raise CatalogError(f"{said} is not deployed on this machine")
    with suppress(ProcessLookupError):
        os.kill(owner, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if _owner(name) is None:
            return
        time.sleep(0.05)
    raise CatalogError(f"{said} did not end within 30 seconds: process {owner}")


def destroy_app_locally(app: str) -> None:
    """End the local deployment of an app that another terminal holds. See `destroy_locally`."""
    destroy_locally(app_name(app), said=f"--app {shlex.quote(app)}")


def app_name(app: str) -> str:
    """Name an app by its folder and its command."""
    # Names of files need not be text.
    where = str(Path(app).resolve()) if is_assembly(app) else f"{Path.cwd()}\n{app}"
    return f"app-{hashlib.sha256(os.fsencode(where)).hexdigest()[:16]}"
