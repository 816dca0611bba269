"""Deploy a pattern's example, or an app, to the local cloud, and keep it there until someone has had enough."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from patternkit.catalog.cdk_app import is_assembly, synthesize_app
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.errors import CatalogError
from patternkit.errors import require

if TYPE_CHECKING:
    from patternkit.localcloud import Deployment, LocalCloud, Outcome, Progress
    from patternkit.localcloud.background_preflight import BackgroundPreflight
    from patternkit.localcloud.preflight import Held

Status = Callable[[str], AbstractContextManager[None]]


@contextmanager
def deployed(
    pattern: Pattern,
    options: Mapping[str, str],
    *,
    status: Status,
    tell: Callable[[str], None],
    parameters: Sequence[str] = (),
    on_assembly: Callable[[Path], None] = lambda _: None,
) -> Iterator[tuple[LocalCloud, Deployment]]:
    """Deploy a pattern's example to a local cloud of its own, which ends with the block.

    Args:
        pattern: The pattern.
        options: Options of its construct, as text.
        status: Shows what is going on while a block runs.
        tell: Takes a line of progress.
        parameters: Values of the template's parameters, each `NAME=VALUE`, before those that the pattern names itself.
        on_assembly: Takes the folder with what was synthesized, before it is deployed; afterwards the folder goes.

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
    from patternkit.localcloud.temporary import temporary_directory

    with ExitStack() as running:
        # What was deployed needs the assembly no more: it is gone before anyone can kill this process at leisure.
        with temporary_directory() as temporary:
            with status(f"synthesizing {pattern.name}, its handlers built for this machine"):
                synthesize(pattern, options, temporary / "cdk.out", handlers="local")
            with status("starting the local cloud"):
                cloud = running.enter_context(LocalCloud.start())
            on_assembly(temporary / "cdk.out")
            with status(f"deploying {pattern.stack}"):
                values = [*(f"{name}={value}" for name, value in pattern.local_parameters.items()), *parameters]
                outcomes = cloud.deploy_each(temporary / "cdk.out", parameters=values, on_progress=_progress(tell))
            for outcome in outcomes:
                if outcome.error is not None:
                    raise outcome.error
            deployment = outcomes[-1].deployment
            assert deployment is not None
        yield cloud, deployment


@contextmanager
def deployed_app(
    app: str,
    stacks: Sequence[str],
    parameters: Sequence[str],
    *,
    status: Status,
    tell: Callable[[str], None],
    on_assembly: Callable[[Path], None] = lambda _: None,
) -> Iterator[tuple[LocalCloud, tuple[Outcome, ...]]]:
    """Deploy an app's stacks to a local cloud of its own, which ends with the block.

    Args:
        app: The app's command, or the folder that it wrote.
        stacks: Names of its stacks; none are all.
        parameters: Each `NAME=VALUE` or `STACK:NAME=VALUE`.
        status: Shows what is going on while a block runs.
        tell: Takes a line of progress.
        on_assembly: Takes the folder with what was synthesized, before it is deployed; afterwards it may go.

    Yields:
        The cloud, and what became of each stack.

    Raises:
        CatalogError: If the app's command fails, or no stack could be deployed.
        LocalCloudError: If there is no such assembly, stack or parameter.
    """
    from patternkit.localcloud import LocalCloud
    from patternkit.localcloud.cloud import DEFAULT_ACCOUNT
    from patternkit.localcloud.temporary import temporary_directory

    with ExitStack() as running:
        with temporary_directory() as temporary:
            assembly = Path(app)
            if not is_assembly(app):
                assembly = temporary / "cdk.out"
                with status(f"synthesizing by {app}"):
                    synthesize_app(app, assembly, account=DEFAULT_ACCOUNT, region="us-east-1")
            with status("starting the local cloud"):
                cloud = running.enter_context(LocalCloud.start())
            on_assembly(assembly)
            with status("deploying the app"):
                outcomes = cloud.deploy_each(
                    assembly, stacks, parameters=parameters, on_progress=_progress(tell, assets=True)
                )
        if not any(outcome.deployment for outcome in outcomes):
            raise CatalogError("; ".join(_one_line(outcome) for outcome in outcomes) or "the app has no stacks")
        yield cloud, outcomes


def _progress(tell: Callable[[str], None], *, assets: bool = False) -> Callable[[Progress], None]:
    def on_progress(progress: Progress) -> None:
        if progress.status.endswith("_COMPLETE") or progress.failed or (assets and progress.status == "PUBLISHED"):
            counted = f"{progress.done:>3}/{progress.total} " if progress.total else ""
            tell(f"  {counted}{progress.status:<16} {progress.type} {progress.logical_id}")

    return on_progress


def _one_line(outcome: Outcome) -> str:
    said = outcome.error.message if outcome.error else ""
    return said if outcome.stack_name in said else f"{outcome.stack_name}: {said}"


def deploy_locally(
    pattern: Pattern, options: Mapping[str, str], parameters: Sequence[str], out: Console, status: Status
) -> None:
    """Deploy, say how to reach it, and wait for Ctrl-C or `patternkit destroy`.

    Args:
        pattern: The pattern.
        options: Options of its construct, as text.
        parameters: Values of the template's parameters, each `NAME=VALUE`.
        out: Where it is said.
        status: Shows what is going on while a block runs.
    """
    _end_on_signals()
    with (
        _place(pattern.name),
        _Preflights() as preflights,
        deployed(
            pattern, options, status=status, tell=out.print, parameters=parameters, on_assembly=preflights.start
        ) as (cloud, deployment),
    ):
        out.print(f"\n[bold]{pattern.title} runs at {cloud.endpoint_url}[/]")
        given = {value.partition("=")[0] for value in parameters}
        for name, value in pattern.local_parameters.items():
            if name not in given:
                out.print(f"with {name} = {value}, for want of a --parameter {name}=VALUE", markup=False)
        _print_deployment(deployment, out)
        _hold(cloud, (deployment,), preflights, pattern.name, out)
    out.print(f"{pattern.name} is gone from this machine")


