"""The roles of the function and of the hook allow what is done, and no more."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from patternkit.testing.permissions import PermissionProof
from tests.conftest import ROOT, example

CODE = ROOT / "patterns" / "events" / "canary_function" / "handler"
PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}


def test_the_role_allows_what_is_done_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    template = example("canary-function", "agnostic").template
    proof = permissions(template, function="CanaryFunction/Work/Function", code=CODE, events=[{}, {"probe": True}])
    assert proof.used == PLATFORM | {"sqs:SendMessage"}


def test_the_hook_may_call_the_new_version_and_answer_this_release_and_no_more() -> None:
    resources = example("canary-function", "agnostic").template["Resources"]
    [version] = [name for name, one in resources.items() if one["Type"] == "AWS::Lambda::Version"]
    [role] = [name for name, one in resources.items() if one["Type"] == "AWS::IAM::Role" and "ProbeRole" in name]
    allowed: dict[str, Any] = {}
    for one in resources.values():
        if one["Type"] == "AWS::IAM::Policy" and one["Properties"]["Roles"] == [{"Ref": role}]:
            for statement in one["Properties"]["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                allowed |= dict.fromkeys(actions, SimpleNamespace(on=statement["Resource"]))
    hooks = {"lambda:InvokeFunction", "codedeploy:PutLifecycleEventHookExecutionStatus"}
    assert set(allowed) == PLATFORM | hooks
    assert allowed["lambda:InvokeFunction"].on == {"Ref": version}
