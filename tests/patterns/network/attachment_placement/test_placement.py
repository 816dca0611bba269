"""The function behind transit gateway attachments, against a gateway that answers as EC2 does."""

import importlib.util
import json
import urllib.request
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest

from tests.sdk_requests import HeldToItsModel

HANDLER = Path(__file__).parents[4] / "patterns/network/attachment_placement/handler/index.py"
DEFAULT, OWN, FORMER = "tgw-rtb-default", "tgw-rtb-own", "tgw-rtb-former"


class Gateway:
    """A transit gateway with one attachment, whose states change only after some questions."""

    def __init__(
        self, *, table: str | None, propagated: list[str], available_after: int = 0, name: str = "tgw-1"
    ) -> None:
        self.name = name
        self.table = table
        self.propagated = propagated
        self.options: dict[str, str] = {}
        self.calls: list[str] = []
        self._available_after = available_after
        self._associated_after = 1
        self._state = "available"

    def describe_transit_gateway_attachments(self, **asked: Any) -> dict[str, Any]:
        if "Filters" in asked:
            names = {one["Name"]: one["Values"] for one in asked["Filters"]}
            assert names["transit-gateway-id"] == [self.name]
            assert names["state"] == ["available"]
            if self._available_after > 0:
                self._available_after -= 1
                return {"TransitGatewayAttachments": []}
        found: dict[str, Any] = {"TransitGatewayAttachmentId": "tgw-attach-1"}
        if self.table is not None:
            state = "associated" if self._associated_after <= 0 else "associating"
            self._associated_after -= 1
            found["Association"] = {"TransitGatewayRouteTableId": self.table, "State": state}
        return {"TransitGatewayAttachments": [found]}

    def describe_vpn_connections(self, **asked: Any) -> dict[str, Any]:
        assert asked["VpnConnectionIds"] == ["vpn-1"]
        tunnels = [{"OutsideIpAddress": "203.0.113.9"}, {"OutsideIpAddress": "203.0.113.4"}]
        return {"VpnConnections": [{"Options": {"TunnelOptions": tunnels}}]}

    def get_transit_gateway_attachment_propagations(self, **asked: Any) -> dict[str, Any]:
        assert asked["TransitGatewayAttachmentId"] == "tgw-attach-1"
        return {
            "TransitGatewayAttachmentPropagations": [{"TransitGatewayRouteTableId": one} for one in self.propagated]
        }

    def disable_transit_gateway_route_table_propagation(self, **asked: Any) -> None:
        self.calls.append(f"disable {asked['TransitGatewayRouteTableId']}")
        self.propagated.remove(asked["TransitGatewayRouteTableId"])

    def disassociate_transit_gateway_route_table(self, **asked: Any) -> None:
        assert asked["TransitGatewayRouteTableId"] == self.table
        self.calls.append(f"disassociate {self.table}")
        self.table = None

    def modify_transit_gateway(self, **asked: Any) -> None:
        assert asked["TransitGatewayId"] == self.name
        self.options = asked["Options"]
        self._state = "modifying"

    def describe_transit_gateways(self, **asked: Any) -> dict[str, Any]:
        assert asked["TransitGatewayIds"] == [self.name]
        state, self._state = self._state, "available"
        return {"TransitGateways": [{"State": state}]}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []

    class Answered:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    def urlopen(request: urllib.request.Request, timeout: float) -> Answered:
        assert request.full_url == "https://cloudformation.example/answer"
        assert request.get_method() == "PUT"
        assert timeout < 30
        assert isinstance(request.data, bytes)
        told.append(json.loads(request.data))
        return Answered()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return told


def function(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(boto3, "client", lambda service, config: HeldToItsModel(gateway, service))  # noqa: ARG005
    spec = importlib.util.spec_from_file_location("attachment_placement_handler", HANDLER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["POLL_SECONDS"] = 0.001
    return module


def invoke(module: ModuleType, request: str, properties: dict[str, str], **more: Any) -> None:
    kind = "Defaults" if "AssociationTableId" in properties else "Attachment"
    event = {
        "RequestType": request,
        "ResourceType": f"Custom::TransitGateway{kind}",
        "ResponseURL": "https://cloudformation.example/answer",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Placement",
        "ResourceProperties": {"TransitGatewayId": "tgw-1", **properties},
        **more,
    }
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 31_000, log_stream_name="stream")
    module.handler(event, context)


def test_a_connection_s_attachment_and_tunnels_are_found(
    monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]
) -> None:
    gateway = Gateway(table=None, propagated=[], available_after=2)
    invoke(function(gateway, monkeypatch), "Create", {"ResourceId": "vpn-1", "DomainTableId": OWN})
    [answer] = answers
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "tgw-attach-1")
    assert answer["Data"] == {
        "AttachmentId": "tgw-attach-1",
        "Tunnel1Address": "203.0.113.4",
        "Tunnel2Address": "203.0.113.9",
    }
    assert gateway.calls == []


