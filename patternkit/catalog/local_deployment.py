"""Local deployments of patterns' examples and of apps, each in a local cloud of its own that ends with a block."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from patternkit import node
from patternkit.catalog.cdk_app import is_assembly, synthesize_app
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.errors import CatalogError
from patternkit.errors import require

if TYPE_CHECKING:
    from patternkit.localcloud import Deployment, LocalCloud, Outcome, Progress

NOT_STORED = re.compile(r"SSM parameter '(?P<name>[^']+)' does not exist$")
"""How the local cloud's CloudFormation says that the Parameter Store has no such name."""
Status = Callable[[str], AbstractContextManager[None]]


@contextmanager
def deployed(
    pattern: Pattern,
    options: Mapping[str, str],
    *,
    status: Status,
    tell: Callable[[str], None],
    parameters: Sequence[str] = (),
    ssm: Sequence[str] = (),
    on_assembly: Callable[[Path], None] = lambda _: None,
) -> Iterator[tuple[LocalCloud, Deployment]]:
    """Deploy a pattern's example to a local cloud of its own, which ends with the block.

    Args:
        pattern: The pattern.
        options: Options of its construct, as text.
        status: Shows what is going on while a block runs.
        tell: Takes a line of progress.
        parameters: Values of the template's parameters, each `NAME=VALUE`, before those that the pattern names itself.
        ssm: What the Parameter Store holds before the deployment, each `NAME=VALUE`.
        on_assembly: Takes the folder with what was synthesized, before it is deployed; afterwards the folder goes.

    Yields:
        The cloud and the deployment.

    Raises:
        CatalogError: If the local cloud cannot run the pattern, or an option is wrong.
        LocalCloudError: If the deployment fails.
    """
    if pattern.local == "no":
        raise CatalogError(f"{pattern.name} does not run in the local cloud: {' '.join(pattern.not_shown_locally)}")
    require("local", "the local cloud", and_node=node.is_missing())
    from patternkit.localcloud.parameters import given, stored

    stored(ssm)
    own = {one.name for one in given(parameters)}
    values = [*(f"{name}={value}" for name, value in pattern.local_parameters.items() if name not in own), *parameters]
    from patternkit.catalog.synthesis import synthesize
    from patternkit.temporary import temporary_directory

    with _starting() as started:
        # What was deployed needs the assembly no more: it is gone before anyone can kill this process at leisure.
        with temporary_directory() as temporary:
            with status(f"synthesizing {pattern.name}, its handlers built for this machine"):
                synthesize(pattern, options, temporary / "cdk.out", handlers="local")
            _check(temporary / "cdk.out", (), values)
            with status("starting the local cloud"):
                cloud = started()
            on_assembly(temporary / "cdk.out")
            with status(f"deploying {pattern.stack}"):
                outcomes = cloud.deploy_each(
                    temporary / "cdk.out", parameters=values, ssm=ssm, on_progress=_progress(tell)
                )
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
    ssm: Sequence[str] = (),
    status: Status,
    tell: Callable[[str], None],
    on_assembly: Callable[[Path], None] = lambda _: None,
) -> Iterator[tuple[LocalCloud, tuple[Outcome, ...]]]:
    """Deploy an app's stacks to a local cloud of its own, which ends with the block.

    Args:
        app: The app's command, or the folder that it wrote.
        stacks: Names of its stacks; none are all.
        parameters: Each `NAME=VALUE` or `STACK:NAME=VALUE`.
        ssm: What the Parameter Store holds before the deployment, each `NAME=VALUE`.
        status: Shows what is going on while a block runs.
        tell: Takes a line of progress.
        on_assembly: Takes the folder with what was synthesized, before it is deployed; afterwards it may go.

    Yields:
        The cloud, and what became of each stack.

    Raises:
        CatalogError: If the app's command fails, or no stack could be deployed.
        LocalCloudError: If there is no such assembly, stack or parameter.
    """
    require("local", "the local cloud")
    from patternkit.localcloud.cloud import DEFAULT_ACCOUNT
    from patternkit.localcloud.parameters import given, stored
    from patternkit.temporary import temporary_directory

    given(parameters)
    stored(ssm)
    if is_assembly(app):
        _check(Path(app), stacks, parameters)
    with _starting() as started:
        with temporary_directory() as temporary:
            assembly = Path(app)
            if not is_assembly(app):
                assembly = temporary / "cdk.out"
                with status(f"synthesizing by {app}"):
                    synthesize_app(
                        app,
                        assembly,
                        account=DEFAULT_ACCOUNT,
                        region="us-east-1",
                        context={"patterns:handler-platform": "local"},
                    )
                _check(assembly, stacks, parameters)
            with status("starting the local cloud"):
                cloud = started()
            on_assembly(assembly)
            with status("deploying the app"):
                outcomes = cloud.deploy_each(
                    assembly, stacks, parameters=parameters, ssm=ssm, on_progress=_progress(tell, assets=True)
                )
        if not any(outcome.deployment for outcome in outcomes):
            raise CatalogError("; ".join(one_line(outcome) for outcome in outcomes) or "the app has no stacks")
        yield cloud, outcomes


def _check(assembly: Path, stacks: Sequence[str], parameters: Sequence[str]) -> None:
    """Refuse stacks and parameters that there are not, and values that are not allowed."""
    from patternkit.localcloud.app import planned
    from patternkit.localcloud.assembly import read_assembly
    from patternkit.localcloud.parameters import given

    planned(read_assembly(assembly), stacks, given(parameters))


@contextmanager
def _starting() -> Iterator[Callable[[], LocalCloud]]:
    # Synthesis and the server's start each keep one processor busy for seconds: they run side by side.
    from patternkit.localcloud import LocalCloud

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="local-cloud") as beside:
        start = beside.submit(LocalCloud.start)
        try:
            yield start.result
        finally:
            with suppress(Exception):
                start.result().stop()


def _progress(tell: Callable[[str], None], *, assets: bool = False) -> Callable[[Progress], None]:
    def on_progress(progress: Progress) -> None:
        if progress.status.endswith("_COMPLETE") or progress.failed or (assets and progress.status == "PUBLISHED"):
            counted = f"{progress.done:>3}/{progress.total} " if progress.total else ""
            tell(f"  {counted}{progress.status:<16} {progress.type} {progress.logical_id}")

    return on_progress


def one_line(outcome: Outcome) -> str:
    """Return a failed outcome's message, with the stack's name in it."""
    said = outcome.error.message if outcome.error else ""
    if missing := NOT_STORED.search(said):
        said += f": --ssm {shlex.quote(missing['name'])}=VALUE gives it"
    return said if outcome.stack_name in said else f"{outcome.stack_name}: {said}"
