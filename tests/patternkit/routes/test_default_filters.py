"""The filters that every VPC has from the start, and rules whose filter the set does not tell."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Verdict, isolated, reaches
from tests.patternkit.routes.cases.verdicts import fails, holds, unknown
from tests.patternkit.routes.topologies import Topology

DEFAULT = {"Fn::GetAtt": ["A", "DefaultNetworkAcl"]}


def two_subnets(*, ipv6: bool = False) -> Topology:
    net = Topology()
    net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
    if ipv6:
        net.add("Six", "EC2::VPCCidrBlock", VpcId={"Ref": "A"}, Ipv6CidrBlock="2600:1f18:0:100::/56")
        for number, name in enumerate(("Aa", "Ab"), 1):
            net.resources[name]["Properties"]["Ipv6CidrBlock"] = f"2600:1f18:0:10{number}::/64"
    return net


def entry(net: Topology, name: str, number: int, action: str = "deny", *, egress: bool = False, **more: Any) -> None:
    given = {"CidrBlock": "0.0.0.0/0", "Protocol": -1, **more}
    net.add(
        name, "EC2::NetworkAclEntry", NetworkAclId=DEFAULT, RuleNumber=number, RuleAction=action, Egress=egress, **given
    )


class TestTheDefaultNetworkAcl:
    """Its rule 100 allows everything, both ways and by both families."""

    @pytest.mark.parametrize("family", [4, 6])
    def test_it_allows_everything(self, family: int) -> None:
        net = two_subnets(ipv6=True)
        entry(net, "Later", 200)
        entry(net, "LaterOut", 200, egress=True)
        entry(net, "LaterSix", 201, Ipv6CidrBlock="::/0")
        del net.resources["LaterSix"]["Properties"]["CidrBlock"]
        holds(net.network(), reaches("Aa", "Ab", family=family), reaches("Ab", "Aa", port=443, family=family))

    @pytest.mark.parametrize(("egress", "word"), [(False, "into"), (True, "out of")])
    def test_a_rule_before_it(self, egress: bool, word: str) -> None:
        net = two_subnets()
        entry(net, "Before", 99, egress=egress, Protocol=6, PortRange={"From": 22, "To": 22})
        network = net.network()
        fails(network, reaches("Aa", "Ab", port=22), f"the network ACL Net/A.DefaultNetworkAcl denies it {word} Net/A")
        holds(network, reaches("Aa", "Ab", port=443), isolated("Aa", "Ab", port=22))

    def test_it_is_of_the_subnets_that_have_no_other(self) -> None:
        net = two_subnets()
        entry(net, "Before", 99)
        every = ["allow all * 0.0.0.0/0"]
        net.acl("Own", "Aa", "Ab", inbound=every, outbound=every)
        holds(net.network(), reaches("Aa", "Ab"))
        del net.resources["OwnOfAb"]
        fails(net.network(), reaches("Aa", "Ab"), "denies it into Net/Ab")

    def test_a_subnet_that_is_given_it_by_name(self) -> None:
        net = two_subnets()
        entry(net, "Before", 99)
        net.add(
            "Given", "EC2::SubnetNetworkAclAssociation", NetworkAclId=DEFAULT, SubnetId={"Ref": "Ab"}
        )  # fmt: skip
        fails(net.network(), reaches("Aa", "Ab"), "denies it into Net/Ab")

    def test_that_of_another_vpc_has_nothing_to_do_with_it(self) -> None:
        net = two_subnets()
        net.vpc("B", "10.1.0.0/16", a="10.1.1.0/24")
        entry(net, "Before", 99)
        net.resources["Before"]["Properties"]["NetworkAclId"] = {"Fn::GetAtt": ["B", "DefaultNetworkAcl"]}
        holds(net.network(), reaches("Aa", "Ab"))


class TestRulesOfAGroupThatIsNotKnown:
    """A rule may be of any group of the set, whose verdicts are UNKNOWN then, by the rule's name."""

    def net(self, group: Any, kind: str = "Ingress") -> Topology:
        net = two_subnets()
        net.host("Client", "Aa")
        net.host("Server", "Ab")
        net.add("Db", "RDS::DBInstance")
        net.add(
            "Closed", "EC2::SecurityGroup", GroupDescription="c",
            SecurityGroupEgress=[{"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "255.255.255.255/32"}],
        )  # fmt: skip
        at = "Server" if kind == "Ingress" else "Client"
        net.resources[at]["Properties"]["GroupSet"] = [{"Ref": "Closed"}]
        net.add("Rule", f"EC2::SecurityGroup{kind}", GroupId=group, IpProtocol="-1", CidrIp="10.0.0.0/16")
        net.extra = {"Parameters": {"Group": {"Type": "String"}}}
        return net

    @pytest.mark.parametrize("kind", ["Ingress", "Egress"])
    @pytest.mark.parametrize(
        ("group", "words"),
        [
            ({"Ref": "Group"}, "Group"),
            ({"Fn::GetAtt": ["Db", "DBSystemId"]}, "a Ref to it says which it is"),
            ("sg-0123456789abcdef0", "security group sg-0123456789abcdef0 may be any of the set (contract: ids"),
        ],
    )
    def test_it_may_be_of_any(self, group: Any, words: str, kind: str) -> None:
        network = self.net(group, kind).network()
        for promise in (reaches("Client", "Server", port=443), isolated("Client", "Server", port=443)):
            unknown(network, promise, "Net/Rule adds a rule to a security group: ", words)

    @pytest.mark.parametrize("kind", ["Ingress", "Egress"])
    def test_it_is_of_the_one_that_it_names(self, kind: str) -> None:
        holds(self.net({"Ref": "Closed"}, kind).network(), reaches("Client", "Server", port=443))
        holds(self.net({"Fn::GetAtt": ["Closed", "GroupId"]}, kind).network(), reaches("Client", "Server", port=443))
        fails(
            self.net({"Ref": "AnyGroup"}, kind).network(), reaches("Client", "Server", port=443), "security groups deny"
        )
        assert self.net({"Ref": "Db"}, kind).network().prove(isolated("Client", "Server")).verdict is not Verdict.FAILS


class TestIcmp:
    """Rules of one type are not told apart; those of all types are rules like any other."""

    @pytest.mark.parametrize("kind", [{"Type": -1, "Code": -1}, {"Type": "-1"}, {}])
    def test_a_network_acl_of_every_type(self, kind: dict[str, Any]) -> None:
        net = two_subnets()
        entry(net, "Before", 99, Protocol=1, Icmp=kind)
        network = net.network()
        fails(network, reaches("Aa", "Ab", protocol="icmp"), "denies it into")
        holds(network, isolated("Aa", "Ab", protocol="icmp"), reaches("Aa", "Ab", protocol="tcp"))

    def test_a_network_acl_of_one_type(self) -> None:
        net = two_subnets()
        entry(net, "Before", 99, Protocol=1, Icmp={"Type": 8, "Code": -1})
        words = "Net/Before matches one type of ICMP, which is not modelled"
        unknown(net.network(), reaches("Aa", "Ab", protocol="icmp"), words)
        holds(net.network(), reaches("Aa", "Ab", protocol="udp"))

    @pytest.mark.parametrize("first", [-1, "-1", None, 8])
    def test_a_security_group(self, first: Any) -> None:
        net = two_subnets()
        net.host("Client", "Aa")
        net.host("Server", "Ab")
        ports = {} if first is None else {"FromPort": first, "ToPort": -1}
        rule = {"IpProtocol": "icmp", "CidrIp": "10.0.0.0/16", **ports}
        net.add("Icmp", "EC2::SecurityGroup", GroupDescription="i", SecurityGroupIngress=[rule])
        net.resources["Server"]["Properties"]["GroupSet"] = [{"Ref": "Icmp"}]
        promise = reaches("Client", "Server", protocol="icmp")
        if first == 8:
            unknown(net.network(), promise, "Net/Icmp matches one type of ICMP, which is not modelled")
        else:
            holds(net.network(), promise)
        fails(net.network(), reaches("Client", "Server", port=443), "security groups deny")
