"""The pytest plugin: what a test of a CDK app needs, in any project."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from patternkit.node import use_packaged_node

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from patternkit.localcloud import LocalCloud
    from patternkit.routes import Network
    from patternkit.testing.permissions import Proof


# When the plugin is loaded, and not in a hook: conftest files that import the CDK are loaded before most hooks run.
use_packaged_node()


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to rewrite snapshots where nobody reads them."""
    if os.environ.get("CI") and config.getoption("update_snapshots", default=False):
        raise pytest.UsageError("--snapshot-update is refused in CI: update snapshots where the change is read")
    # Snapshots are named for their templates, not for the tests that hold them.
    config.addinivalue_line("filterwarnings", r"ignore:\s*Can not relate snapshot:UserWarning")


@pytest.fixture
def template_snapshot(snapshot: "SnapshotAssertion") -> Callable[..., None]:
    """Hold a template to its snapshot: `template_snapshot(template, name="agnostic", folder=here / "snapshots")`."""
    from patternkit.testing.snapshots import TemplateSnapshotExtension

    def hold(template: Mapping[str, Any], *, name: str | None = None, folder: Path | None = None) -> None:
        extension = TemplateSnapshotExtension.in_folder(str(folder)) if folder else TemplateSnapshotExtension
        held = snapshot.use_extension(extension)
        assert template == (held(name=name) if name else held)

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
        proof = prove(template, **arguments)
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


@pytest.fixture(scope="module")
def local_cloud() -> "Iterator[LocalCloud]":
    """An embedded AWS of this module's own, stopped when its tests are over."""
    from patternkit.localcloud import LocalCloud

    with LocalCloud.start() as cloud:
        yield cloud
