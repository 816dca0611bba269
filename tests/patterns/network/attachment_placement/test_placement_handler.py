"""What each request asks of Amazon EC2, call by call, and what CloudFormation is told."""

import json
import logging
import urllib.request
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from tests.answering import Aws, Refusal, loaded

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 65_500, log_stream_name="stream")
DEFAULT, OWN, FORMER = "tgw-rtb-default", "tgw-rtb-own", "tgw-rtb-former"
ATTACHMENT = {"ResourceId": "vpc-1", "TransitGatewayId": "tgw-1"}
PLACED = {**ATTACHMENT, "DomainTableId": OWN, "DefaultTableId": DEFAULT}


@pytest.fixture(scope="module")
def index() -> Iterator[ModuleType]:
    with loaded("network/attachment_placement/handler", "index") as module:
        yield module("index")


class Clock:
    """Time that passes only while somebody sleeps; a deadline is 35.5 seconds away."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(index: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Clock:
    one = Clock()
    monkeypatch.setattr(index, "time", one)
    return one


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    opened = MagicMock()
    monkeypatch.setattr(urllib.request, "urlopen", opened)
    return opened


def request(kind: str, of: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResourceType": f"Custom::{of}",
        "ResponseURL": "https://cloudformation.example/answer",
        "StackId": "the stack",
        "RequestId": "the request",
        "LogicalResourceId": "Logical",
        "ResourceProperties": properties,
        **more,
    }


def told(opened: MagicMock, status: str, physical_id: str, **other: Any) -> None:
    [call] = opened.mock_calls[:1]
    [sent], options = call.args, call.kwargs
    assert options == {"timeout": 20}
    assert (sent.full_url, sent.get_method()) == ("https://cloudformation.example/answer", "PUT")
    assert sent.headers == {"Content-type": ""}
    assert json.loads(sent.data) == {
        "Status": status,
        "Reason": "see log stream stream",
        "PhysicalResourceId": physical_id,
        "StackId": "the stack",
        "RequestId": "the request",
        "LogicalResourceId": "Logical",
        "Data": {},
        **other,
    }
    assert opened.return_value.__exit__.called, "the connection is closed"
    opened.reset_mock()


def looked(resource: str = "vpc-1") -> tuple[str, dict[str, Any]]:
    filters = {"transit-gateway-id": "tgw-1", "resource-id": resource, "state": "available"}
    listed = [{"Name": name, "Values": [value]} for name, value in filters.items()]
    return "DescribeTransitGatewayAttachments", {"Filters": listed}


SEEN = ("DescribeTransitGatewayAttachments", {"TransitGatewayAttachmentIds": ["a-1"]})
PROPAGATED = ("GetTransitGatewayAttachmentPropagations", {"TransitGatewayAttachmentId": "a-1"})
THERE = {"TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "a-1"}, {"TransitGatewayAttachmentId": "a-2"}]}
NOTHING: dict[str, Any] = {"TransitGatewayAttachments": []}


def associated(table: str | None, state: str = "associated") -> dict[str, Any]:
    association = {"Association": {"TransitGatewayRouteTableId": table, "State": state}} if table else {}
    return {"TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "a-1", **association}]}


def propagating(*tables: str) -> dict[str, Any]:
    return {"TransitGatewayAttachmentPropagations": [{"TransitGatewayRouteTableId": one} for one in tables]}


def disabled(table: str) -> tuple[str, dict[str, Any]]:
    given = {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": "a-1"}
    return "DisableTransitGatewayRouteTablePropagation", given


def left(table: str) -> tuple[str, dict[str, Any]]:
    given = {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": "a-1"}
    return "DisassociateTransitGatewayRouteTable", given


def tunnels() -> dict[str, Any]:
    options = [
        {"OutsideIpAddress": "203.0.113.9", "TunnelInsideCidr": "169.254.1.0/30"},
        {"OutsideIpAddress": "203.0.113.4", "TunnelInsideCidr": "169.254.2.0/30"},
    ]
    return {"VpnConnections": [{"Options": {"TunnelOptions": options}}]}


VPN = ("DescribeVpnConnections", {"VpnConnectionIds": ["vpn-1"]})


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_an_attachment_is_waited_for_and_told(
    index: ModuleType,
    aws: Aws,
    answered: MagicMock,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    aws.answers["DescribeTransitGatewayAttachments"] = [NOTHING, NOTHING, THERE]
    with caplog.at_level(logging.INFO):
        index.handler(request(kind, "TransitGatewayAttachment", ATTACHMENT), CONTEXT)
    assert aws.calls == [looked()] * 3
    assert clock.slept == [5.0, 5.0]
    told(answered, "SUCCESS", "a-1", Data={"AttachmentId": "a-1"})
    line = {"request": kind, "resource": "Custom::TransitGatewayAttachment", "id": "Logical"}
    assert [json.loads(one) for one in caplog.messages] == [line]


def test_of_a_connection_the_tunnels_are_told_by_their_outside_addresses(
    index: ModuleType, aws: Aws, answered: MagicMock
) -> None:
    aws.answers |= {"DescribeTransitGatewayAttachments": THERE, "DescribeVpnConnections": tunnels()}
    index.handler(request("Create", "TransitGatewayAttachment", {**ATTACHMENT, "ResourceId": "vpn-1"}), CONTEXT)
    assert aws.calls == [looked("vpn-1"), VPN]
    addresses = {"Tunnel1Address": "203.0.113.4", "Tunnel2Address": "203.0.113.9"}
    told(answered, "SUCCESS", "a-1", Data={"AttachmentId": "a-1", **addresses})


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_tunnels_are_told_by_their_inside_ranges(index: ModuleType, aws: Aws, answered: MagicMock, kind: str) -> None:
    aws.answers["DescribeVpnConnections"] = tunnels()
    index.handler(request(kind, "VpnTunnels", {"VpnConnectionId": "vpn-1"}), CONTEXT)
    assert aws.calls == [VPN]
    addresses = {"Tunnel1Address": "203.0.113.9", "Tunnel2Address": "203.0.113.4"}
    told(answered, "SUCCESS", "vpn-1", Data=addresses)


@pytest.mark.parametrize("of", ["TransitGatewayAttachment", "VpnTunnels"])
@pytest.mark.parametrize(("given", "physical_id"), [({"PhysicalResourceId": "made"}, "made"), ({}, "Logical")])
def test_deleting_asks_nothing(
    index: ModuleType, aws: Aws, answered: MagicMock, of: str, given: dict[str, str], physical_id: str
) -> None:
    index.handler(request("Delete", of, PLACED, **given), CONTEXT)
    assert aws.calls == []
    told(answered, "SUCCESS", physical_id)


def test_a_new_attachment_is_freed_of_the_defaults(
    index: ModuleType, aws: Aws, answered: MagicMock, clock: Clock
) -> None:
    aws.answers |= {
        # Not associated yet; associated by default; still there; gone, but its propagation is not; free.
        "DescribeTransitGatewayAttachments": [
            THERE,
            associated(None),
            associated(DEFAULT, "associating"),
            associated(DEFAULT),
            associated(DEFAULT, "disassociating"),
            associated(None),
            associated(None),
        ],
        "GetTransitGatewayAttachmentPropagations": [
            propagating("t-1", "t-2"),
            propagating("t-2", "t-9"),
            propagating("t-9"),
        ],
    }
    index.handler(request("Create", "TransitGatewayAttachment", PLACED), CONTEXT)
    assert aws.calls == [
        looked(),
        *[SEEN] * 3,
        PROPAGATED,
        disabled("t-1"),
        disabled("t-2"),
        left(DEFAULT),
        SEEN,
        SEEN,
        PROPAGATED,
        SEEN,
        PROPAGATED,
    ]
    assert clock.slept == [5.0] * 4
    told(answered, "SUCCESS", "a-1", Data={"AttachmentId": "a-1"})


@pytest.mark.parametrize(("table", "old"), [(OWN, {}), (OWN, {"DomainTableId": FORMER}), ("tgw-rtb-x", {})])
def test_an_attachment_elsewhere_stays(
    index: ModuleType, aws: Aws, answered: MagicMock, table: str, old: dict[str, str]
) -> None:
    aws.answers["DescribeTransitGatewayAttachments"] = [THERE, associated(table)]
    index.handler(request("Update", "TransitGatewayAttachment", PLACED, OldResourceProperties=old), CONTEXT)
    assert aws.calls == [looked(), SEEN]
    told(answered, "SUCCESS", "a-1", Data={"AttachmentId": "a-1"})


def test_an_attachment_leaves_its_former_domain_and_keeps_its_propagations(
    index: ModuleType, aws: Aws, answered: MagicMock
) -> None:
    aws.answers |= {
        "DescribeTransitGatewayAttachments": [THERE, associated(FORMER), associated(None)],
        "GetTransitGatewayAttachmentPropagations": propagating("t-1"),
    }
    old = {"DomainTableId": FORMER}
    index.handler(request("Update", "TransitGatewayAttachment", PLACED, OldResourceProperties=old), CONTEXT)
    assert aws.calls == [looked(), SEEN, left(FORMER), SEEN, PROPAGATED]
    told(answered, "SUCCESS", "a-1", Data={"AttachmentId": "a-1"})


def test_an_attachment_that_left_before_is_not_waited_for(
    index: ModuleType, aws: Aws, answered: MagicMock, clock: Clock
) -> None:
    aws.answers["DescribeTransitGatewayAttachments"] = [THERE, associated(None)]
    old = {"DomainTableId": FORMER}
    index.handler(request("Update", "TransitGatewayAttachment", PLACED, OldResourceProperties=old), CONTEXT)
    assert (aws.calls, clock.slept) == ([looked(), SEEN], [])
    told(answered, "SUCCESS", "a-1", Data={"AttachmentId": "a-1"})


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        ({"DescribeTransitGatewayAttachments": NOTHING}, "attachment of vpc-1"),
        (
            {"DescribeTransitGatewayAttachments": lambda given: THERE if "Filters" in given else associated(None)},
            "association of a-1",
        ),
        (
            {
                "DescribeTransitGatewayAttachments": lambda given: THERE if "Filters" in given else associated(DEFAULT),
                "GetTransitGatewayAttachmentPropagations": propagating(),
            },
            "release of a-1",
        ),
    ],
)
def test_what_does_not_come_about_in_time_fails(
    index: ModuleType,
    aws: Aws,
    answered: MagicMock,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    answers: dict[str, Any],
    what: str,
) -> None:
    aws.answers |= answers
    index.handler(request("Create", "TransitGatewayAttachment", PLACED), CONTEXT)
    # Half a minute is kept for the answer: 35.5 seconds are seven times five.
    assert clock.slept == [5.0] * 7
    told(answered, "FAILED", "Logical", Reason=f"NotReadyError: {what} not ready in time")
    assert caplog.messages[-1] == "failed"
    assert caplog.records[-1].exc_info


def test_time_that_is_just_enough_is_used(index: ModuleType, aws: Aws, answered: MagicMock, clock: Clock) -> None:
    aws.answers["DescribeTransitGatewayAttachments"] = NOTHING
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 40_000, log_stream_name="stream")
    index.handler(request("Create", "TransitGatewayAttachment", PLACED), context)
    assert clock.slept == [5.0, 5.0]
    told(answered, "FAILED", "Logical", Reason="NotReadyError: attachment of vpc-1 not ready in time")


def test_a_reason_is_cut(index: ModuleType, aws: Aws, answered: MagicMock) -> None:
    aws.answers["DescribeTransitGatewayAttachments"] = RuntimeError("x" * 1000)
    index.handler(request("Update", "TransitGatewayAttachment", PLACED, PhysicalResourceId="made"), CONTEXT)
    told(answered, "FAILED", "made", Reason="RuntimeError: " + "x" * 986)


DEFAULTS = {"TransitGatewayId": "tgw-1", "AssociationTableId": "t-1", "PropagationTableId": "t-2"}
ENABLED = {
    "DefaultRouteTableAssociation": "enable",
    "AssociationDefaultRouteTableId": "t-1",
    "DefaultRouteTablePropagation": "enable",
    "PropagationDefaultRouteTableId": "t-2",
}
DISABLED = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}


@pytest.mark.parametrize(("kind", "options"), [("Create", ENABLED), ("Update", ENABLED), ("Delete", DISABLED)])
def test_defaults_are_set_and_waited_for(
    index: ModuleType, aws: Aws, answered: MagicMock, clock: Clock, kind: str, options: dict[str, str]
) -> None:
    states = [{"TransitGateways": [{"State": one}]} for one in ("modifying", "available")]
    aws.answers["DescribeTransitGateways"] = states
    index.handler(request(kind, "TransitGatewayDefaults", DEFAULTS), CONTEXT)
    modified = ("ModifyTransitGateway", {"TransitGatewayId": "tgw-1", "Options": options})
    assert aws.calls == [modified, *[("DescribeTransitGateways", {"TransitGatewayIds": ["tgw-1"]})] * 2]
    assert clock.slept == [5.0]
    told(answered, "SUCCESS", "tgw-1-defaults")


def test_defaults_that_are_not_set_in_time_fail(index: ModuleType, aws: Aws, answered: MagicMock) -> None:
    aws.answers["DescribeTransitGateways"] = {"TransitGateways": [{"State": "modifying"}]}
    index.handler(request("Create", "TransitGatewayDefaults", DEFAULTS), CONTEXT)
    told(answered, "FAILED", "Logical", Reason="NotReadyError: modification of tgw-1 not ready in time")


PEERING = {"AttachmentId": "a-1", "PeerRegion": "us-east-1"}
PEERED = (
    "DescribeTransitGatewayPeeringAttachments",
    {"Filters": [{"Name": "transit-gateway-attachment-id", "Values": ["a-1"]}]},
)
ACCEPTED = ("AcceptTransitGatewayPeeringAttachment", {"TransitGatewayAttachmentId": "a-1"})


def peerings(*states: str) -> list[dict[str, Any]]:
    return [{"TransitGatewayPeeringAttachments": [{"State": one}] if one else []} for one in states]


@pytest.mark.parametrize(
    ("states", "calls"),
    [
        (
            ("", "initiatingRequest", "pendingAcceptance", "pendingAcceptance", "pending", "available"),
            [*[PEERED] * 3, ACCEPTED, *[PEERED] * 3],
        ),
        (("available",), [PEERED]),
    ],
)
@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_peering_is_accepted_once_in_its_peers_region(
    index: ModuleType,
    aws: Aws,
    answered: MagicMock,
    monkeypatch: pytest.MonkeyPatch,
    states: tuple[str, ...],
    calls: list[Any],
    kind: str,
) -> None:
    made = MagicMock(side_effect=index.boto3.client)
    monkeypatch.setattr(index.boto3, "client", made)
    aws.answers["DescribeTransitGatewayPeeringAttachments"] = peerings(*states)
    index.handler(request(kind, "TransitGatewayPeeringAcceptance", PEERING, PhysicalResourceId="x"), CONTEXT)
    made.assert_called_once_with("ec2", region_name="us-east-1", config=index.SDK)
    assert aws.calls == calls
    told(answered, "SUCCESS", "a-1-accepted")


@pytest.mark.parametrize("state", ["deleted", "deleting", "failed", "failing", "rejected", "rejecting"])
def test_a_peering_that_is_over_fails_at_once(
    index: ModuleType, aws: Aws, answered: MagicMock, clock: Clock, state: str
) -> None:
    aws.answers["DescribeTransitGatewayPeeringAttachments"] = peerings(state)
    index.handler(request("Create", "TransitGatewayPeeringAcceptance", PEERING), CONTEXT)
    assert (aws.calls, clock.slept) == ([PEERED], [])
    told(answered, "FAILED", "a-1-accepted", Reason=f"NotReadyError: a-1 is {state} in us-east-1")


def test_a_peering_that_does_not_come_about_fails(index: ModuleType, aws: Aws, answered: MagicMock) -> None:
    aws.answers["DescribeTransitGatewayPeeringAttachments"] = peerings("pending")[0]
    index.handler(request("Create", "TransitGatewayPeeringAcceptance", PEERING), CONTEXT)
    told(answered, "FAILED", "a-1-accepted", Reason="NotReadyError: peering a-1 in us-east-1 not ready in time")


def test_a_peering_that_is_deleted_asks_nothing(index: ModuleType, aws: Aws, answered: MagicMock) -> None:
    index.handler(request("Delete", "TransitGatewayPeeringAcceptance", PEERING), CONTEXT)
    assert aws.calls == []
    told(answered, "SUCCESS", "a-1-accepted")


def test_what_amazon_ec2_refuses_is_told(index: ModuleType, aws: Aws, answered: MagicMock) -> None:
    aws.answers["ModifyTransitGateway"] = Refusal("IncorrectState")
    index.handler(request("Create", "TransitGatewayDefaults", DEFAULTS), CONTEXT)
    refused = "An error occurred (IncorrectState) when calling the ModifyTransitGateway operation: refused"
    told(answered, "FAILED", "Logical", Reason=f"ClientError: {refused}")


def test_an_answer_goes_over_tls_only(index: ModuleType, answered: MagicMock) -> None:
    event = request("Delete", "VpnTunnels", {}, ResponseURL="http://cloudformation.example/answer")
    with pytest.raises(ValueError, match=r"^ResponseURL must be an https address$"):
        index.answer(event, CONTEXT, "id", "SUCCESS")
    assert not answered.mock_calls
