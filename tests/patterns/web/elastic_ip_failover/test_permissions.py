"""The keeper's role allows the calls that the handler makes, and no others.

`patternkit.testing.permissions` makes no Elastic IP addresses and no groups, so it cannot run this handler against the
template: here the calls of a run against the stand-in for AWS are compared with the actions of the role. On which
resources and under which conditions is asserted in test_construct.py, not evaluated.
"""

import importlib
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws

from tests.conftest import example
from tests.patterns.web.fleet import GROUP, Fleet

_OF_EVERY_FUNCTION = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def allowed(template: dict[str, Any]) -> set[str]:
    (function,) = [one for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Function"]
    role = function["Properties"]["Role"]["Fn::GetAtt"][0]
    return {
        action
        for one in template["Resources"].values()
        if one["Type"] == "AWS::IAM::Policy" and {"Ref": role} in one["Properties"]["Roles"]
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield importlib.reload(importlib.import_module("patterns.web.elastic_ip_failover.handler.address_keeper.index"))


def test_the_role_allows_what_is_called_and_no_more(index: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(2)
    called: set[str] = set()
    for client in (index.autoscaling, index.ec2):
        client.meta.events.register(
            "before-parameter-build",
            lambda model, **_: called.add(f"{model.service_model.signing_name}:{model.name}"),
        )
    for name, value in {
        "ALLOCATION_ID": fleet.ec2.allocate_address(Domain="vpc")["AllocationId"],
        "APPLICATION_PORT": "443",
        "GROUP_NAME": GROUP,
        "HEALTH_CHECK_PATH": "/",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(index.time, "sleep", lambda _: None)
    for answers in (True, False):
        monkeypatch.setattr(index, "answers", lambda *_, answers=answers: answers)
        index.handler({}, SimpleNamespace(aws_request_id="the-request"))
    assert called == allowed(example("elastic-ip-failover", "agnostic").template) - _OF_EVERY_FUNCTION
