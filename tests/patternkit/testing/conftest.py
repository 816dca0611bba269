"""Projects of someone else's, in which the plugin is tested: they have none of the catalog's patterns."""

import os
from pathlib import Path

import aws_cdk  # noqa: F401 - loaded here, so that it stays loaded from one project to the next
import cdk_nag  # noqa: F401
import cfnlint.api  # noqa: F401
import pytest

JSII_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aws" / "jsii" / "package-cache"

STACK = """
def template(*, delay=0, queue="Queue"):
    policy = {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": queue}]}}
    return {
        "Resources": {
            queue: {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": delay}},
            "Policy": policy,
        }
    }


def build(app):
    import aws_cdk as cdk
    from aws_cdk import aws_sqs as sqs

    stack = cdk.Stack(app, "Theirs")
    sqs.Queue(stack, "Queue", enforce_ssl=True)
    return stack
"""

SNAPSHOT = """
    from pathlib import Path

    from their_stack import template

    def test_the_template(template_snapshot):
        template_snapshot(template({arguments}), name="theirs", folder=Path(__file__).parent / "snapshots")
"""


SETTINGS = """
[pytest]
addopts = --strict-markers --disable-socket --allow-unix-socket -p no:cacheprovider -p no:randomly
filterwarnings = error
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with one stack, run in processes of its own as its owner would."""
    monkeypatch.delenv("CI", raising=False)
    # In a worker's process a project's own run would take itself for a worker, and report no snapshots.
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    # pytester moves the home folder, in which jsii keeps the CDK unpacked.
    monkeypatch.setenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(JSII_CACHE))
    pytester.makeini(SETTINGS)
    pytester.makepyfile(their_stack=STACK)
    return pytester


def run_here(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run a project's tests in this process, whose Node has the CDK loaded."""
    project.makeini(
        "[pytest]\naddopts = --strict-markers -p no:cacheprovider -p no:xdist -p no:randomly\nfilterwarnings = error\n"
    )
    return project.runpytest_inprocess(*arguments)
