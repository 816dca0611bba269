"""Each promise means what the guide says of it, on networks made to tell it from what is nearly the same."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import (
    Verdict,
    inspected,
    isolated,
    no_blackhole,
    no_bypass,
    reaches,
    same_az,
    symmetric,
)
from tests.patternkit.routes.cases.verdicts import fails, holds, unknown
from tests.patternkit.routes.topologies import Topology, inspection
from tests.patternkit.routes.two_vpcs import two_vpcs


def one_vpc(**subnets: str) -> Topology:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", **(subnets or {"a": "10.0.1.0/24", "b": "10.0.2.0/24"}))
    return net


class TestNoBlackhole:
    """No packet or reply is lost to a missing, dead or circular route."""

    def test_a_source_without_a_route(self) -> None:
        net = two_vpcs()
        del net.resources["ATableRoute0"]
        fails(net.network(), no_blackhole("Aa", "Ba"), "it is lost: Net/ATable has no route")
        fails(net.network(), no_blackhole("Ba", "Aa"), "its reply is lost: Net/ATable has no route")

    def test_the_main_table_of_a_source_without_an_association(self) -> None:
        net = two_vpcs()
        del net.resources["ATableOfa"]
        fails(net.network(), no_blackhole("Aa", "Ba"), "it is lost: Net/A main route table has no route")

    def test_one_source_of_a_group(self) -> None:
        net = two_vpcs()
        net.subnet("A", "b", "10.1.2.0/24")
        fails(net.network(), no_blackhole("A", "Ba"), "it is lost: Net/A main route table has no route")

    def test_a_vpc_without_an_internet_gateway(self) -> None:
        net = one_vpc()
        fails(net.network(), no_blackhole("internet", "Va"), "it is lost: Net/V has no internet gateway")

    def test_what_a_filter_denies_is_not_lost_to_a_route(self) -> None:
        net = two_vpcs()
        net.acl("Acl", "Aa", inbound=["allow all * 0.0.0.0/0"], outbound=["deny all * 0.0.0.0/0"])
        network = net.network()
        holds(network, no_blackhole("Aa", "Ba"))
        holds(network, isolated("Aa", "Ba"))
        fails(network, reaches("Aa", "Ba"), "denies it out of Net/Aa")

    def test_a_host_without_a_public_address_beside_one_that_has_one(self) -> None:
        net = one_vpc()
        net.table("V", "Public", "a", routes={"0.0.0.0/0": net.internet_gateway("V")})
        holds(net.network(), no_blackhole("Va", "internet"))

    def test_nothing_that_arrives_is_not_holding(self) -> None:
        net = one_vpc()
        net.table("V", "Public", "a", routes={"0.0.0.0/0": net.internet_gateway("V")})
        net.host("Host", "Va")
        fails(net.network(), no_blackhole("Host", "internet"), "no flow arrives at all")


class TestSameZone:
    """What a flow has in each VPC, its ends and what inspects or translates it, is in one availability zone."""

    def inspected_at_home(self, *, source: str, firewall: str, destination: str) -> Topology:
        """Two subnets of one VPC, each the other's by a firewall endpoint."""
        net = Topology()
        net.vpc("V", "10.0.0.0/16")
        for name, letter, block in (("s", source, 1), ("f", firewall, 2), ("d", destination, 3)):
            net.subnet("V", f"{letter}{name}", f"10.0.{block}.0/24")
        net.firewall("Fw", "V", f"{firewall}f")
        endpoint = net.endpoint_by_index("Fw", 0)
        net.table("V", "S", f"{source}s", routes={"10.0.3.0/24": endpoint})
        net.table("V", "D", f"{destination}d", routes={"10.0.1.0/24": endpoint})
        return net

    @pytest.mark.parametrize(
        ("source", "firewall", "destination", "words"),
        [
            ("a", "a", "a", ""),
            ("a", "a", "b", "Net/Vas is in eu-west-1a, Net/Vbd in eu-west-1b"),
            ("b", "a", "a", "Net/Vbs is in eu-west-1b, Net/Vad in eu-west-1a"),
            ("a", "b", "a", "Net/Vas is in eu-west-1a, Net/Fw endpoint in eu-west-1b in eu-west-1b"),
        ],
    )
    def test_an_endpoint_in_the_vpc_of_both(self, source: str, firewall: str, destination: str, words: str) -> None:
        network = self.inspected_at_home(source=source, firewall=firewall, destination=destination).network()
        promise = same_az(f"V{source}s", f"V{destination}d")
        fails(network, promise, words) if words else holds(network, promise)

    def test_an_endpoint_in_the_destinations_vpc(self) -> None:
        """The source's zone has nothing to do with it."""
        for letter, verdict in (("a", Verdict.HOLDS), ("b", Verdict.FAILS)):
            net = Topology()
            net.transit_gateway(defaults=True)
            net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
            net.table("A", "ATable", "a", routes={"10.0.0.0/8": {"Ref": "Tgw"}})
            net.attach("A", "a")
            net.vpc("B", "10.2.0.0/16", at="10.2.0.0/28", bt="10.2.0.16/28")
            net.subnet("B", f"{letter}f", "10.2.1.0/24")
            net.subnet("B", "ad", "10.2.2.0/24")
            net.firewall("Fw", "B", f"{letter}f")
            endpoint = net.endpoint_by_index("Fw", 0)
            net.table("B", "Bt", "at", "bt", routes={"10.2.2.0/24": endpoint})
            net.table("B", "Bf", f"{letter}f", routes={"10.0.0.0/8": {"Ref": "Tgw"}})
            net.table("B", "Bd", "ad", routes={"10.1.0.0/16": endpoint})
            net.attach("B", "at", "bt")
            network = net.network()
            holds(network, inspected("Aa", "Bad"))
            assert network.prove(same_az("Aa", "Bad")).verdict is verdict, letter

    def test_a_zone_that_aws_picks(self) -> None:
        net = self.inspected_at_home(source="a", firewall="a", destination="a")
        del net.resources["Vad"]["Properties"]["AvailabilityZone"]
        unknown(net.network(), same_az("Vas", "Vad"), "AWS picks the availability zone of Net/Vad")