def test_a_new_attachment_is_taken_out_of_the_defaults(
    monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]
) -> None:
    gateway = Gateway(table=DEFAULT, propagated=["tgw-rtb-inspection"])
    invoke(
        function(gateway, monkeypatch),
        "Create",
        {"ResourceId": "vpc-1", "DomainTableId": OWN, "DefaultTableId": DEFAULT},
    )
    assert answers[0]["Status"] == "SUCCESS"
    assert gateway.calls == ["disable tgw-rtb-inspection", f"disassociate {DEFAULT}"]
    assert gateway.table is None


def test_an_attachment_in_its_own_domain_stays(monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]) -> None:
    """A gateway that is shared later on finds attachments that CloudFormation has placed already."""
    gateway = Gateway(table=OWN, propagated=["tgw-rtb-inspection"])
    properties = {"ResourceId": "vpc-1", "DomainTableId": OWN, "DefaultTableId": DEFAULT}
    module = function(gateway, monkeypatch)
    invoke(module, "Create", properties)
    invoke(module, "Update", properties, OldResourceProperties=properties, PhysicalResourceId="tgw-attach-1")
    assert [one["Status"] for one in answers] == ["SUCCESS", "SUCCESS"]
    assert gateway.calls == []


def test_an_attachment_that_changes_its_domain_leaves_the_former(
    monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]
) -> None:
    # What CloudFormation propagates stays: in the template those resources need not change with the domain.
    gateway = Gateway(table=FORMER, propagated=["tgw-rtb-sites"])
    properties = {"ResourceId": "vpc-1", "DomainTableId": OWN, "DefaultTableId": DEFAULT}
    invoke(
        function(gateway, monkeypatch),
        "Update",
        properties,
        OldResourceProperties={**properties, "DomainTableId": FORMER},
    )
    assert answers[0]["Status"] == "SUCCESS"
    assert gateway.calls == [f"disassociate {FORMER}"]


def test_an_attachment_that_left_its_domain_before_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]
) -> None:
    gateway = Gateway(table=None, propagated=["tgw-rtb-sites"])
    properties = {"ResourceId": "vpc-1", "DomainTableId": OWN, "DefaultTableId": DEFAULT}
    invoke(
        function(gateway, monkeypatch),
        "Update",
        properties,
        OldResourceProperties={**properties, "DomainTableId": FORMER},
    )
    assert answers[0]["Status"] == "SUCCESS"
    assert gateway.calls == []


def test_deleting_touches_nothing(monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]) -> None:
    gateway = Gateway(table=OWN, propagated=[])
    properties = {"ResourceId": "vpc-1", "DomainTableId": OWN, "DefaultTableId": DEFAULT}
    invoke(function(gateway, monkeypatch), "Delete", properties, PhysicalResourceId="tgw-attach-1")
    assert (answers[0]["Status"], answers[0]["PhysicalResourceId"]) == ("SUCCESS", "tgw-attach-1")
    assert gateway.calls == []


def test_what_does_not_come_about_is_told(monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]) -> None:
    gateway = Gateway(table=None, propagated=[], available_after=10**9)
    module = function(gateway, monkeypatch)
    vars(module)["POLL_SECONDS"] = 5.0
    invoke(module, "Create", {"ResourceId": "vpn-1", "DomainTableId": OWN})
    assert answers[0]["Status"] == "FAILED"
    assert answers[0]["Reason"] == "NotReadyError: attachment of vpn-1 not ready in time"


def test_the_defaults_are_set_and_turned_off_again(
    monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]
) -> None:
    gateway = Gateway(table=None, propagated=[])
    module = function(gateway, monkeypatch)
    properties = {"AssociationTableId": DEFAULT, "PropagationTableId": "tgw-rtb-inspection"}
    invoke(module, "Create", properties)
    assert gateway.options == {
        "DefaultRouteTableAssociation": "enable",
        "AssociationDefaultRouteTableId": DEFAULT,
        "DefaultRouteTablePropagation": "enable",
        "PropagationDefaultRouteTableId": "tgw-rtb-inspection",
    }
    invoke(module, "Delete", properties, PhysicalResourceId="tgw-1-defaults")
    assert gateway.options == {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
    assert [one["PhysicalResourceId"] for one in answers] == ["tgw-1-defaults"] * 2


def test_an_answer_goes_over_tls_only(monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]) -> None:
    module = function(Gateway(table=None, propagated=[]), monkeypatch)
    with pytest.raises(ValueError, match="ResponseURL must be an https address"):
        module.answer({"ResponseURL": "http://cloudformation.example/answer"}, None, "id", "SUCCESS")
    assert answers == []
