"""What custom resources return: as contracts say, or as the call that they make answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from patternkit.resolving import StackSet, resolver_of
from patternkit.resolving.values import Unknown, World
from patternkit.routes import Contracts
from patternkit.templates import StackSource
from patternkit.templates.errors import TemplateError

FIREWALL = "FirewallStatus.SyncStates.eu-west-1a.Attachment.EndpointId"
ATTACHMENT = "TransitGatewayAttachments.0.TransitGatewayAttachmentId"


def subnet(letter: str) -> dict[str, Any]:
    return {"Type": "AWS::EC2::Subnet", "Properties": {"AvailabilityZone": f"eu-west-1{letter}"}}


def value(properties: dict[str, Any], attribute: str, more: dict[str, Any] | None = None, **contracts: Any) -> Any:
    association = {"DirectConnectGatewayId": {"Ref": "Gateway"}, "AssociatedGatewayId": {"Ref": "Tgw"}}
    template = {
        "Resources": {
            "SubnetA": subnet("a"),
            "SubnetB": subnet("b"),
            "Fw": {
                "Type": "AWS::NetworkFirewall::Firewall",
                "Properties": {"SubnetMappings": [{"SubnetId": {"Ref": "SubnetA"}}, {"SubnetId": {"Ref": "SubnetB"}}]},
            },
            "Tgw": {"Type": "AWS::EC2::TransitGateway"},
            "Other": {"Type": "AWS::EC2::TransitGateway"},
            "Vpn": {"Type": "AWS::EC2::VPNConnection"},
            "Gateway": {"Type": "AWS::DirectConnect::DirectConnectGateway"},
            "Dx": {"Type": "AWS::DirectConnect::DirectConnectGatewayAssociation", "Properties": association},
            "Found": {"Type": "Custom::Found", "Properties": properties},
            **(more or {}),
        }
    }
    given = Contracts.from_data(contracts)
    stacks = StackSet([StackSource("Net", template)], given)
    return resolver_of(stacks, given, World()).value(stacks.stacks[0], {"Fn::GetAtt": ["Found", attribute]})


def call(action: str, **parameters: Any) -> dict[str, Any]:
    """A call as CDK's `AwsCustomResource` writes it, with references within a text."""
    parts = json.dumps({"service": "s", "action": action, "parameters": parameters}).split("@")
    joined = [part if not index % 2 else {"Ref": part} for index, part in enumerate(parts)]
    return {"Create": {"Fn::Join": ["", joined]}}


def described(connection: str, **more: Any) -> dict[str, Any]:
    filters = [{"Name": "resource-id", "Values": [connection]}]
    filters += [{"Name": name.replace("_", "-"), "Values": [one]} for name, one in more.items()]
    return call("describeTransitGatewayAttachments", Filters=filters)


@pytest.mark.parametrize("action", ["describeFirewall", "DescribeFirewallCommand"])
@pytest.mark.parametrize(("zone", "index"), [("eu-west-1a", 0), ("eu-west-1b", 1)])
def test_the_endpoint_of_a_firewall(action: str, zone: str, index: int) -> None:
    found = value(call(action, FirewallArn="@Fw@"), FIREWALL.replace("eu-west-1a", zone))
    assert str(found).startswith("⟨Net/Fw")
    assert found != value(call(action, FirewallArn="@Fw@"), FIREWALL.replace("eu-west-1a", "eu-west-1" + "ba"[index]))


def test_a_zone_without_an_endpoint() -> None:
    found = value(call("describeFirewall", FirewallArn="@Fw@"), FIREWALL.replace("1a", "1c"))
    assert isinstance(found, Unknown)
    assert found.reason == "Net/Fw has no endpoint that is surely in eu-west-1c (contract: none)"