class TestGatewayEndpoints:
    """The replies of a gateway endpoint's service come in by the network ACL, too."""

    def network(self, inbound: str) -> Topology:
        net = one_vpc()
        table = net.table("V", "T", "a")
        net.add("S3", "EC2::VPCEndpoint", VpcId={"Ref": "V"}, ServiceName="com.amazonaws.eu-west-1.s3", RouteTableIds=[table])  # noqa: E501  # fmt: skip
        net.acl("Acl", "Va", inbound=[inbound], outbound=["allow all * 0.0.0.0/0"])
        net.resources["Acl"]["Properties"]["VpcId"] = {"Ref": "V"}
        return net

    def test_replies_that_are_let_in(self) -> None:
        holds(self.network("allow tcp 1024-65535 0.0.0.0/0").network(), reaches("Va", "s3", port=443))

    def test_replies_that_are_denied(self) -> None:
        network = self.network("allow tcp 443 0.0.0.0/0").network()
        fails(network, reaches("Va", "s3", port=443), "the network ACL Net/Acl denies it into Net/Va")
        holds(network, no_blackhole("Va", "s3", port=443))

    def test_replies_that_only_aws_knows_to_be_let_in(self) -> None:
        network = self.network("allow tcp 1024-65535 52.0.0.0/8").network()
        unknown(network, reaches("Va", "s3", port=443), "covers the service is not in the template")

    @pytest.mark.parametrize("kind", ["Gateway", None])
    def test_tables_that_are_not_known(self, kind: str | None) -> None:
        net = self.network("allow all * 0.0.0.0/0")
        net.extra = {"Parameters": {"Tables": {"Type": "CommaDelimitedList"}}}
        given = net.resources["S3"]["Properties"]
        given["RouteTableIds"] = {"Ref": "Tables"}
        given |= {"VpcEndpointType": kind} if kind else {}
        for promise in (reaches("Va", "s3", port=443), isolated("Va", "s3")):
            unknown(net.network(), promise, "Net/S3: parameter Tables of Net has no value")


