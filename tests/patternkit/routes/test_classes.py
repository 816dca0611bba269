"""Every type, and every property that names a network element, is in a class; what is not known raises a doubt."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from patternkit.routes import Network, Promise, Verdict, inspected, isolated, no_bypass, reaches
from patternkit.routes.building import modelled_types
from patternkit.routes.classes import ADDS, CHANGES, MODELLED, NOTHING, class_of, deriving
from patternkit.routes.classes.deriving import FILE, derive, undecided
from tests.patternkit.routes.doubts.networks import connected
from tests.patternkit.routes.topologies import Topology, inspection
from tests.patternkit.routes.two_vpcs import two_vpcs

LISTED = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def derived() -> dict[str, list[str]]:
    return derive()


class TestSchemas:
    def test_whatever_names_a_network_element_is_in_a_class(self, derived: dict[str, list[str]]) -> None:
        # Decide what is told here in types.json; `python -m patternkit.routes.classes.deriving` adds it there.
        assert undecided(LISTED, derived) == []

    @pytest.mark.parametrize("kind", ["AWS::VpcLattice::ResourceGateway", "AWS::EC2::Route", "AWS::RDS::DBProxy"])
    def test_a_type_or_property_that_is_new_is_told(self, derived: dict[str, list[str]], kind: str) -> None:
        without = copy.deepcopy(LISTED)
        del without["types"][kind]
        assert undecided(without, derived) == [kind]
        name = LISTED["types"][kind]["properties"][0]
        without["types"][kind] = {**LISTED["types"][kind], "properties": LISTED["types"][kind]["properties"][1:]}
        assert undecided(without, derived) == [f"{kind} {name}"]

    def test_what_is_called_modelled_is(self) -> None:
        assert {kind for kind, entry in LISTED["types"].items() if entry["class"] == MODELLED} == modelled_types()

    def test_the_classes_are_known(self) -> None:
        assert {entry["class"] for entry in LISTED["types"].values()} == {MODELLED, NOTHING, ADDS, CHANGES}
        assert not set(LISTED["types"]) & set(LISTED["names nothing"])
        assert class_of("AWS::Tomorrow::Tunnel") == CHANGES
        assert class_of("AWS::SNS::Topic") == NOTHING


def apart() -> Topology:
    """Two VPCs that do not reach each other, each with an internet gateway that nothing leads to."""
    net = Topology()
    for number, name in enumerate("AB", 1):
        net.vpc(name, f"10.{number}.0.0/16", a=f"10.{number}.1.0/24")
    return net


WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "a carrier gateway": ("EC2::CarrierGateway", {"VpcId": {"Ref": "A"}}),
    "a Client VPN": ("EC2::ClientVpnTargetNetworkAssociation", {"SubnetId": {"Ref": "Aa"}}),
    "VPC Lattice": ("VpcLattice::ServiceNetworkVpcAssociation", {"VpcIdentifier": {"Fn::GetAtt": ["A", "VpcId"]}}),
    "an EC2 Instance Connect endpoint": (
        "EC2::InstanceConnectEndpoint",
        {"SubnetId": {"Fn::GetAtt": ["Aa", "SubnetId"]}},
    ),
    "Verified Access": (
        "EC2::VerifiedAccessEndpoint",
        {"NetworkInterfaceOptions": {"NetworkInterfaceId": {"Ref": "Box"}}},
    ),
    "a Cloud WAN": (
        "NetworkManager::VpcAttachment",
        {"VpcArn": {"Fn::Sub": "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:vpc/${A}"}},
    ),
    "an API's link": ("ApiGatewayV2::VpcLink", {"SubnetIds": [{"Ref": "Aa"}]}),
    "a VPC origin of CloudFront": (
        "CloudFront::VpcOrigin",
        {"VpcOriginEndpointConfig": {"Arn": {"Fn::Sub": "arn:aws:ec2:eu-west-1:1:instance/${Box}"}}},
    ),
    "a local gateway": ("EC2::LocalGatewayRouteTableVPCAssociation", {"VpcId": {"Ref": "A"}}),
    "a cluster": ("EKS::Cluster", {"ResourcesVpcConfig": {"SubnetIds": [{"Ref": "Aa"}]}}),
    "a type of tomorrow": ("Tomorrow::Tunnel", {"Between": [{"Ref": "A"}]}),
    "a classic load balancer": ("ElasticLoadBalancing::LoadBalancer", {"Subnets": [{"Ref": "Aa"}]}),
}


class TestDoubts:
    @pytest.mark.parametrize("case", WAYS)
    @pytest.mark.parametrize(
        "promise", [isolated("internet", "Aa"), isolated("Aa", "Ba"), isolated("Ba", "Aa")], ids=str
    )
    def test_what_carries_unseen_is_unknown(self, case: str, promise: Promise) -> None:
        net = apart()
        net.host("Box", "Aa")
        kind, properties = WAYS[case]
        net.add("Unseen", kind, **properties)
        proof = net.network().prove(promise)
        assert proof.verdict is Verdict.UNKNOWN, str(proof)
        assert f"Net/Unseen (AWS::{kind}) is given Net/" in proof.reason
        assert "(contract: harmless, Net/Unseen)" in proof.reason
        # By its name, or for its whole type; and the proof says what it leans on.
        for name in ("Unseen", f"AWS::{kind}"):
            lifted = net.network(contracts={"harmless": [name]}).prove(promise)
            assert lifted.verdict is Verdict.HOLDS, str(lifted)
            assert lifted.contracts == (f"harmless {name}",)
        elsewhere = isolated("internet", "Ba")
        assert net.network().prove(elsewhere).verdict is Verdict.HOLDS

    @pytest.mark.parametrize(
        ("kind", "properties"),
        [
            ("Lambda::Function", {"VpcConfig": {"SubnetIds": [{"Ref": "Aa"}]}}),
            ("RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": "Aa"}]}),
            ("EC2::FlowLog", {"ResourceId": {"Ref": "A"}}),
            ("SSM::Parameter", {"Value": {"Ref": "A"}, "Type": "String"}),
        ],
    )
    def test_what_carries_nothing_is_passed_over(self, kind: str, properties: dict[str, Any]) -> None:
        net = apart()
        net.add("Host", kind, **properties)
        assert net.network().prove(isolated("internet", "Aa")).verdict is Verdict.HOLDS

    @pytest.mark.parametrize(
        ("kind", "properties", "setting", "off"),
        [
            ("SageMaker::NotebookInstance", {"SubnetId": {"Ref": "Aa"}}, "DirectInternetAccess", "Disabled"),
            (
                "SageMaker::Domain",
                {"SubnetIds": [{"Ref": "Aa"}], "VpcId": {"Ref": "A"}},
                "AppNetworkAccessType",
                "VpcOnly",
            ),
        ],
    )
    def test_what_has_the_internet_by_a_network_of_aws_unless_it_is_off(
        self, kind: str, properties: dict[str, Any], setting: str, off: Any
    ) -> None:
        open_too: Any = {"Ref": "Open"}
        for given in ({}, {setting: "Other"}, {setting: open_too}, {setting: off}):
            net = apart()
            net.extra = {"Parameters": {"Open": {"Type": "String"}}}
            net.add("Unseen", kind, **properties, **given)
            for promise in (isolated("Aa", "internet"), isolated("internet", "Aa")):
                proof = net.network().prove(promise)
                assert (proof.verdict is Verdict.HOLDS) is (given == {setting: off}), str(proof)
                assert proof.verdict is Verdict.HOLDS or f"Net/Unseen (AWS::{kind}) is given Net/A" in proof.reason

    def test_a_further_way_does_not_break_a_way_that_there_is(self) -> None:
        net = two_vpcs()
        net.add("Unseen", "EC2::CarrierGateway", VpcId={"Ref": "A"})
        assert net.network().prove(reaches("Aa", "Ba")).verdict is Verdict.HOLDS

    @pytest.mark.parametrize("given", ["Aa", "AAt", "Tgw"])
    def test_what_may_change_ways_makes_all_of_them_unknown(self, given: str) -> None:
        net = two_vpcs()
        net.add("Unseen", "CloudFormation::StackSet", Parameters=[{"ParameterValue": {"Ref": given}}])
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.UNKNOWN, str(proof)
        assert any("Net/Unseen (AWS::CloudFormation::StackSet)" in reason for reason in proof.unknown)

    @pytest.mark.parametrize(
        ("accepts", "defaults", "verdict"),
        [
            ("enable", True, Verdict.UNKNOWN),
            ("disable", True, Verdict.HOLDS),
            ("enable", False, Verdict.HOLDS),
        ],
    )
    def test_a_shared_transit_gateway(self, accepts: str, *, defaults: bool, verdict: Verdict) -> None:
        net = two_vpcs() if defaults else connected()
        net.resources["Tgw"]["Properties"]["AutoAcceptSharedAttachments"] = accepts
        net.add("Share", "RAM::ResourceShare", Name="s", ResourceArns=[{"Fn::GetAtt": ["Tgw", "TransitGatewayArn"]}])
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert proof.verdict is verdict, str(proof)
        assert verdict is Verdict.HOLDS or "Net/Share (AWS::RAM::ResourceShare) is given Net/Tgw" in proof.reason

    @pytest.mark.parametrize(
        ("associates", "propagates", "verdict"),
        [
            ("enable", "disable", Verdict.UNKNOWN),
            ("disable", "enable", Verdict.UNKNOWN),
            ("disable", "disable", Verdict.HOLDS),
        ],
    )
    def test_what_others_attach_gets_into_default_tables(
        self, associates: str, propagates: str, *, verdict: Verdict
    ) -> None:
        net = connected()
        net.resources["Tgw"]["Properties"].update(
            AutoAcceptSharedAttachments="enable",
            DefaultRouteTableAssociation=associates,
            DefaultRouteTablePropagation=propagates,
        )
        net.add("Share", "RAM::ResourceShare", Name="s", ResourceArns=[{"Fn::GetAtt": ["Tgw", "TransitGatewayArn"]}])
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert proof.verdict is verdict, str(proof)

    def test_a_shared_subnet(self) -> None:
        net = apart()
        net.add("Share", "RAM::ResourceShare", Name="s", ResourceArns=[{"Fn::Sub": "arn:aws:ec2:::subnet/${Aa}"}])
        assert net.network().prove(isolated("internet", "Aa")).verdict is Verdict.UNKNOWN

    def test_across_stacks(self) -> None:
        template = apart().template()
        template["Outputs"] = {"Out": {"Value": {"Ref": "A"}, "Export": {"Name": "vpc"}}}
        unseen = {"Type": "AWS::EC2::CarrierGateway", "Properties": {"VpcId": {"Fn::ImportValue": "vpc"}}}
        both = Network.from_templates({"Net": template, "Other": {"Resources": {"Carrier": unseen}}})
        assert (
            "Other/Carrier (AWS::EC2::CarrierGateway) is given Net/A" in both.prove(isolated("internet", "Aa")).reason
        )

    def test_what_enters_elsewhere_and_goes_on(self) -> None:
        net = two_vpcs()
        net.add("Unseen", "EC2::CarrierGateway", VpcId={"Ref": "A"})
        proof = net.network().prove(isolated("internet", "Ba"))
        assert proof.verdict is Verdict.UNKNOWN, str(proof)
        assert "Net/Unseen" in proof.reason

    def test_a_spoke_with_a_way_of_its_own_is_told_from_the_others(self) -> None:
        net = inspection(spokes=3)
        net.add("Unseen", "EC2::CarrierGateway", VpcId={"Ref": "S2"})
        network = net.network()
        for promise in (no_bypass("S0", "internet"), inspected("S0", "S1")):
            assert network.prove(promise).verdict is Verdict.HOLDS, str(network.prove(promise))
        for promise in (no_bypass("every spoke subnet", "internet"), inspected("S2", "S1")):
            assert network.prove(promise).verdict is Verdict.UNKNOWN, str(network.prove(promise))
        assert network.prove(reaches("every spoke subnet", "internet", port=443)).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("node", "paths"),
    [
        ({"$ref": "#/definitions/Inner"}, ["Top/SubnetId"]),
        ({"$ref": "#/definitions/Loop"}, ["Top/VpcId"]),
        ({"$ref": "#/definitions/Nobody"}, []),
        ({"$ref": "other.json"}, []),
        ({"type": "array", "items": {"$ref": "#/definitions/Inner"}}, ["Top/SubnetId"]),
        ({"additionalProperties": {"properties": {"RouteTableIds": {"type": "array"}}}}, ["Top/RouteTableIds"]),
        (
            {"properties": {"SubnetCount": {"type": "integer"}, "Vpc": {"type": "boolean"}, "GroupId": {}}},
            ["Top/GroupId"],
        ),
        ({"properties": {"Where": {"format": "AWS::EC2::VPC.Id"}}}, ["Top/Where"]),
        ({"properties": {"Where": {"items": {"format": "AWS::EC2::Subnet.Id"}}}}, ["Top/Where"]),
        *(({key: [{"properties": {"SubnetId": {}}}]}, ["Top/SubnetId"]) for key in ("oneOf", "anyOf", "allOf")),
    ],
    ids=str,
)
def test_where_a_schema_names_elements(node: Any, paths: list[str]) -> None:
    schema = {
        "properties": {"Top": node, "VpcId": {"type": "string"}, "Deep": {"properties": {"Other": {}}}},
        "readOnlyProperties": ["/properties/VpcId", "/properties/Top/SubnetId"],
        "definitions": {
            "Inner": {"properties": {"SubnetId": {"type": "string"}}},
            "Loop": {"properties": {"VpcId": {}, "Again": {"$ref": "#/definitions/Loop"}}},
        },
    }
    assert deriving.properties_of(schema) == paths


def test_the_file_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    file = tmp_path / "types.json"
    types = {
        "AWS::A::Known": {"class": "nothing", "properties": ["SubnetId", "Gone"]},
        "AWS::A::Empty": {"class": "adds", "properties": []},
    }
    file.write_text(json.dumps({"types": types, "names nothing": ["AWS::A::Other"], "kept": 1}))
    monkeypatch.setattr(deriving, "FILE", file)
    derived = {
        "AWS::B::New": ["VpcId"],
        "AWS::A::Known": ["SubnetId", "VpcId", "GroupId"],
        "AWS::A::Empty": ["VpcId"],
        "AWS::A::Nothing": [],
    }
    monkeypatch.setattr(deriving, "derive", lambda: derived)
    deriving.write()
    written = json.loads(file.read_text())
    assert list(written["types"].items()) == [
        ("AWS::A::Empty", {"class": "adds", "properties": ["VpcId"]}),
        ("AWS::A::Known", {"class": "nothing", "properties": ["SubnetId", "VpcId", "GroupId"]}),
        ("AWS::B::New", {"class": "", "properties": ["VpcId"]}),
    ]
    assert (written["names nothing"], written["kept"]) == (["AWS::A::Nothing"], 1)
    assert capsys.readouterr().out.splitlines() == [
        "AWS::B::New: no class; VpcId",
        "AWS::A::Known: new properties, VpcId, GroupId",
    ]
