"""What AWS refuses is no network: whichever promise is asked of it, the verdict is UNKNOWN and says so."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from patternkit.routes import Network, Verdict, isolated, no_blackhole, reaches
from patternkit.routes.errors import TemplateError
from patternkit.templates.data_files import read_data

LISTED = read_data(Path(__file__).parent / "refusals.yaml", TemplateError)
PROMISES = (reaches("A", "C", port=443), isolated("A", "internet"), isolated("internet", "C"), no_blackhole("A", "C"))


def network(changes: dict[str, Any]) -> Network:
    resources = copy.deepcopy(LISTED["network"])
    for name, change in changes.items():
        resource = resources.setdefault(name, {})
        resource["Properties"] = {**resource.get("Properties", {}), **change.get("Properties", {})}
        resource.update({key: value for key, value in change.items() if key != "Properties"})
    return Network.from_templates({"Net": {"Resources": resources}})


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("GatewayId", "InvalidGatewayID.NotFound"),
        ("NatGatewayId", "InvalidNatGatewayID.NotFound"),
        ("TransitGatewayId", "InvalidTransitGatewayID.NotFound"),
        ("VpcPeeringConnectionId", "InvalidVpcPeeringConnectionID.NotFound"),
        ("VpcEndpointId", "InvalidVpcEndpointId.NotFound"),
        ("NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound"),
        ("InstanceId", "InvalidInstanceID.NotFound"),
        ("EgressOnlyInternetGatewayId", "InvalidGatewayID.NotFound"),
        ("CarrierGatewayId", "InvalidCarrierGatewayID.NotFound"),
        ("LocalGatewayId", "InvalidLocalGatewayID.NotFound"),
    ],
)
def test_a_route_to_another_kind_of_resource(name: str, code: str) -> None:
    route = {"RouteTableId": {"Ref": "VT"}, "DestinationCidrBlock": "10.9.0.0/16"}
    # A table's own VPC and gateway are no target of either kind.
    other = {"Ref": "Igw" if name == "TransitGatewayId" else "Tgw"}
    kind = "AWS::EC2::InternetGateway" if other["Ref"] == "Igw" else "AWS::EC2::TransitGateway"
    (refused,) = network({"R": {"Type": "AWS::EC2::Route", "Properties": {**route, name: other}}}).model.refused
    assert refused == f"Net/R: {name} names Net/{other['Ref']}, which is an {kind} [{code}]"


def test_the_network_without_a_fault_is_not_refused() -> None:
    network({}).assert_holds(*PROMISES)


@pytest.mark.parametrize("case", LISTED["refused"], ids=lambda case: case["name"])
def test_it_is_refused(case: dict[str, Any]) -> None:
    assert case["source"].startswith("https://")
    asked = network(case["resources"])
    for proof in asked.prove_all(PROMISES):
        assert proof.verdict is Verdict.UNKNOWN, str(proof)
        assert proof.reason.startswith("AWS refuses: "), str(proof)
        assert any(case["says"] in reason for reason in proof.unknown), str(proof)
    trace = asked.trace("A", "C")
    assert (trace.verdict, trace.reason.startswith("AWS refuses: ")) == (Verdict.UNKNOWN, True)


@pytest.mark.parametrize(
    ("first", "more", "refused"),
    [
        ("10.2.0.0/16", "10.3.0.0/16", False),
        ("10.2.0.0/16", "10.0.0.0/16", False),
        ("10.1.0.0/16", "10.2.0.0/16", False),
        ("10.0.0.0/24", "10.0.1.0/24", True),
        ("10.2.0.0/16", "100.64.0.0/16", False),
        ("10.2.0.0/16", "52.1.0.0/16", False),
        ("10.2.0.0/16", "198.19.0.0/16", True),
        ("172.16.0.0/16", "172.17.0.0/16", False),
        ("172.16.0.0/16", "172.31.0.0/16", True),
        ("172.16.0.0/16", "10.2.0.0/16", True),
        ("192.168.0.0/20", "192.168.16.0/20", False),
        ("192.168.0.0/20", "172.16.0.0/16", True),
        ("198.19.0.0/20", "198.19.16.0/20", False),
        ("198.19.0.0/20", "192.168.0.0/16", True),
        ("52.1.0.0/16", "100.64.0.0/16", False),
    ],
)
def test_which_blocks_go_together(first: str, more: str, refused: bool) -> None:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": first}}
    block = {"Type": "AWS::EC2::VPCCidrBlock", "Properties": {"VpcId": {"Ref": "X"}, "CidrBlock": more}}
    assert bool(network({"X": vpc, "More": block}).model.refused) is refused


@pytest.mark.parametrize("most", [2, "2", 3, {"Fn::ImportValue": "x"}, {"Ref": "AWS::NoValue"}])
def test_a_prefix_list_that_takes_its_entries(most: Any) -> None:
    entries = [{"Cidr": "10.8.0.0/16"}, {"Cidr": "10.9.0.0/16"}]
    properties = {"PrefixListName": "x", "AddressFamily": "IPv4", "MaxEntries": most, "Entries": entries}
    assert not network({"X": {"Type": "AWS::EC2::PrefixList", "Properties": properties}}).model.refused


def test_a_transit_gateway_route_without_a_block_may_be_to_any() -> None:
    properties = {"TransitGatewayRouteTableId": {"Ref": "T"}, "Blackhole": True}
    proof = network({"X": {"Type": "AWS::EC2::TransitGatewayRoute", "Properties": properties}}).prove(PROMISES[0])
    assert proof.verdict is Verdict.UNKNOWN
    assert proof.reason == "Net/T may have more routes: Net/X: no CIDR is given (contract: none)"