class TestWhatInspects:
    """Without `by` it is the firewalls and endpoints; where there are none, the appliances."""

    def routed(self, *, firewall: bool) -> Topology:
        """Two VPCs by a router instance in a third."""
        net = Topology()
        net.transit_gateway()
        for index, name in enumerate("AB", 1):
            net.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24")
            net.table(name, f"{name}Table", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
            net.attach(name, "a")
        net.vpc("R", "10.8.0.0/16", at="10.8.0.0/24", ar="10.8.1.0/24")
        net.table("R", "Rt", "at", routes={"0.0.0.0/0": net.appliance("Router", "Rar")})
        net.table("R", "Rr", "ar", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.attach("R", "at")
        net.transit_table("Spokes", of=("AAt", "BAt"), routes={"0.0.0.0/0": "RAt"})
        net.transit_table("Hub", of=("RAt",), propagated=("AAt", "BAt"))
        if firewall:
            net.vpc("I", "10.9.0.0/16", an="10.9.1.0/24")
            net.firewall("Fw", "I", "an")
        return net

    @pytest.mark.parametrize("kind", [inspected, no_bypass])
    def test_a_router_beside_a_firewall(self, kind: Any) -> None:
        holds(self.routed(firewall=False).network(), kind("Aa", "Ba"))
        network = self.routed(firewall=True).network()
        fails(network, kind("Aa", "Ba"), "firewall")
        holds(network, kind("Aa", "Ba", by="Router"))
        fails(network, kind("Aa", "Ba", by="Fw"), "")

    def test_a_router_beside_an_endpoint(self) -> None:
        net = self.routed(firewall=False)
        net.subnet("R", "ag", "10.8.2.0/24")
        net.add(
            "Gwlbe", "EC2::VPCEndpoint", VpcEndpointType="GatewayLoadBalancer", VpcId={"Ref": "R"},
            SubnetIds=[{"Ref": "Rag"}], ServiceName="com.amazonaws.vpce.eu-west-1.vpce-svc-1",
        )  # fmt: skip
        fails(net.network(), no_bypass("Aa", "Ba"), "around the firewall")

    def test_a_router_by_the_instance_that_has_it(self) -> None:
        net = self.routed(firewall=False)
        net.add(
            "Box", "EC2::Instance", NetworkInterfaces=[{"NetworkInterfaceId": {"Ref": "Router"}, "DeviceIndex": "0"}]
        )
        holds(net.network(), inspected("Aa", "Ba", by="Box"))

    def test_an_endpoint_association_by_its_logical_id(self) -> None:
        net = TestSameZone().inspected_at_home(source="a", firewall="a", destination="a")
        net.add(
            "Extra", "NetworkFirewall::VpcEndpointAssociation", FirewallArn={"Ref": "Fw"}, VpcId={"Ref": "V"},
            SubnetMapping={"SubnetId": {"Ref": "Vaf"}},
        )  # fmt: skip
        for table in ("S", "D"):
            net.resources[f"{table}Route0"]["Properties"]["VpcEndpointId"] = {"Fn::GetAtt": ["Extra", "EndpointId"]}
        network = net.network()
        for by in ("Extra", "Net/Extra", ["Extra"], "Fw", "Ext*"):
            holds(network, inspected("Vas", "Vad", by=by))
        fails(network, inspected("Vas", "Vad", by="Net/Fw endpoint in eu-west-1a"), "not inspected")


class TestSpokes:
    """A VPC on a transit gateway that holds no firewall endpoint, and through which no static route leads."""

    @pytest.mark.parametrize("block", ["10.0.0.0/21", "10.0.0.0/16", "10.0.0.0/8", "0.0.0.0/0"])
    def test_a_summary_of_its_own_range_leads_through_no_spoke(self, block: str) -> None:
        net = inspection()
        igw = net.internet_gateway("S0")
        net.route("S0atTable", "0.0.0.0/0", igw)
        net.resources["S0aTableRoute0"]["Properties"] = {
            "RouteTableId": {"Ref": "S0aTable"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": igw,
        }  # fmt: skip
        net.transit_route("HubTable", block, "S0At")
        fails(net.network(), no_bypass("every spoke subnet", "internet"), "around the firewall")

    def test_what_passes_packets_on_is_a_hub(self) -> None:
        net = TestWhatInspects().routed(firewall=True)
        proof = net.network().prove(isolated("every spoke subnet", "every spoke subnet"))
        assert proof.verdict is Verdict.FAILS
        assert any("Net/R" in note for note in proof.notes), proof


class TestPlaces:
    """Every kind of name that the guide says a place may have."""

    def network(self) -> Topology:
        net = two_vpcs()
        net.resources["Aa"]["Properties"]["Tags"] = [{"Key": "Name", "Value": "front"}, {"Key": "Tier", "Value": "web"}]
        net.host("Card", "Aa")
        net.add(
            "Host", "EC2::Instance", NetworkInterfaces=[{"NetworkInterfaceId": {"Ref": "Card"}, "DeviceIndex": "0"}],
            Tags=[{"Key": "Role", "Value": "proxy"}],
        )  # fmt: skip
        net.vpn("Vpn", tgw="Tgw", static=True)
        net.transit_table("Sites", routes={"192.168.0.0/16": net.vpn_attachment("Vpn")})
        net.resources["Vpn"]["Properties"]["Tags"] = [{"Key": "Office", "Value": "north"}]
        return net

    @pytest.mark.parametrize(
        "name", ["Net/Aa", "Aa", "A", "A*", "front", "tag:Tier=web", "tag:Role=proxy", "10.1.1.0/24", "Card", "Host"]
    )
    def test_a_name_of_the_same_place(self, name: str) -> None:
        holds(self.network().network(), reaches(name, "Ba", port=443))

    @pytest.mark.parametrize("name", ["Vpn", "Net/Vpn", "tag:Office=north", "every site", "192.168.0.0/16"])
    def test_a_name_of_a_site(self, name: str) -> None:
        assert self.network().network().prove(isolated("Aa", name)).verdict is not Verdict.UNKNOWN


class TestNat:
    """A NAT gateway translates TCP, UDP and ICMP."""

    def network(self) -> Topology:
        net = one_vpc(a="10.0.1.0/24", an="10.0.2.0/24")
        net.table("V", "Public", "an", routes={"0.0.0.0/0": net.internet_gateway("V")})
        net.table("V", "Private", "a", routes={"0.0.0.0/0": net.nat("Nat", "Van")})
        return net

    def test_every_protocol_is_more_than_it_takes(self) -> None:
        network = self.network().network()
        fails(network, reaches("Va", "internet", protocol="any"), "Net/Nat takes only TCP, UDP and ICMP")
        fails(network, isolated("Va", "internet", protocol="any"), "it arrives")

    @pytest.mark.parametrize("options", [{}, {"port": 443}, {"protocol": "udp"}, {"protocol": "icmp"}])
    def test_what_it_takes(self, options: dict[str, Any]) -> None:
        network = self.network().network()
        for promise in (reaches, symmetric, same_az, no_blackhole):
            holds(network, promise("Va", "internet", **options))


def test_an_interface_in_a_public_subnet_has_no_public_address_until_it_is_given_one() -> None:
    net = one_vpc()
    net.resources["Va"]["Properties"]["MapPublicIpOnLaunch"] = True
    net.table("V", "Public", "a", routes={"0.0.0.0/0": net.internet_gateway("V")})
    net.host("Bare", "Va")
    net.host("Given", "Va", public=True)
    net.add("Launched", "EC2::Instance", SubnetId={"Ref": "Va"}, SecurityGroupIds=[{"Ref": "AnyGroup"}])
    network = net.network()
    fails(network, reaches("Bare", "internet", port=443), "needs a source with a public address")
    holds(network, isolated("internet", "Bare"))
    for name in ("Given", "Launched"):
        holds(network, reaches(name, "internet", port=443))


class TestRulesThatAreNotAllKnown:
    """A value that only AWS knows is a doubt of its rule, not of the network."""

    def network(self, *rules: dict[str, Any]) -> Topology:
        net = one_vpc()
        net.add("Db", "RDS::DBInstance")
        net.host("Client", "Va")
        net.add("Guard", "EC2::SecurityGroup", GroupDescription="g", SecurityGroupIngress=list(rules))
        net.host("Server", "Vb")
        net.resources["Server"]["Properties"]["GroupSet"] = [{"Ref": "Guard"}]
        net.extra = {"Parameters": {"Open": {"Type": "String"}}}
        return net

    PORT: Any = {"Fn::GetAtt": ["Db", "Endpoint.Port"]}  # noqa: RUF012

    @pytest.mark.parametrize("port", [PORT, {"Ref": "Open"}])
    def test_a_port(self, port: Any) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.1.0/24"}
        known = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.1.0/24"}
        network = self.network(rule, known).network()
        unknown(network, reaches("Client", "Server", port=443), "a port of a rule of Net/Guard")
        holds(network, reaches("Client", "Server", port=22))
        fails(network, reaches("Client", "Server", protocol="udp"), "deny it into Net/Server")
        holds(network, reaches("Va", "Vb"))

    def test_a_peer(self) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": {"Ref": "Open"}}
        network = self.network(rule).network()
        unknown(network, reaches("Client", "Server", port=443), "the peers of a rule of Net/Guard")
        fails(network, reaches("Client", "Server", port=22), "deny it into Net/Server")

    def test_a_protocol(self) -> None:
        network = self.network({"IpProtocol": {"Ref": "Open"}, "CidrIp": "10.0.1.0/24"}).network()
        unknown(network, reaches("Client", "Server", port=443), "the protocol of a rule of Net/Guard")

    def test_a_port_of_a_network_acl(self) -> None:
        for last, verdict in (("allow", Verdict.HOLDS), ("deny", Verdict.UNKNOWN)):
            net = self.network()
            net.acl("Acl", "Va", inbound=["allow all * 0.0.0.0/0"], outbound=["allow tcp 1 0.0.0.0/0", f"{last} all * 0.0.0.0/0"])  # noqa: E501  # fmt: skip
            net.resources["Acl"]["Properties"]["VpcId"] = {"Ref": "V"}
            net.resources["AclOut1"]["Properties"]["PortRange"] = {"From": self.PORT, "To": self.PORT}
            proof = net.network().prove(reaches("Va", "Vb", port=443))
            assert proof.verdict is verdict, str(proof)
