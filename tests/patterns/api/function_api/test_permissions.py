"""The function's role allows what Lambda does for it; the example itself calls nothing."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from patternkit.testing.permissions import PermissionProof, prove
from patterns.api.function_api import construct as function_api
from tests.conftest import example

CODE = Path(function_api.__file__).parent / "handler"
EVENTS = [
    {"httpMethod": "GET", "path": "/a", "stageVariables": {"alias": "live"}},
    {"httpMethod": "POST", "path": "/a", "body": "{}"},
    {"httpMethod": 1},
]
PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}


def test_the_role_allows_what_is_done_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    proof = permissions(example("function-api", "agnostic").template, code=CODE, events=EVENTS)
    assert proof.calls == 0
    assert proof.used == PLATFORM
    assert not proof.redundant


@pytest.mark.parametrize("action", sorted(PLATFORM))
def test_each_action_that_is_taken_away_is_missed(action: str) -> None:
    mutant = copy.deepcopy(example("function-api", "agnostic").template)
    for resource in mutant["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                if action in statement["Action"]:
                    statement["Action"] = [one for one in statement["Action"] if one != action]
    assert [one.request.action for one in prove(mutant, code=CODE, events=EVENTS).denied] == [action]
