"""`patternkit deploy`: a local deployment that is printed, and held until Ctrl-C or `patternkit destroy`."""

from __future__ import annotations

import os
import shlex
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from patternkit.catalog.deployment_lock import app_name, deployment_lock
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.local_deployment import Status, deployed, deployed_app, one_line

if TYPE_CHECKING:
    from patternkit.localcloud import Deployment, LocalCloud
    from patternkit.localcloud.background_preflight import BackgroundPreflight
    from patternkit.localcloud.preflight import Held


def deploy_locally(
    pattern: Pattern,
    options: Mapping[str, str],
    parameters: Sequence[str],
    ssm: Sequence[str],
    out: Console,
    status: Status,
) -> None:
    """Deploy, say how to reach it, and wait for Ctrl-C or `patternkit destroy`.

    Args:
        pattern: The pattern.
        options: Options of its construct, as text.
        parameters: Values of the template's parameters, each `NAME=VALUE`.
        ssm: What the Parameter Store holds before the deployment, each `NAME=VALUE`.
        out: Where it is said.
        status: Shows what is going on while a block runs.
    """
    _end_on_signals()
    with (
        deployment_lock(pattern.name),
        _Preflights() as preflights,
        deployed(
            pattern,
            options,
            status=status,
            tell=out.print,
            parameters=parameters,
            ssm=ssm,
            on_assembly=preflights.start,
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
    app: str,
    stacks: Sequence[str],
    parameters: Sequence[str],
    ssm: Sequence[str],
    out: Console,
    err: Console,
    status: Status,
) -> None:
    """Deploy an app's stacks, say how to reach them, and wait for Ctrl-C or `patternkit destroy --app`.

    Args:
        app: The app's command, or the folder that it wrote.
        stacks: Names of its stacks; none are all.
        parameters: Each `NAME=VALUE` or `STACK:NAME=VALUE`.
        ssm: What the Parameter Store holds before the deployment, each `NAME=VALUE`.
        out: Where it is said.
        err: Where it is said what was not deployed.
        status: Shows what is going on while a block runs.
    """
    _end_on_signals()
    command = f"--app {shlex.quote(app)}"
    with (
        deployment_lock(app_name(app), said=command),
        _Preflights(stacks) as preflights,
        deployed_app(
            app,
            stacks,
            parameters,
            ssm=ssm,
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
                err.print(f"not deployed: {one_line(outcome)}", markup=False)
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
    from patternkit.localcloud.clients import elsewhere

    out.print("\nTo talk to it from another terminal:")
    out.print(f"  unset {' '.join(elsewhere(os.environ))}", markup=False, soft_wrap=True)
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
