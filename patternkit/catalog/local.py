"""Deploy a pattern's example to the local cloud, and keep it there until someone has had enough."""

import fcntl
import os
import shlex
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from patternkit.catalog.discovery import Pattern
from patternkit.catalog.errors import CatalogError
from patternkit.errors import require

if TYPE_CHECKING:
    from patternkit.localcloud import Deployment, LocalCloud, Progress

Status = Callable[[str], AbstractContextManager[None]]


@contextmanager
def deployed(
    pattern: Pattern,
    options: Mapping[str, str],
    *,
    status: Status,
    tell: Callable[[str], None],
    preflight: bool = False,
) -> Iterator[tuple["LocalCloud", "Deployment"]]:
    """Deploy a pattern's example to a local cloud of its own, which ends with the block.

    Args:
        pattern: The pattern.
        options: Options of its construct, as text.
        status: Shows what is going on while a block runs.
        tell: Takes a line of progress.
        preflight: Whether the report says what AWS would refuse of the template.

    Yields:
        The cloud and the deployment.

    Raises:
        CatalogError: If the local cloud cannot run the pattern, or an option is wrong.
        LocalCloudError: If the deployment fails.
    """
    if pattern.local == "no":
        raise CatalogError(f"{pattern.name} does not run in the local cloud: {' '.join(pattern.not_shown_locally)}")
    require("local", "the local cloud")
    from patternkit.catalog.synthesis import synthesize
    from patternkit.localcloud import LocalCloud

    with tempfile.TemporaryDirectory(prefix="patternkit-") as assembly:
        with status(f"synthesizing {pattern.name}, its handlers built for this machine"):
            synthesize(pattern, options, Path(assembly), handlers="local")
        with status("starting the local cloud"):
            cloud = LocalCloud.start(preflight=preflight)
        with cloud:

            def on_progress(progress: "Progress") -> None:
                if progress.status.endswith("_COMPLETE") or progress.failed:
                    counted = f"{progress.done:>3}/{progress.total} " if progress.total else ""
                    tell(f"  {counted}{progress.status:<16} {progress.type} {progress.logical_id}")

            with status(f"deploying {pattern.stack}"):
                deployment = cloud.deploy(assembly, on_progress=on_progress)
            yield cloud, deployment


def deploy_locally(pattern: Pattern, options: Mapping[str, str], out: Console, status: Status) -> None:
    """Deploy, say how to reach it, and wait for Ctrl-C or `patternkit destroy`.

    Args:
        pattern: The pattern.
        options: Options of its construct, as text.
        out: Where it is said.
        status: Shows what is going on while a block runs.
    """
    # Whoever ends it, by Ctrl-C or by `patternkit destroy`, finds it at any stage: all of it is cleared away then.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        _place(pattern),
        deployed(pattern, options, status=status, tell=out.print, preflight=True) as (cloud, deployment),
    ):
        out.print(f"\n[bold]{pattern.title} runs at {cloud.endpoint_url}[/]")
        for name, value in deployment.outputs.items():
            out.print(f"  {name} = {value}", markup=False)
        out.print("\nTo talk to it from another terminal:")
        for name, value in cloud.environment().items():
            out.print(f"  export {name}={shlex.quote(value)}", markup=False)
        _print_report(deployment, out)
        out.print(f"\nCtrl-C, or patternkit destroy {pattern.name}, ends it.")
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(0.2)
                cloud.check_running()
    out.print(f"{pattern.name} is gone from this machine")


def destroy_locally(pattern: Pattern) -> None:
    """End a local deployment that another terminal holds.

    Args:
        pattern: The pattern.

    Raises:
        CatalogError: If it is not deployed on this machine.
    """
    owner = _owner(pattern)
    if owner is None:
        raise CatalogError(f"{pattern.name} is not deployed on this machine")
    with suppress(ProcessLookupError):
        os.kill(owner, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if _owner(pattern) is None:
            return
        time.sleep(0.05)
    raise CatalogError(f"{pattern.name} did not end within 30 seconds: process {owner}")


def _print_report(deployment: "Deployment", out: Console) -> None:
    report = deployment.report
    if report.refused:
        out.print("\nAWS would refuse this, or it would fail there:")
    for refusal in report.refused:
        out.print(f"  {refusal}", markup=False)
    if report.unchecked:
        out.print(f"\nWhat AWS would refuse is not known: {report.unchecked}", markup=False)
    for heading, findings in (
        ("Set after the deployment, because the local cloud's CloudFormation drops it", report.repaired),
        ("Accepted, but not shown by running it here", report.not_exercised),
    ):
        if not findings:
            continue
        out.print(f"\n{heading}:")
        alike: dict[tuple[str, str, str], int] = {}
        for finding in findings:
            what = (finding.type, finding.property, finding.why)
            alike[what] = alike.get(what, 0) + 1
        for (kind, name, why), count in alike.items():
            number = f" ({count} of them)" if count > 1 else ""
            subject = kind if name == "*" else f"{kind} {name}"
            out.print(f"  {subject}{number}: {why}", markup=False)


@contextmanager
def _place(pattern: Pattern) -> Iterator[None]:
    # A lock, and not the file's being there: it goes with its process, however that ends, and a process that has
    # got the same number since is never taken for it. The file stays: whoever removed it could remove another's.
    path = _path(pattern)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CatalogError(f"{pattern.name} is deployed here already: patternkit destroy {pattern.name}") from None
        place.truncate(0)
        place.write(str(os.getpid()))
        place.flush()
        yield


def _owner(pattern: Pattern) -> int | None:
    try:
        with _path(pattern).open(encoding="ascii") as place:
            try:
                fcntl.flock(place, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                # Nothing: it has just come, and has not written its number yet.
                return int(place.read() or 0) or None
    except FileNotFoundError:
        pass
    return None


def _path(pattern: Pattern) -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return state / "patternkit" / pattern.name
