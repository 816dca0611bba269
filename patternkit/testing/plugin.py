"""The pytest plugin: what a test of a CDK app needs, in any project."""

import json
import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from patternkit.node import use_packaged_node

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from patternkit.localcloud import LocalCloud
    from patternkit.routes import Network
    from patternkit.testing.permissions import Proof
    from patternkit.testing.synthesis import Synthesis

Told = TypeVar("Told")
_ASKED = ("patternkit.routes", "patternkit.testing.networks")

# When the plugin is loaded, and not in a hook: conftest files that import the CDK are loaded before most hooks run.
use_packaged_node()


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to rewrite snapshots where nobody reads them."""
    if os.environ.get("CI") and config.getoption("update_snapshots", default=False):
        raise pytest.UsageError("--snapshot-update is refused in CI: update snapshots where the change is read")
    # Which snapshots are obsolete, and not only how many.
    config.option.include_snapshot_details = True
    # Snapshots are named for their templates, not for the tests that hold them.
    config.addinivalue_line("filterwarnings", r"ignore:\s*Can not relate snapshot:UserWarning")


@pytest.fixture(scope="session")
def synthesized() -> "Iterator[Callable[..., Synthesis]]":
    """Synthesize once a session what several tests look at: `synthesized(build, packs=["AwsSolutions"])`.

    `build` adds stacks to the app that it is given; the class of a stack, or of a construct to be put into one, will
    do. The other arguments are those of `patternkit.testing.synthesis.synthesize`. What is asked for again, with equal
    arguments, is not synthesized again, so tests must not change the templates.
    """
    from patternkit.testing.shared import SharedSyntheses

    with SharedSyntheses() as shared:

        def get(build: Callable[..., object], **arguments: Any) -> "Synthesis":
            __tracebackhide__ = True
            return _told_in_one_line(shared.get, build, **arguments)

        yield get


@pytest.fixture
def no_findings() -> "Callable[..., None]":
    """Fail on findings: `no_findings(synthesis, accept={"AwsSolutions-S1": "why"})`.

    Rules are named as findings have them, with or without the bracketed part. What is accepted and not found fails too.
    """
    from patternkit.testing.findings import unaccepted

    def hold(synthesis: "Synthesis", *, accept: Mapping[str, str] | None = None) -> None:
        __tracebackhide__ = True
        if left := unaccepted(synthesis.findings, accept or {}):
            pytest.fail("\n".join(left), pytrace=False)

    return hold


@pytest.fixture
def no_lint() -> Callable[..., None]:
    """Fail on what cfn-lint says: `no_lint(synthesis, accept={"W3005"}, regions=["eu-west-1"])`."""
    from patternkit.testing.linting import lint

    def hold(synthesis: "Synthesis", **arguments: Any) -> None:
        __tracebackhide__ = True
        said = [
            f"{name}: {one}" for name, template in synthesis.templates.items() for one in lint(template, **arguments)
        ]
        if said:
            pytest.fail("\n".join(said), pytrace=False)

    return hold


@pytest.fixture
def template_snapshot(snapshot: "SnapshotAssertion") -> Callable[..., None]:
    """Hold a template to its snapshot: `template_snapshot(template, name="agnostic", folder=here / "snapshots")`."""
    from patternkit.testing.snapshots import SnapshotError, TemplateSnapshotExtension

    def hold(template: Mapping[str, Any], *, name: str | None = None, folder: Path | None = None) -> None:
        __tracebackhide__ = True
        extension = TemplateSnapshotExtension.in_folder(str(folder)) if folder else TemplateSnapshotExtension
        held = snapshot.use_extension(extension)
        index = name or held.index
        try:
            path = Path(extension.get_location(test_location=held.test_location, index=index))
            TemplateSnapshotExtension().check(path)
            told = "" if template == (held(name=name) if name else held) else _changed(path, template)
        except SnapshotError as error:
            told = str(error)
        if told:
            # Not by an assertion, whose message pytest would cut.
            pytest.fail(told, pytrace=False)

    return hold


def _changed(path: Path, template: Mapping[str, Any]) -> str:
    from patternkit.testing.snapshots import differences, normalized

    if not path.exists():
        return f"{path}: there is no such snapshot yet: run pytest --snapshot-update, and read what it writes"
    held = json.loads(path.read_text(encoding="utf-8"))
    return "\n".join([f"not as in {path}:", *differences(held, normalized(template))])


@pytest.fixture
def stateful_snapshot(template_snapshot: Callable[..., None]) -> Callable[..., None]:
    """Hold the logical ids of what keeps data: `stateful_snapshot(template, name="agnostic.stateful")`.

    Changing one of these ids replaces the resource. Beside a snapshot of the whole template this says which part of a
    change is the dangerous one.
    """
    from patternkit.testing.stateful import stateful_resources

    def hold(template: Mapping[str, Any], *, name: str | None = None, folder: Path | None = None) -> None:
        __tracebackhide__ = True
        template_snapshot(stateful_resources(template), name=name, folder=folder)

    return hold


@pytest.fixture
def permissions() -> "Callable[..., Proof]":
    """Prove a function's role: `permissions(template, events=[...], code=folder, unused={"...": "why"})`.

    What is denied or not evaluated fails, and what is granted and not used, unless `unused` explains it. The other
    arguments are those of `patternkit.testing.permissions.prove`.
    """
    from patternkit.testing.permissions import prove

    def hold(template: Any, *, unused: Mapping[str, str] | None = None, **arguments: Any) -> "Proof":
        __tracebackhide__ = True
        proof = _told_in_one_line(prove, template, **arguments)
        if proof.denied or (left := proof.unexplained(unused or {})):
            pytest.fail(proof.report() if proof.denied else "\n".join(left), pytrace=False)
        return proof

    return hold


@pytest.fixture
def network() -> "Callable[..., Network]":
    """Prove where packets go: `network("cdk.out").assert_holds(isolated("Orders", "internet"))`.

    Takes the path of a template or a cloud assembly, a `cdk.App` or its synthesis, or parsed templates; `contracts`,
    `parameters` and `region` are those of `patternkit.testing.networks.read_network`. What does not hold fails with the
    offending flow, hop by hop.
    """
    from patternkit.testing.networks import read_network

    return read_network


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """End the traceback of a question that makes no sense at the test's own line: the message says it all."""
    try:
        return (yield)
    except Exception as error:
        if "network" in getattr(item, "fixturenames", ()):
            _end_at_the_caller(error)
        raise