@pytest.mark.parametrize(
    ("properties", "attribute"),
    [
        ({}, FIREWALL),
        (call("describeFirewall", FirewallArn="arn:x"), FIREWALL),
        (call("describeFirewall", FirewallArn="@Fw@"), "FirewallStatus.Status"),
        (call("describeFirewalls", FirewallArn="@Fw@"), FIREWALL),
        ({"Create": "no json"}, FIREWALL),
        ({"Create": "[1]"}, FIREWALL),
        ({"Create": {"service": "s"}}, FIREWALL),
        ({"Create": json.dumps({"action": "describeFirewall", "parameters": []})}, FIREWALL),
        ({**call("describeFirewall", FirewallArn="@Fw@"), "Delete": '{"service": "s", "action": "x"}'}, FIREWALL),
        (described("vpn-1"), ATTACHMENT),
        (described("@Vpn@"), "TransitGatewayAttachments.0.State"),
        (described("@Gateway@", transit_gateway_id="@Other@"), ATTACHMENT),
        (call("describeTransitGatewayAttachments"), ATTACHMENT),
    ],
    ids=str,
)  # fmt: skip
def test_what_nothing_says(properties: dict[str, Any], attribute: str) -> None:
    found = value(properties, attribute)
    assert isinstance(found, Unknown)
    assert found.reason == (
        f"what the custom resource Net/Found returns as {attribute} is not declared (contract: returns)"
    )


@pytest.mark.parametrize(
    ("properties", "of"),
    [
        (described("@Vpn@"), "Vpn"),
        (described("@Dx@"), "Dx"),
        (described("@Gateway@"), "Dx"),
        (described("@Gateway@", transit_gateway_id="@Tgw@"), "Dx"),
    ],
    ids=str,
)
def test_the_attachment_of_a_connection(properties: dict[str, Any], of: str) -> None:
    declared = value({}, "Id", returns={"Found": {"Id": {"attachment-of": of}}})
    assert value(properties, ATTACHMENT) == declared
    assert str(declared).startswith(f"⟨Net/{of}")


def test_of_two_associations_none_is_meant() -> None:
    second = {"DirectConnectGatewayId": {"Ref": "Gateway"}, "AssociatedGatewayId": {"Ref": "Other"}}
    more = {"Second": {"Type": "AWS::DirectConnect::DirectConnectGatewayAssociation", "Properties": second}}
    assert isinstance(value(described("@Gateway@"), ATTACHMENT, more), Unknown)
    known = value(described("@Gateway@", transit_gateway_id="@Other@"), ATTACHMENT, more)
    assert known == value({}, "Id", more, returns={"Found": {"Id": {"attachment-of": "Second"}}})


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("text", "text"),
        ({"resource": "Tgw"}, "⟨Net/Tgw⟩"),
        ({"property": "Zone"}, "eu-west-1b"),
        ({"endpoint-of": "Fw", "zone": "eu-west-1a"}, "a"),
        ({"endpoint-of": "Fw", "zone": {"property": "Zone"}}, "b"),
    ],
    ids=str,
)
def test_what_a_contract_says(declared: Any, expected: str) -> None:
    found = value({"Zone": "eu-west-1b"}, "Id", returns={"Found": {"Id": declared}})
    if len(expected) == 1:
        zone = FIREWALL.replace("1a", f"1{expected}")
        expected = value(call("describeFirewall", FirewallArn="@Fw@"), zone)
    assert found == expected


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ({"endpoint-of": "Fw"}, "the zone that Net/Found is given is not known (contract: returns)"),
        ({"endpoint-of": "Fw", "zone": {"property": "Other"}},
         "the zone that Net/Found is given is not known (contract: returns)"),
        ({"what": 1},
         "the contract for Net/Found says {'what': 1}, which the prover does not know (contract: returns)"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_contract_does_not_say(declared: Any, reason: str) -> None:
    found = value({"Zone": "eu-west-1b"}, "Id", returns={"Found": {"Id": declared}})
    assert isinstance(found, Unknown)
    assert found.reason == reason


def test_a_contract_of_what_is_not_there() -> None:
    with pytest.raises(TemplateError, match="Fww"):
        value({}, "Id", returns={"Found": {"Id": {"endpoint-of": "Fww", "zone": "eu-west-1a"}}})