def deploy_app_locally(
    app: str, stacks: Sequence[str], parameters: Sequence[str], out: Console, err: Console, status: Status
) -> None:
    """Deploy an app's stacks, say how to reach them, and wait for Ctrl-C or `patternkit destroy --app`.

    Args:
        app: The app's command, or the folder that it wrote.
        stacks: Names of its stacks; none are all.
        parameters: Each `NAME=VALUE` or `STACK:NAME=VALUE`.
        out: Where it is said.
        err: Where it is said what was not deployed.
        status: Shows what is going on while a block runs.
    """
    _end_on_signals()
    command = f"--app {shlex.quote(app)}"
    with (
        _place(_app_name(app), said=command),
        _Preflights(stacks) as preflights,
        deployed_app(
            app,
            stacks,
            parameters,
            status=status,
            tell=partial(out.print, markup=False),
            on_assembly=preflights.start,
        ) as (cloud, outcomes),
    ):
        out.print(f"\n[bold]The app runs at {cloud.endpoint_url}[/]")
        for outcome in outcomes:
            if outcome.deployment:
                out.print(f"\n{outcome.stack_name}", markup=False)
                _print_deployment(outcome.deployment, out)
        for outcome in outcomes:
            if outcome.error:
                err.print(f"not deployed: {_one_line(outcome)}", markup=False)
        _hold(cloud, tuple(each.deployment for each in outcomes if each.deployment), preflights, command, out)
    out.print("the app is gone from this machine")


def _end_on_signals() -> None:
    # Whoever ends it, by Ctrl-C, `patternkit destroy` or closing the terminal, finds it at any stage: all of it is
    # cleared away then.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


def _print_deployment(deployment: Deployment, out: Console) -> None:
    for name, value in deployment.outputs.items():
        out.print(f"  {name} = {value}", markup=False)
        if (here := deployment.local_outputs[name]) != value:
            out.print(f"    here: {here}", markup=False)
    for address in deployment.addresses:
        out.print(f"\n  {address.type} {address.logical_id}: {address.url}", markup=False)
        out.print(f"    {address.call}", markup=False)
        if address.note:
            out.print(f"    ({address.note})", markup=False)


class _Preflights(ExitStack):
    """What AWS would refuse, found out beside the deployment and told when it comes: nobody waits for it."""

    def __init__(self, stacks: Sequence[str] = ()) -> None:
        super().__init__()
        self._names = stacks
        self._running: BackgroundPreflight | None = None

    def start(self, assembly: Path) -> None:
        """Begin with the stacks that are to be deployed."""
        from patternkit.localcloud.app import chosen
        from patternkit.localcloud.assembly import read_assembly
        from patternkit.localcloud.background_preflight import BackgroundPreflight

        self._running = self.enter_context(BackgroundPreflight(chosen(read_assembly(assembly), self._names)))

    def tell(self, out: Console) -> None:
        """Print what has come meanwhile."""
        if self._running is None:
            return
        for name, held in self._running.come():
            _print_refused(name, held, out)


def _print_refused(name: str, held: Held, out: Console) -> None:
    if held.unchecked:
        out.print(f"\nWhat AWS would refuse of {name} is not known: {held.unchecked}", markup=False)
    elif held.refused:
        out.print(f"\nAWS would refuse this of {name}, or it would fail there:", markup=False)
        for refusal in held.refused:
            out.print(f"  {refusal}", markup=False)
    else:
        out.print(f"\nOf {name}, cdk-preflight's rules find nothing that AWS would refuse.", markup=False)


def _hold(
    cloud: LocalCloud, deployments: Sequence[Deployment], preflights: _Preflights, name: str, out: Console
) -> None:
    out.print("\nTo talk to it from another terminal:")
    for variable, value in cloud.environment().items():
        out.print(f"  export {variable}={shlex.quote(value)}", markup=False)
    for deployment in deployments:
        if len(deployments) > 1:
            out.print(f"\n{deployment.stack_name}:", markup=False)
        _print_report(deployment, out)
    out.print(f"\nCtrl-C, or patternkit destroy {name}, ends it.", markup=False)
    with suppress(KeyboardInterrupt):
        while True:
            preflights.tell(out)
            time.sleep(0.2)
            cloud.check_running()


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
    destroy_locally(_app_name(app), said=f"--app {shlex.quote(app)}")


def _app_name(app: str) -> str:
    """Name an app by its folder and its command."""
    where = str(Path(app).resolve()) if is_assembly(app) else f"{Path.cwd()}\n{app}"
    return f"app-{hashlib.sha256(where.encode()).hexdigest()[:16]}"


def _print_report(deployment: Deployment, out: Console) -> None:
    report = deployment.report
    for heading, findings in (
        ("Set after the deployment, because the local cloud's CloudFormation drops it", report.repaired),
        ("Accepted, but not shown by running it here", report.not_exercised),
        ("Stood in for, because the CDK's own needs what is not here", report.stood_in),
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
def _place(name: str, *, said: str | None = None) -> Iterator[None]:
    # A lock, and not the file's being there: it goes with its process, however that ends, and a process that has
    # got the same number since is never taken for it. The file stays: whoever removed it could remove another's.
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as place:
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
