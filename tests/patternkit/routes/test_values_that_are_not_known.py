"""Each property that decides what packets do, not known: the verdict is UNKNOWN, and says of which element and why.

`LATER` is an import of a stack that is not there; `BY_TEXT` an id that a template gives as text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import Network, Promise, Verdict, inspected, isolated, reaches, same_az
from patternkit.routes.errors import TemplateError
from tests.patternkit.routes.test_carriers import balanced, linked
from tests.patternkit.routes.topologies import Topology, inspection
from tests.patternkit.routes.two_vpcs import two_vpcs

LATER = {"Fn::ImportValue": "later"}
IMPORTED = "no stack of the set exports 'later', which Net imports (contract: imports)"


def set_in(made: Topology, resource: str, path: str, value: Any) -> Topology:
    """Give a property, that of a list's item or mapping by its path, another value."""
    *outer, last = path.split("/")
    node: Any = made.resources[resource]["Properties"]
    for part in outer:
        node = node[int(part) if part.isdigit() else part]
    node[int(last) if last.isdigit() else last] = value
    return made


def peered() -> Topology:
    net = Topology()
    for index, name in enumerate("AB", 1):
        net.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24", b=f"10.{index}.2.0/24")
    way = net.peering("Peering", "A", "B")
    net.table("A", "TA", "a", "b", routes={"10.2.0.0/16": way})
    net.table("B", "TB", "a", "b", routes={"10.1.0.0/16": way})
    net.acl("Acl", "Aa", inbound=["allow tcp 0-65535 0.0.0.0/0"], outbound=["allow tcp 0-65535 0.0.0.0/0"])
    rules = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.1.0.0/16"}]
    net.add("Web", "EC2::SecurityGroup", GroupDescription="w", VpcId={"Ref": "B"}, SecurityGroupIngress=rules)
    net.add("Host", "EC2::Instance", SubnetId={"Ref": "Ba"}, SecurityGroupIds=[{"Ref": "Web"}])
    net.add("List", "EC2::PrefixList", PrefixListName="l", AddressFamily="IPv4", MaxEntries=1,
            Entries=[{"Cidr": "10.1.0.0/16"}])  # fmt: skip
    return net


def out() -> Topology:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", p="10.0.2.0/24")
    gateway = net.internet_gateway("V")
    net.table("V", "Public", "p", routes={"0.0.0.0/0": gateway})
    net.table("V", "Private", "a", routes={"0.0.0.0/0": net.nat("Nat", "Vp")})
    return net


def regional() -> Topology:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24")
    net.internet_gateway("V")
    net.add("Nat", "EC2::NatGateway", AvailabilityMode="regional", VpcId={"Ref": "V"},
            AvailabilityZoneAddresses=[{"AvailabilityZone": "eu-west-1a", "AllocationIds": ["e"]}])  # fmt: skip
    net.table("V", "Private", "a", routes={"0.0.0.0/0": {"Ref": "Nat"}})
    return net


def routed_by() -> Topology:
    net = Topology()
    net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24", x="10.0.2.0/24", b="10.0.3.0/24")
    box = net.appliance("Box", "Ax")
    net.table("A", "Ta", "a", routes={"10.0.3.0/24": box})
    net.table("A", "Tb", "b", routes={"10.0.1.0/24": box})
    return net


def site() -> Topology:
    net = Topology()
    net.transit_gateway(defaults=True)
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    net.table("A", "T", "a", routes={"192.168.0.0/16": {"Ref": "Tgw"}})
    net.attach("A", "a")
    net.vpn("Vpn", tgw="Tgw")
    return net


def across() -> Topology:
    """A load balancer in another zone than its target, which it only reaches across zones."""
    net = balanced("network")
    net.resources["Lb"]["Properties"]["Subnets"] = [{"Ref": "Abp"}]
    attributes = [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    net.resources["Lb"]["Properties"]["LoadBalancerAttributes"] = attributes
    return net


def keeping() -> Topology:
    """A load balancer whose target lets in clients' own addresses alone."""
    client = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "CidrIp": "8.8.0.0/16"}
    return balanced("network", target="ip", host_rule=client, attributes={"preserve_client_ip.enabled": "true"})