def _end_at_the_caller(error: Exception) -> None:
    # Not imported here: a project may have a fixture of that name, and no prover.
    errors = sys.modules.get("patternkit.routes.errors")
    if errors is None or not isinstance(error, errors.RoutesError):
        return
    caller = error.__traceback__
    while caller is not None and caller.tb_next is not None:
        if caller.tb_next.tb_frame.f_globals.get("__name__", "").startswith(_ASKED):
            caller.tb_next = None
        caller = caller.tb_next


def _told_in_one_line(function: "Callable[..., Told]", /, *given: Any, **arguments: Any) -> "Told":
    """Fail a test by the message alone, where the message says it all."""
    __tracebackhide__ = True
    from patternkit.testing.permissions import ProofError
    from patternkit.testing.rules import RulesError
    from patternkit.testing.synthesis import SynthesisError

    try:
        return function(*given, **arguments)
    except (ProofError, RulesError, SynthesisError) as error:
        told = str(error)
    # Outside of the clause, or pytest would show the other error as well.
    pytest.fail(told, pytrace=False)


@pytest.fixture(scope="module")
def local_cloud() -> "Iterator[LocalCloud]":
    """An embedded AWS of this module's own, stopped when its tests are over."""
    from patternkit.localcloud import LocalCloud

    with LocalCloud.start() as cloud:
        yield cloud
