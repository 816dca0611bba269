"""The pytest plugin: what a test of a CDK app needs, in any project.

Each fixture has a name that only this plugin owns, `patternkit_network`, and a short one, `network`, for projects in
which nothing else is named so.
"""

import os
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from patternkit.node import use_packaged_node
from patternkit.testing.session_folder import keep_node_in_it
from patternkit.testing.tracebacks import end_at_the_caller, hidden_patterns, named

if TYPE_CHECKING:
    from patternkit.dns import Names
    from patternkit.localcloud import LocalCloud
    from patternkit.routes import Network
    from patternkit.testing.accelerator_flows import Accelerator
    from patternkit.testing.cache_keys import Caches
    from patternkit.testing.edge_functions import EdgeFunctions
    from patternkit.testing.graphql_access import GraphqlAccess
    from patternkit.testing.permissions import PermissionProof
    from patternkit.testing.synthesis import Synthesis
    from patternkit.testing.traffic_shift import TrafficShift

Hold = Callable[..., None]

# When the plugin is loaded, and not in a hook: conftest files that import the CDK are loaded before most hooks run.
use_packaged_node()
keep_node_in_it()


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to rewrite snapshots where nobody reads them."""
    if os.environ.get("CI") and config.getoption("update_snapshots", default=False):
        raise pytest.UsageError("--snapshot-update is refused in CI: update snapshots where the change is read")
    # Which snapshots are obsolete, and not only how many.
    config.option.include_snapshot_details = True
    # Snapshots are named for their templates, not for the tests that hold them.
    config.addinivalue_line("filterwarnings", r"ignore:\s*Can not relate snapshot:UserWarning")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """End the traceback of a slip in a project's own fixture at that fixture's line."""
    try:
        return (yield)
    except Exception as error:
        end_at_the_caller(error)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """End the traceback of a slip at the test's own line: the message says it all."""
    try:
        return (yield)
    except Exception as error:
        end_at_the_caller(error)
        raise


def pytest_exception_interact(call: pytest.CallInfo[Any], report: Any) -> None:
    """Report in one line that a project's own package `patterns` hides the catalog's, where an import failed by it."""
    error = call.excinfo and call.excinfo.value
    # An error at import is wrapped by pytest, with the first one as its cause.
    while error is not None and not isinstance(error, ModuleNotFoundError):
        error = error.__cause__
    if error is not None and (said := hidden_patterns(error)):
        report.longrepr = said


@pytest.fixture(scope="session")
def patternkit_synthesized() -> "Iterator[Callable[..., Synthesis]]":
    """Synthesize once a session what several tests look at: `synthesized(build, packs="AwsSolutions")`.

    `build` adds stacks to the app that it is given; the class of a stack, or of a construct to be put into one, will
    do, and so will an app or a stack that is made already. The other arguments are those of
    `patternkit.testing.synthesis.synthesize`. What is asked for again, with equal arguments, is not synthesized again,
    so tests must not change the templates.
    """
    from patternkit.testing.fixtures import asked
    from patternkit.testing.shared_syntheses import SharedSyntheses

    with SharedSyntheses() as shared:
        yield named("synthesized", asked(shared))


@pytest.fixture
def patternkit_no_findings(patternkit_synthesized: "Callable[..., Synthesis]") -> Hold:
    """Fail on findings: `no_findings(synthesis, accept={"AwsSolutions-S1": "why"})`.

    Takes what `synthesized` makes, or what it takes, then with its arguments. Rules are named as findings have them,
    with or without the bracketed part. What is accepted and not found fails too.
    """
    from patternkit.testing.fixtures import no_findings

    return named("no_findings", no_findings(patternkit_synthesized))


@pytest.fixture
def patternkit_no_lint(patternkit_synthesized: "Callable[..., Synthesis]") -> Hold:
    """Fail on what cfn-lint says: `no_lint(synthesis, accept="W3005", regions="eu-west-1")`.

    Takes what `synthesized` makes or takes, a template or its path.
    """
    from patternkit.testing.fixtures import no_lint

    return named("no_lint", no_lint(patternkit_synthesized))


@pytest.fixture
def patternkit_template_snapshot(
    request: pytest.FixtureRequest, patternkit_synthesized: "Callable[..., Synthesis]"
) -> Hold:
    """Compare a template with its snapshot: `template_snapshot(template, name="agnostic", folder=here / "snapshots")`.

    Takes a template, its path, or what has just one: a synthesis, a stack. With `difference_from=`, another of these,
    the snapshot holds only what the template has otherwise than that one: the same stack in another environment.
    """
    from patternkit.testing.fixtures import template_snapshot

    return named("template_snapshot", template_snapshot(request, patternkit_synthesized))


