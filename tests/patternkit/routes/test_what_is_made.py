"""What is made of single resources, where no verdict tells it from another: whose id means what, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.resolving.values import Unknown
from patternkit.routes import Verdict, isolated, reaches
from tests.patternkit.routes.test_foreign_names import apart
from tests.patternkit.routes.topologies import Topology
from tests.patternkit.routes.two_vpcs import two_vpcs

LATER = {"Fn::ImportValue": "later"}


def with_instance(*, attached: bool) -> Topology:
    """A VPC with a route to an instance that has two interfaces, by itself or by an attachment."""
    net = Topology()
    net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24", x="10.0.2.0/24")
    for name in ("One", "Two"):
        net.add(name, "EC2::NetworkInterface", SubnetId={"Ref": "Ax"}, SourceDestCheck=False)
    listed = [{"DeviceIndex": str(n), "NetworkInterfaceId": {"Ref": name}} for n, name in enumerate(("One", "Two"))]
    net.add("Box", "EC2::Instance", NetworkInterfaces=listed[:1] if attached else listed)
    if attached:
        net.add("At", "EC2::NetworkInterfaceAttachment", InstanceId={"Ref": "Box"}, NetworkInterfaceId={"Ref": "Two"},
                DeviceIndex="1")  # fmt: skip
    net.table("A", "Ta", "a", routes={"10.9.0.0/16": {"Ref": "Box"}})
    return net


@pytest.mark.parametrize("attached", [False, True])
def test_a_route_to_an_instance_with_two_interfaces(*, attached: bool) -> None:
    made = with_instance(attached=attached)
    proof = made.network().prove(reaches("Aa", "10.9.0.0/16", port=443))
    words = "AWS refuses a route to Net/Box itself, which has several network interfaces"
    assert (proof.verdict, words in str(proof)) == (Verdict.UNKNOWN, True), str(proof)
    del made.resources["At" if attached else "Two"]
    listed = made.resources["Box"]["Properties"]["NetworkInterfaces"]
    made.resources["Box"]["Properties"]["NetworkInterfaces"] = listed[:1]
    assert "several network interfaces" not in str(made.network().prove(reaches("Aa", "10.9.0.0/16", port=443)))


def test_what_a_reference_to_an_attachment_means() -> None:
    net = two_vpcs()
    net.vpn("Vpn", tgw="Tgw")
    net.add("Many", "EC2::VPNConcentrator", TransitGatewayId={"Ref": "Tgw"})
    net.add("Connect", "EC2::TransitGatewayConnect", TransportTransitGatewayAttachmentId={"Ref": "AAt"})
    net.add("Dx", "DirectConnect::DirectConnectGatewayAssociation", AssociatedGatewayId={"Ref": "Tgw"},
            AllowedPrefixesToDirectConnectGateway=["10.0.0.0/8"])  # fmt: skip
    model = net.network().model
    assert len(model.attachments) == 6
    for attachment in model.attachments.values():
        assert model.targets[attachment.identity] is attachment
        assert attachment.gateway is model.transit_gateways["⟨Net/Tgw⟩"]
    for site in model.sites.values():
        assert site.attachment is not None
        assert (site.attachment.site, site.attachment.path) == (site, f"{site.path} attachment")


@pytest.mark.parametrize("medium", ["vpc", "vpn", "direct-connect", "connect"])
def test_a_second_association_beside_the_default_one(medium: str) -> None:
    net = two_vpcs()
    net.vpn("Vpn", tgw="Tgw")
    net.add("Connect", "EC2::TransitGatewayConnect", TransportTransitGatewayAttachmentId={"Ref": "AAt"})
    net.add("Dx", "DirectConnect::DirectConnectGatewayAssociation", AssociatedGatewayId={"Ref": "Tgw"},
            AllowedPrefixesToDirectConnectGateway=["10.0.0.0/8"])  # fmt: skip
    attachments = {"vpc": {"Ref": "AAt"}, "vpn": net.vpn_attachment("Vpn"), "direct-connect": net.vpn_attachment("Dx"),
                   "connect": {"Ref": "Connect"}}  # fmt: skip
    net.transit_table("Own", of=(attachments[medium],))
    words = "is associated with the default route table of Net/Tgw, which takes every attachment"
    refused = [text for text in net.network().model.refused if words in text]
    assert len(refused) == (medium != "connect"), net.network().model.refused


def test_a_declared_route_to_a_peering_is_that_of_the_tables_side() -> None:
    net = two_vpcs()
    net.transit_gateway("Far")
    net.add("Across", "EC2::TransitGatewayPeeringAttachment", TransitGatewayId={"Ref": "Tgw"},
            PeerTransitGatewayId={"Ref": "Far"})  # fmt: skip
    for name in ("Tgw", "Far"):
        table = f"{name} default route table"
        declared = [{"table": table, "attachment": "Across", "prefixes": ["10.9.0.0/16"]}]
        model = net.network(contracts={"routes": declared}).model
        (found,) = (one for one in model.transit_tables.values() if one.path == f"Net/{table}")
        (route,) = (one for one in found.routes if str(one.prefix) == "10.9.0.0/16")
        assert route.target.gateway is model.transit_gateways[f"⟨Net/{name}⟩"]  # type: ignore[union-attr]


def test_an_accelerator_that_a_contract_calls_harmless() -> None:
    net = two_vpcs()
    net.internet_gateway("A")
    net.host("Host", "Aa")
    net.add("Near", "GlobalAccelerator::EndpointGroup", ListenerArn="arn", EndpointConfigurations=[
        {"EndpointId": {"Ref": "HostInstance"}}])  # fmt: skip
    assert len(net.network().model.openings) == 1
    for name in ("Near", "AWS::GlobalAccelerator::EndpointGroup"):
        model = net.network(contracts={"harmless": [name]}).model
        assert model.openings == []
        assert model.lifted["⟨Net/A⟩"] == {f"harmless {name}"}


def test_properties_that_are_not_read_are_named() -> None:
    net = two_vpcs()
    net.firewall("Fw", "A", "a")
    # What is there already, and what is not known.
    net.resources["Fw"]["Properties"] |= {"NatGatewayMappings": [], "ProxySettings": LATER}
    (doubt,) = net.network().model.doubts["⟨Net/Fw⟩"]
    source = "Net/Fw (AWS::NetworkFirewall::Firewall, NatGatewayMappings, ProxySettings)"
    assert doubt.reason == f"{source} is given Net/Fw, and may change how packets go there (contract: harmless, Net/Fw)"


@pytest.mark.parametrize(
    "given",
    [
        {"VpcId": LATER, "SubnetIds": [LATER], "SecurityGroupIds": [LATER]},
        {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    ],
    ids=str,
)
def test_one_reason_tells_that_a_place_is_not_known(given: Any) -> None:
    """Of what stands in one VPC: the first that is not known, and subnets before groups."""
    net = apart()
    net.add("Unseen", "ApiGatewayV2::VpcLink", **given)
    proof = net.network().prove(isolated("Aa", "Ba"))
    told = [reason for reason in proof.unknown if "Net/Unseen" in reason]
    words = "'later'" if "VpcId" in given else "subnet subnet-1 may be"
    assert told
    assert all(words in reason for reason in told), told
    assert not any("sg-1" in reason or "subnet-2" in reason for reason in told), told


def test_a_policy_without_actions_is_not_known() -> None:
    net = two_vpcs()
    net.firewall("Fw", "A", "a")
    body = net.resources["Policy"]["Properties"]["FirewallPolicy"]
    del body["StatelessDefaultActions"], body["StatelessFragmentDefaultActions"]
    (firewall,) = net.network().model.firewalls.values()
    assert not isinstance(firewall.policy, Unknown)
    for part in (firewall.policy.stateless, firewall.policy.fragments):
        assert part == Unknown("the actions of Net/Policy are not known (contract: policies)")


# By kind of element: what makes one, and what names it by which property.
NAMING: list[tuple[str, str, str, dict[str, Any]]] = [
    ("EC2::VPC", "EC2::Subnet", "VpcId", {"CidrBlock": "10.9.1.0/24"}),
    ("EC2::Subnet", "EC2::SubnetRouteTableAssociation", "SubnetId", {"RouteTableId": {"Ref": "ATable"}}),
    ("EC2::RouteTable", "EC2::Route", "RouteTableId", {"DestinationCidrBlock": "10.9.0.0/16", "NatGatewayId": "nat-1"}),
    ("EC2::NetworkAcl", "EC2::NetworkAclEntry", "NetworkAclId", {"RuleNumber": 1}),
    ("EC2::SecurityGroup", "EC2::SecurityGroupIngress", "GroupId", {"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}),
    ("EC2::PrefixList", "EC2::Route", "DestinationPrefixListId",
     {"RouteTableId": {"Ref": "ATable"}, "NatGatewayId": "nat-1"}),
    ("EC2::VPNGateway", "EC2::VPNConnection", "VpnGatewayId", {}),
    ("EC2::VPNConnection", "EC2::VPNConnectionRoute", "VpnConnectionId", {"DestinationCidrBlock": "10.9.0.0/16"}),
    ("EC2::TransitGateway", "EC2::TransitGatewayRouteTable", "TransitGatewayId", {}),
    ("EC2::TransitGatewayRouteTable", "EC2::TransitGatewayRoute", "TransitGatewayRouteTableId", {}),
    *((f"EC2::{kind}", "EC2::TransitGatewayRouteTablePropagation", "TransitGatewayAttachmentId",
       {"TransitGatewayRouteTableId": {"Ref": "Table"}})
      for kind in ("TransitGatewayAttachment", "TransitGatewayVpcAttachment", "TransitGatewayPeeringAttachment",
                   "TransitGatewayConnect", "VPNConcentrator")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "naming", "name", "more"), NAMING, ids=[f"{one[1]}-{one[0]}" for one in NAMING])
def test_only_an_id_of_another_kind_is_refused(kind: str, naming: str, name: str, more: dict[str, Any]) -> None:
    """What is not there in a world is of the right kind all the same."""
    net = two_vpcs()
    net.add("Table", "EC2::TransitGatewayRouteTable", TransitGatewayId={"Ref": "Tgw"})
    net.extra["Conditions"] = {"Never": {"Fn::Equals": ["a", "b"]}}
    net.add("Gone", kind)
    net.resources["Gone"]["Condition"] = "Never"
    net.add("It", naming, **{name: {"Ref": "Gone"}}, **more)
    assert net.network().model.refused == []
    net.resources["Gone"]["Type"] = "AWS::EC2::EIP"
    (refused,) = net.network().model.refused
    assert refused.endswith("s, and is an AWS::EC2::EIP [NotFound]")
    assert refused.startswith("Net/Gone is given as the id of ")


def test_a_target_that_is_not_there_is_none() -> None:
    net = two_vpcs()
    net.resources["ATableRoute0"]["Properties"]["GatewayId"] = {"Ref": "AWS::NoValue"}
    assert net.network().prove(reaches("Aa", "Ba")).verdict is Verdict.HOLDS
    net.resources["ATableRoute0"]["Properties"]["GatewayId"] = "igw-1"
    (refused,) = net.network().model.refused
    words = "a route has one target, not GatewayId and TransitGatewayId [InvalidParameterCombination]"
    assert refused == f"Net/ATableRoute0: {words}"


def test_a_connect_attachment_over_one_that_is_not_in_the_set() -> None:
    net = two_vpcs()
    net.add("Connect", "EC2::TransitGatewayConnect", TransportTransitGatewayAttachmentId="tgw-attach-1")
    (site,) = net.network().model.sites.values()
    assert site.attachment is not None
    reason = "the transport attachment of Net/Connect is not in the set (contract: ids)"
    assert site.attachment.gateway == Unknown(reason)
