"""The function that accepts peerings, against a Region that answers as EC2 does; and what its role allows."""

import copy
import importlib.util
import json
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from botocore import xform_name
from botocore.client import BaseClient

from patternkit.testing.permissions import Account, PermissionProof, prove
from patternkit.testing.synthesis import synthesize
from patterns.network.attachment_placement import PeeringAcceptance, placement
from tests.conftest import context
from tests.sdk_requests import HeldToItsModel

CODE = Path(placement.__file__).parent / "handler"
PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
ATTACHMENT = "tgw-attach-1"
ASKS = {"ec2:AcceptTransitGatewayPeeringAttachment", "ec2:DescribeTransitGatewayPeeringAttachments"}


class Peer:
    """The peer's Region, which sees the peering after a while, and has it available some time after it is accepted."""

    def __init__(self, *states: str) -> None:
        self.states = list(states)
        self.accepted: list[str] = []
        self.region = ""

    def describe_transit_gateway_peering_attachments(self, **asked: Any) -> dict[str, Any]:
        assert asked["Filters"] == [{"Name": "transit-gateway-attachment-id", "Values": [ATTACHMENT]}]
        state = self.states[0]
        if state != "pendingAcceptance" or self.accepted:
            self.states = self.states[1:] or self.states
        return {"TransitGatewayPeeringAttachments": [{"State": state}] if state else []}

    def accept_transit_gateway_peering_attachment(self, **asked: Any) -> dict[str, Any]:
        self.accepted.append(asked["TransitGatewayAttachmentId"])
        return {}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []

    class Answered:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    def urlopen(request: urllib.request.Request, timeout: float) -> Answered:  # noqa: ARG001
        assert isinstance(request.data, bytes)
        told.append(json.loads(request.data))
        return Answered()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return told


def function(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    def client(service: str, *, region_name: str = "", config: object) -> HeldToItsModel:
        assert service == "ec2"
        assert config is not None
        peer.region = region_name
        return HeldToItsModel(peer, service)

    monkeypatch.setattr(boto3, "client", client)
    spec = importlib.util.spec_from_file_location("attachment_placement_handler", CODE / "index.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def request(kind: str, url: str = "https://cloudformation.example/answer") -> Any:
    return {
        "RequestType": kind,
        "ResourceType": "Custom::TransitGatewayPeeringAcceptance",
        "ResponseURL": url,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Acceptance",
        "ResourceProperties": {"AttachmentId": ATTACHMENT, "PeerRegion": "us-east-1"},
    }


def invoke(peer: Peer, monkeypatch: pytest.MonkeyPatch, event: Any, seconds: float = 60) -> None:
    asked = SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000, log_stream_name="stream")
    function(peer, monkeypatch).handler(event, asked)


def test_it_is_accepted_once_in_the_peer_s_region(
    monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]
) -> None:
    peer = Peer("", "initiatingRequest", "pendingAcceptance", "pending", "available")
    invoke(peer, monkeypatch, request("Create"))
    assert (peer.region, peer.accepted) == ("us-east-1", ["tgw-attach-1"])
    [answer] = answers
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "tgw-attach-1-accepted")


def test_what_is_available_already_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]
) -> None:
    peer = Peer("available")
    invoke(peer, monkeypatch, request("Update"))
    assert (peer.accepted, answers[0]["Status"]) == ([], "SUCCESS")


def test_deleting_asks_nothing(monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]) -> None:
    peer = Peer("available")
    invoke(peer, monkeypatch, request("Delete"))
    assert (peer.region, answers[0]["Status"]) == ("", "SUCCESS")


@pytest.mark.parametrize(
    ("states", "seconds", "said"),
    [
        (("rejected",), 60, "tgw-attach-1 is rejected in us-east-1"),
        (("pendingAcceptance", "pending"), 30, "peering tgw-attach-1 in us-east-1 not ready in time"),
        (("",), 30, "peering tgw-attach-1 in us-east-1 not ready in time"),
    ],
)
def test_what_does_not_come_about_is_told(
    monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]], states: tuple[str, ...], seconds: float, said: str
) -> None:
    invoke(Peer(*states), monkeypatch, request("Create"), seconds)
    assert answers[0]["Status"] == "FAILED"
    assert said in answers[0]["Reason"]


def test_an_answer_goes_over_tls_only(monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="https"):
        invoke(Peer("available"), monkeypatch, request("Create", url="http://cloudformation.example/answer"))
    assert not answers


def build(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Network")
    PeeringAcceptance(stack, "Acceptance", attachment_id=ATTACHMENT, peer_region=stack.region)


@pytest.fixture(scope="module")
def template() -> Mapping[str, Any]:
    return synthesize(build, context=context()).template


def run(template: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> PermissionProof:
    peer = Peer("pendingAcceptance", "pending", "available")
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def answer(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        found = getattr(peer, xform_name(operation), None)
        return call(client, operation, parameters) if found is None else found(**parameters)

    def events(_: Account) -> Iterator[dict[str, Any]]:
        yield request("Create")
        yield request("Delete")

    with monkeypatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", answer)
        return prove(template, code=CODE, events=events, existing={"arn:aws:ec2:*:*:transit-gateway*": {}})


@pytest.mark.usefixtures("answers")
def test_the_role_allows_what_is_done_and_no_more(template: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    proof = run(template, monkeypatch)
    assert (proof.denied, proof.unused) == ((), ()), proof.report()
    assert proof.used == PLATFORM | ASKS
    assert not proof.redundant


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("action", sorted(PLATFORM | ASKS))
def test_each_action_that_is_taken_away_is_missed(
    action: str, template: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant = copy.deepcopy(dict(template))
    for resource in mutant["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
                # Something has to be left in a statement: an action that is of no use here.
                statement["Action"] = [one for one in actions if one != action] or ["s3:GetBucketLocation"]
    assert {one.request.action for one in run(mutant, monkeypatch).denied} == {action}