@pytest.fixture
def patternkit_stateful_snapshot(
    request: pytest.FixtureRequest, patternkit_synthesized: "Callable[..., Synthesis]"
) -> Hold:
    """Hold the logical ids of stateful resources: `stateful_snapshot(template, name="agnostic.stateful")`.

    Changing one of these ids replaces the resource. Beside a snapshot of the whole template this says which part of a
    change is the dangerous one. Takes what `template_snapshot` takes.
    """
    from patternkit.testing.fixtures import template_snapshot
    from patternkit.testing.stateful import stateful_resources

    hold = template_snapshot(request, patternkit_synthesized, of=stateful_resources, fixture="stateful_snapshot")
    return named("stateful_snapshot", hold)


@pytest.fixture
def patternkit_permissions(patternkit_synthesized: "Callable[..., Synthesis]") -> "Callable[..., PermissionProof]":
    """Prove a function's role: `permissions(template, events=[...], code=folder, unused={"...": "why"})`.

    Takes templates, a synthesis or a stack. What is denied or not evaluated fails, and what is granted and not used,
    unless `unused` explains it. The other arguments are those of `patternkit.testing.permissions.prove`.
    """
    from patternkit.testing.fixtures import permissions

    return named("permissions", permissions(patternkit_synthesized))


@pytest.fixture
def patternkit_network() -> "Callable[..., Network]":
    """Prove where packets go: `network("cdk.out").assert_holds(isolated("Orders", "internet"))`.

    Takes the path of a template or a cloud assembly, a `cdk.App` or its synthesis, or parsed templates; `contracts`,
    `parameters` and `region` are those of `patternkit.testing.networks.read_network`. What does not hold fails with the
    offending flow, hop by hop.
    """
    from patternkit.testing.networks import read_network

    return read_network


@pytest.fixture
def patternkit_dns_names() -> "Callable[..., Names]":
    """Prove what names answer: `dns_names("cdk.out").assert_holds(always_answers("www.example.com"))`.

    Takes the path of a template or a cloud assembly, a `cdk.App` or its synthesis, or parsed templates; `contracts`,
    `parameters` and `region` are those of `patternkit.testing.dns_names.read_names`. What does not hold fails with the
    query that breaks it, step by step.
    """
    from patternkit.testing.dns_names import read_names

    return read_names


@pytest.fixture
def patternkit_cache_keys(patternkit_synthesized: "Callable[..., Synthesis]") -> "Callable[..., Caches]":
    """Compute which requests share a cached answer: `cache_keys(template).share("/a?x=1", "/a?x=2")`.

    Takes a template, its path, or what has just one: a synthesis, a stack. `functions` says what functions of a
    viewer's request do to it, by logical id. What it gives is a `patternkit.testing.cache_keys.Caches`.
    """
    from patternkit.testing.fixtures import cache_keys

    return named("cache_keys", cache_keys(patternkit_synthesized))


@pytest.fixture
def patternkit_edge_functions(patternkit_synthesized: "Callable[..., Synthesis]") -> "Callable[..., EdgeFunctions]":
    """Run functions of Amazon CloudFront: `edge_functions(template).viewer_request("/a").request.path == "/b"`.

    Takes a template, its path, or what has just one: a synthesis, a stack. `store` says what their key value store
    holds. What it gives is a `patternkit.testing.edge_functions.EdgeFunctions`.
    """
    from patternkit.testing.fixtures import edge_functions

    return named("edge_functions", edge_functions(patternkit_synthesized))


@pytest.fixture
def patternkit_traffic_shift(patternkit_synthesized: "Callable[..., Synthesis]") -> "Callable[..., TrafficShift]":
    """Walk through the shift of a function's traffic: `traffic_shift(stack).walk(bad_from=0).outcome == "rolled back"`.

    Takes a template, its path, or what has just one: a synthesis, a stack. With several aliases `alias` says which, by
    its logical id or its construct's path. What it knows and answers is in `patternkit.testing.traffic_shift`.
    """
    from patternkit.testing.fixtures import traffic_shifts

    return named("traffic_shift", traffic_shifts(patternkit_synthesized))


@pytest.fixture
def patternkit_accelerator_flows(patternkit_synthesized: "Callable[..., Synthesis]") -> "Callable[..., Accelerator]":
    """Compute where AWS Global Accelerator sends flows: `accelerator_flows(stack).place(["eu-west-1", "us-east-1"])`.

    Takes a template, its path, or what has just one: a synthesis, a stack. With several accelerators `accelerator` says
    which; `region` says where the stack is, if an endpoint group is in its Region. What it knows and answers is in
    `patternkit.testing.accelerator_flows`.
    """
    from patternkit.testing.fixtures import accelerators

    return named("accelerator_flows", accelerators(patternkit_synthesized))


