"""Projects of someone else's, in which the plugin is tested: they have none of the catalog's patterns."""

import pytest

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

SETTINGS = """
[pytest]
addopts = --strict-markers --disable-socket --allow-unix-socket -p no:cacheprovider
filterwarnings = error
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with one stack, run in processes of its own as its owner would."""
    monkeypatch.delenv("CI", raising=False)
    pytester.makeini(SETTINGS)
    pytester.makepyfile(their_stack=STACK)
    return pytester
