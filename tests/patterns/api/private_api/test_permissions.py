"""The function's role allows what Lambda does for it; the example itself calls nothing."""

from collections.abc import Callable
from pathlib import Path

from patternkit.testing.permissions import PermissionProof
from patterns.api.private_api import construct as private_api
from tests.conftest import example

CODE = Path(private_api.__file__).parent / "handler"
EVENTS = [{"httpMethod": "GET", "path": "/a"}, {"httpMethod": 1}]


def test_the_role_allows_what_is_done_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    template = example("private-api", "agnostic").template
    proof = permissions(template, function="PrivateApi/Answer/Function", code=CODE, events=EVENTS)
    assert proof.calls == 0
    assert proof.used == {
        "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
    }  # fmt: skip