@pytest.fixture
def patternkit_graphql_access(patternkit_synthesized: "Callable[..., Synthesis]") -> "Callable[..., GraphqlAccess]":
    """Compute who is let at which field: `graphql_access(stack).table()[("readers", "Query.report")] is May.DENIED`.

    Takes a template, its path, or what has just one: a synthesis, a stack. With several APIs `api` says which; `schema`
    is its schema, where the template does not hold it. What it gives is a
    `patternkit.testing.graphql_access.GraphqlAccess`, which also runs operations.
    """
    from patternkit.testing.fixtures import graphql_access

    return named("graphql_access", graphql_access(patternkit_synthesized))


@pytest.fixture(scope="module")
def patternkit_local_cloud() -> "Iterator[LocalCloud]":
    """An embedded AWS of this module's own, stopped when its tests are over."""
    from patternkit.localcloud import LocalCloud

    with LocalCloud.start() as cloud:
        yield cloud


# The short names. Nothing here depends on them: whatever else has one of these names takes nothing from the others.


@pytest.fixture(scope="session")
def synthesized(patternkit_synthesized: "Callable[..., Synthesis]") -> "Callable[..., Synthesis]":
    """Synthesize once a session what several tests look at: `patternkit_synthesized` by its short name."""
    return patternkit_synthesized


@pytest.fixture
def no_findings(patternkit_no_findings: Hold) -> Hold:
    """Fail on findings: `patternkit_no_findings` by its short name."""
    return patternkit_no_findings


@pytest.fixture
def no_lint(patternkit_no_lint: Hold) -> Hold:
    """Fail on what cfn-lint says: `patternkit_no_lint` by its short name."""
    return patternkit_no_lint


@pytest.fixture
def template_snapshot(patternkit_template_snapshot: Hold) -> Hold:
    """Compare a template with its snapshot: `patternkit_template_snapshot` by its short name."""
    return patternkit_template_snapshot


@pytest.fixture
def stateful_snapshot(patternkit_stateful_snapshot: Hold) -> Hold:
    """Hold the logical ids of stateful resources: `patternkit_stateful_snapshot` by its short name."""
    return patternkit_stateful_snapshot


@pytest.fixture
def permissions(patternkit_permissions: "Callable[..., PermissionProof]") -> "Callable[..., PermissionProof]":
    """Prove a function's role: `patternkit_permissions` by its short name."""
    return patternkit_permissions


@pytest.fixture
def network(patternkit_network: "Callable[..., Network]") -> "Callable[..., Network]":
    """Prove where packets go: `patternkit_network` by its short name."""
    return patternkit_network


@pytest.fixture
def dns_names(patternkit_dns_names: "Callable[..., Names]") -> "Callable[..., Names]":
    """Prove what names answer: `patternkit_dns_names` by its short name."""
    return patternkit_dns_names


@pytest.fixture
def cache_keys(patternkit_cache_keys: "Callable[..., Caches]") -> "Callable[..., Caches]":
    """Compute which requests share a cached answer: `patternkit_cache_keys` by its short name."""
    return patternkit_cache_keys


@pytest.fixture
def edge_functions(patternkit_edge_functions: "Callable[..., EdgeFunctions]") -> "Callable[..., EdgeFunctions]":
    """Run functions of Amazon CloudFront: `patternkit_edge_functions` by its short name."""
    return patternkit_edge_functions


@pytest.fixture
def traffic_shift(patternkit_traffic_shift: "Callable[..., TrafficShift]") -> "Callable[..., TrafficShift]":
    """Walk through the shift of a function's traffic: `patternkit_traffic_shift` by its short name."""
    return patternkit_traffic_shift


@pytest.fixture
def accelerator_flows(patternkit_accelerator_flows: "Callable[..., Accelerator]") -> "Callable[..., Accelerator]":
    """Compute where an accelerator sends flows: `patternkit_accelerator_flows` by its short name."""
    return patternkit_accelerator_flows


@pytest.fixture
def graphql_access(patternkit_graphql_access: "Callable[..., GraphqlAccess]") -> "Callable[..., GraphqlAccess]":
    """Compute who is let at which field of a GraphQL API: `patternkit_graphql_access` by its short name."""
    return patternkit_graphql_access


@pytest.fixture(scope="module")
def local_cloud(patternkit_local_cloud: "LocalCloud") -> "LocalCloud":
    """An embedded AWS of this module's own: `patternkit_local_cloud` by its short name."""
    return patternkit_local_cloud