def guarded() -> Topology:
    """An endpoint to a load balancer whose security group lets nothing in, and is not asked."""
    net = linked()
    net.add("Shut", "EC2::SecurityGroup", GroupDescription="s", VpcId={"Ref": "B"}, SecurityGroupIngress=[])
    net.resources["Nlb"]["Properties"] |= {
        "SecurityGroups": [{"Ref": "Shut"}],
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
    }
    return net


A_TO_B, HTTPS = reaches("Aa", "Ba", port=443), reaches("Aa", "Host", port=443)
INTO = isolated("internet", "Host")
Case = tuple[Callable[[], Topology], str, str, Any, Promise, str]

CASES: list[Case] = [
    # Transit gateways
    (two_vpcs, "AAt", "SubnetIds", LATER, A_TO_B, f"whether Net/AAt covers the zone of Net/Aa: unknown: {IMPORTED}"),
    (two_vpcs, "AAt", "SubnetIds", ["subnet-1"], A_TO_B,
     "whether Net/AAt covers the zone of Net/Aa: unknown: subnet subnet-1 is not in the set (contract: ids)"),
    (two_vpcs, "AAt", "AddSubnetIds", LATER, A_TO_B, f"whether Net/AAt covers the zone of Net/Aa: unknown: {IMPORTED}"),
    (two_vpcs, "BAt", "Options", LATER, A_TO_B, f"whether Net/BAt has appliance mode: {IMPORTED}"),
    (two_vpcs, "BAt", "Options", {"ApplianceModeSupport": LATER}, A_TO_B,
     f"whether Net/BAt has appliance mode: {IMPORTED}"),
    (two_vpcs, "Tgw", "DefaultRouteTablePropagation", LATER, A_TO_B,
     f"Net/Tgw default route table may have more routes: {IMPORTED}"),
    (two_vpcs, "Tgw", "DefaultRouteTableAssociation", LATER, A_TO_B, IMPORTED),
    (two_vpcs, "Tgw", "PropagationDefaultRouteTableId", "tgw-rtb-1", A_TO_B,
     "Net/Tgw names another default route table, tgw-rtb-1 (contract: none)"),
    (two_vpcs, "Tgw", "AssociationDefaultRouteTableId", "tgw-rtb-1", A_TO_B,
     "Net/Tgw names another default route table, tgw-rtb-1 (contract: none)"),
    (two_vpcs, "Ba", "AvailabilityZone", LATER, A_TO_B, f"the zones of Net/BAt: {IMPORTED}"),
    # Routes
    (two_vpcs, "ATableRoute0", "DestinationCidrBlock", LATER, A_TO_B, f"Net/ATableRoute0: {IMPORTED}"),
    (two_vpcs, "ATableRoute0", "TransitGatewayId", LATER, A_TO_B, IMPORTED),
    (peered, "Peering", "PeerVpcId", "vpc-1", A_TO_B,
     "the other side of Net/Peering is not in the set (contract: ids)"),
    (peered, "Peering", "VpcId", LATER, A_TO_B, IMPORTED),
    # Filters
    (peered, "AclIn1", "RuleNumber", LATER, A_TO_B,
     f"the network ACL of Net/Aa: Net/AclIn1: {IMPORTED}"),
    (peered, "AclIn1", "RuleAction", LATER, A_TO_B, f"the network ACL of Net/Aa: Net/AclIn1: {IMPORTED}"),
    (peered, "AclIn1", "CidrBlock", LATER, A_TO_B, f"the network ACL of Net/Aa: Net/AclIn1: {IMPORTED}"),
    (peered, "AclIn1", "Egress", LATER, A_TO_B,
     f"the network ACL of Net/Aa: the direction of Net/AclIn1: {IMPORTED}"),
    (peered, "AclIn1", "Protocol", LATER, A_TO_B,
     f"the network ACL of Net/Aa: the protocol of a rule of Net/AclIn1: {IMPORTED}"),
    (peered, "AclIn1", "PortRange", LATER, A_TO_B,
     f"the network ACL of Net/Aa: the ports of Net/AclIn1: {IMPORTED}"),
    (peered, "AclIn1", "PortRange", {"From": LATER, "To": 443}, A_TO_B,
     f"the network ACL of Net/Aa: a port of a rule of Net/AclIn1: {IMPORTED}"),
    (peered, "Web", "SecurityGroupIngress", LATER, HTTPS, f"the security groups of Net/Host: {IMPORTED}"),
    (peered, "Web", "SecurityGroupIngress/0", LATER, HTTPS,
     f"the security groups of Net/Host: a rule of Net/Web: {IMPORTED}"),
    (peered, "Web", "SecurityGroupIngress/0/IpProtocol", LATER, HTTPS,
     f"the security groups of Net/Host: the protocol of a rule of Net/Web: {IMPORTED}"),
    (peered, "Web", "SecurityGroupIngress/0/FromPort", LATER, HTTPS,
     f"the security groups of Net/Host: a port of a rule of Net/Web: {IMPORTED}"),
    (peered, "Web", "SecurityGroupIngress/0/CidrIp", LATER, HTTPS, IMPORTED),
    (peered, "Web", "SecurityGroupIngress", [{"IpProtocol": "tcp", "SourcePrefixListId": "pl-1"}], HTTPS,
     "the peers of a rule of Net/Web: prefix list pl-1 is not in the set (contract: ids)"),
    (peered, "Web", "SecurityGroupIngress", [{"IpProtocol": "tcp", "SourceSecurityGroupId": LATER}], HTTPS,
     f"the peers of a rule of Net/Web: {IMPORTED}"),
    (peered, "Web", "SecurityGroupIngress", [{"IpProtocol": "tcp"}], HTTPS,
     "a rule of Net/Web names no peer (contract: none)"),
    # Instances
    (peered, "Host", "SecurityGroupIds", LATER, HTTPS, f"the security groups of Net/Host: {IMPORTED}"),
    (peered, "Host", "SecurityGroupIds", ["sg-1"], HTTPS,
     "the security groups of Net/Host: security group sg-1 is not in the set (contract: ids)"),
    (routed_by, "Box", "SourceDestCheck", LATER, reaches("Aa", "Ab", port=443),
     f"whether Net/Box checks source and destination: {IMPORTED}"),
    (routed_by, "BoxInstance", "NetworkInterfaces", [{"DeviceIndex": "0", "NetworkInterfaceId": {"Ref": "Box"}},
     {"DeviceIndex": "1", "NetworkInterfaceId": "eni-1"}], reaches("Aa", "Ab", port=443),
     "an interface of Net/BoxInstance is not in the set (contract: appliances)"),
    # The internet
    (out, "Nat", "ConnectivityType", LATER, reaches("Va", "internet", port=443),
     f"whether Net/Nat is public: {IMPORTED}"),
    (out, "Nat", "SubnetId", "subnet-1", reaches("Va", "internet", port=443), "the subnet of Net/Nat"),
    (out, "Nat", "AvailabilityMode", LATER, reaches("Va", "internet", port=443), IMPORTED),
    (regional, "Nat", "AvailabilityZoneAddresses", LATER, same_az("Va", "internet", port=443), ""),
    # Sites
    (site, "Vpn", "TunnelInsideIpVersion", LATER, reaches("Vpn", "Aa"),
     f"the TunnelInsideIpVersion of Net/Vpn: {IMPORTED}"),
    (site, "Vpn", "LocalIpv4NetworkCidr", LATER, reaches("Vpn", "Aa"),
     f"the LocalIpv4NetworkCidr of Net/Vpn: {IMPORTED}"),
    # Load balancers
    (balanced, "Lb", "Subnets", LATER, INTO, f"Net/Lb: {IMPORTED}"),
    (balanced, "Lb", "Subnets", ["subnet-1", "subnet-2"], INTO,
     "Net/Lb: a subnet of Net/Lb: subnet subnet-1 is not in the set (contract: ids)"),
    (balanced, "Lb", "SecurityGroups", LATER, INTO, f"the security groups of Net/Lb interface 1: {IMPORTED}"),
    (balanced, "Group", "Targets", LATER, INTO, IMPORTED),
    (balanced, "Group", "Targets/0/Id", LATER, INTO, f"a target of Net/Group: {IMPORTED}"),
    (balanced, "Group", "Targets/0/Id", "i-1", INTO, "a target of Net/Group: i-1 is not in the set (contract: ids)"),
    (balanced, "Listener", "DefaultActions", LATER, INTO, IMPORTED),
    (balanced, "Listener", "DefaultActions/0/TargetGroupArn", "arn:x", INTO,
     "Net/Listener forwards to arn:x, which is not in the set (contract: ids)"),
    (balanced, "Listener", "Port", LATER, reaches("Ab", "Lb", port=443), f"the port of Net/Listener: {IMPORTED}"),
    (balanced, "Listener", "Protocol", LATER, reaches("Ab", "Lb", port=80),
     f"the protocol of Net/Listener: {IMPORTED}"),
    (across, "Lb", "LoadBalancerAttributes", LATER, INTO, f"Net/Lb: whether it balances across zones: {IMPORTED}"),
    (across, "Lb", "LoadBalancerAttributes/0", LATER, INTO, f"Net/Lb: whether it balances across zones: {IMPORTED}"),
    (across, "Lb", "LoadBalancerAttributes/0/Key", LATER, INTO,
     f"Net/Lb: whether it balances across zones: {IMPORTED}"),
    (across, "Lb", "LoadBalancerAttributes/0/Value", LATER, INTO,
     f"Net/Lb: whether it balances across zones: {IMPORTED}"),
    (keeping, "Group", "TargetGroupAttributes", LATER, INTO,
     f"whether targets of Net/Group see the client's address: {IMPORTED}"),
    (keeping, "Group", "TargetGroupAttributes/0/Value", LATER, INTO,
     f"whether targets of Net/Group see the client's address: {IMPORTED}"),
    (guarded, "Nlb", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", LATER, isolated("Aa", "Host"),
     f"Net/Nlb: whether its security groups are asked about what comes by PrivateLink: {IMPORTED}"),
    (linked, "Service", "NetworkLoadBalancerArns", LATER, isolated("Aa", "Bah"), "what Net/Service takes"),
    (linked, "Endpoint", "SubnetIds", LATER, isolated("Aa", "Host"),
     "Net/Endpoint (AWS::EC2::VPCEndpoint, in subnets that are not known) is given Net/A"),
    (linked, "Endpoint", "ServiceName", "com.amazonaws.vpce.eu-west-1.vpce-svc-1", isolated("Aa", "Host"),
     "the service of Net/Endpoint is not in the set (contract: harmless, Net/Endpoint)"),
    (linked, "Service", "AcceptanceRequired", LATER, isolated("Aa", "Host"),
     "whether Net/Service accepts Net/Endpoint is not in the template (contract: accepted, Net/Endpoint)"),
    # Firewalls
    (lambda: inspection(letters="a"), "Policy", "FirewallPolicy", LATER, inspected("S0a", "S1a", port=443),
     "the policy Net/Policy is not known (contract: policies)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "resource", "path", "given", "promise", "words"),
    CASES,
    ids=[f"{case[1]}.{case[2]}-{number}" for number, case in enumerate(CASES)],
)
def test_it_is_said(
    base: Callable[[], Topology], resource: str, path: str, given: Any, promise: Promise, words: str
) -> None:
    contracts = {"prefixes": {"Vpn": ["192.168.0.0/16"]}} if base is site else {}
    proof = set_in(base(), resource, path, given).network(contracts=contracts).prove(promise)
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert any(words in reason.replace("⟨", "").replace("⟩", "") for reason in proof.unknown), str(proof)


@pytest.mark.parametrize(
    ("base", "promise", "verdict"),
    [
        (two_vpcs, A_TO_B, Verdict.HOLDS),
        (peered, A_TO_B, Verdict.HOLDS),
        (peered, HTTPS, Verdict.HOLDS),
        (routed_by, reaches("Aa", "Ab", port=443), Verdict.HOLDS),
        (out, reaches("Va", "internet", port=443), Verdict.HOLDS),
        (regional, reaches("Va", "internet", port=443), Verdict.HOLDS),
        (balanced, INTO, Verdict.FAILS),
        (balanced, reaches("Ab", "Lb", port=80), Verdict.HOLDS),
        (across, INTO, Verdict.FAILS),
        (keeping, INTO, Verdict.FAILS),
        (guarded, isolated("Aa", "Host"), Verdict.FAILS),
        (linked, isolated("Aa", "Host"), Verdict.FAILS),
        (lambda: inspection(letters="a"), inspected("S0a", "S1a", port=443), Verdict.HOLDS),
    ],
)
def test_where_all_is_known_it_is_decided(base: Callable[[], Topology], promise: Promise, verdict: Verdict) -> None:
    assert base().network().prove(promise).verdict is verdict


@pytest.mark.parametrize(
    ("base", "resource", "path", "given", "message"),
    [
        (two_vpcs, "A", "CidrBlock", "ten", "Net/A: 'ten' is not a CIDR"),
        (two_vpcs, "ATableRoute0", "DestinationCidrBlock", "ten", "Net/ATableRoute0: 'ten' is not a CIDR"),
        (peered, "AclIn1", "RuleNumber", "first", "Net/AclIn1: 'first' is not a number"),
        (peered, "AclIn1", "Protocol", "ftp", "Net/AclIn1: 'ftp' is not a number"),
        (peered, "Web", "SecurityGroupIngress/0/FromPort", "https", "Net/Web: 'https' is not a number"),
        (peered, "List", "Entries/0/Cidr", "ten", "Net/List: 'ten' is not a CIDR"),
    ],
)
def test_what_makes_no_sense_is_refused(
    base: Callable[[], Topology], resource: str, path: str, given: Any, message: str
) -> None:
    with pytest.raises(TemplateError, match=message):
        set_in(base(), resource, path, given).network().prove(A_TO_B)


@pytest.mark.parametrize("gone", ["DestinationCidrBlock", "TransitGatewayId"])
def test_a_route_that_loses_an_end_is_of_no_world_that_is_deployed(gone: str) -> None:
    made = two_vpcs()
    properties = made.resources["ATableRoute0"]["Properties"]
    properties[gone] = {"Fn::If": ["Whole", properties[gone], {"Ref": "AWS::NoValue"}]}
    whole = {"Fn::Equals": [{"Ref": "Kind"}, "whole"]}
    template = {"Parameters": {"Kind": {"Type": "String"}}, "Conditions": {"Whole": whole}, "Resources": made.resources}
    assert Network.from_templates({"Net": template}).prove(A_TO_B).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("resource", "name", "says"),
    [
        ("Vp", "MapPublicIpOnLaunch", f"whether Net/Vp has public addresses: {IMPORTED}"),
        ("VIgwAt", "InternetGatewayId", f"Net/VIgwAt attaches a gateway: {IMPORTED}"),
    ],
)
def test_a_way_to_the_internet_that_may_be_there(resource: str, name: str, says: str) -> None:
    """It was told to be lost."""
    made = out()
    made.resources["Vp"]["Properties"]["MapPublicIpOnLaunch"] = True
    assert made.network().prove(reaches("Vp", "internet", port=443)).verdict is Verdict.HOLDS
    proof = set_in(made, resource, name, LATER).network().prove(reaches("Vp", "internet", port=443))
    assert proof.verdict is Verdict.UNKNOWN
    assert says in proof.unknown


@pytest.mark.parametrize("kind", ["network", "application"])
def test_a_load_balancer_that_may_face_the_internet(kind: str) -> None:
    made = set_in(balanced(kind), "Lb", "Scheme", LATER)
    proof = made.network().prove(reaches("internet", "Lb", port=80))
    assert proof.verdict is Verdict.UNKNOWN
    assert proof.reason.startswith("whether Net/Lb interface 1 has public addresses: ")
    assert IMPORTED in proof.reason
    surely = set_in(made, "Lb", "Scheme", "internal").network().prove(reaches("internet", "Lb", port=80))
    assert surely.verdict is Verdict.FAILS


def test_a_gateway_from_outside_that_is_none_of_the_set() -> None:
    made = set_in(out(), "VIgwAt", "InternetGatewayId", "igw-0123456789abcdef0")
    made.resources["Vp"]["Properties"]["MapPublicIpOnLaunch"] = True
    ids = {"ids": {"igw-0123456789abcdef0": {"resource": "VIgw"}}}
    assert made.network(contracts=ids).prove(reaches("Vp", "internet", port=443)).verdict is Verdict.HOLDS
    other = made.network(contracts={"ids": {"igw-0123456789abcdef0": {"resource": "none"}}})
    assert other.prove(reaches("Vp", "internet", port=443)).verdict is Verdict.FAILS
