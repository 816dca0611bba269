"""Promises are judged on every leg and in every direction, and hold of nothing that does not arrive.

Each network is broken in just one of these, so that a prover that forgets it says that the promise holds.
"""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import inspected, no_blackhole, no_bypass, reaches, same_az, symmetric
from tests.patternkit.routes.cases.verdicts import fails, holds, unknown
from tests.patternkit.routes.topologies import Topology


def behind_a_firewall(*, there: bool = True, back: bool = True) -> Topology:
    """Two subnets of one VPC, each the other's by a firewall endpoint."""
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", af="10.0.2.0/24", ad="10.0.3.0/24")
    net.firewall("Fw", "V", "af")
    endpoint = net.endpoint_by_index("Fw", 0)
    net.table("V", "There", "a", routes={"10.0.3.0/24": endpoint} if there else {})
    net.table("V", "Back", "ad", routes={"10.0.1.0/24": endpoint} if back else {})
    return net


def acl(net: Topology, subnet: str, outbound: str) -> None:
    net.acl("Acl", subnet, inbound=["allow all * 0.0.0.0/0"], outbound=[outbound])
    net.resources["Acl"]["Properties"]["VpcId"] = {"Ref": "V"}


class TestNoBypass:
    def test_it_holds_where_nothing_is_broken(self) -> None:
        holds(behind_a_firewall().network(), no_bypass("Va", "Vad", port=443))

    def test_only_replies_go_around(self) -> None:
        """Who answers cannot start: its network ACL lets out to the ports of clients only."""
        net = behind_a_firewall(back=False)
        acl(net, "Vad", "allow tcp 1024-65535 0.0.0.0/0")
        fails(net.network(), no_bypass("Va", "Vad", port=443), "its reply goes around the firewall")

    def test_only_what_the_destination_starts_goes_around(self) -> None:
        """Who answers cannot answer: its network ACL lets out to the service's port only."""
        net = behind_a_firewall(back=False)
        acl(net, "Vad", "allow tcp 443 0.0.0.0/0")
        fails(net.network(), no_bypass("Va", "Vad", port=443), "it goes around the firewall")

    def test_only_packets_go_around(self) -> None:
        net = behind_a_firewall(there=False)
        fails(net.network(), no_bypass("Va", "Vad", port=443), "it goes around the firewall")


class TestTwoFirewalls:
    """Packets cross two endpoints; their replies must cross both."""

    def net(self, *, back_by: str) -> Topology:
        net = Topology()
        net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", af="10.0.2.0/24", ag="10.0.3.0/24", ad="10.0.4.0/24")
        net.firewall("Near", "V", "af")
        net.firewall("Far", "V", "ag", policy="Policy")
        near, far = net.endpoint_by_index("Near", 0), net.endpoint_by_index("Far", 0)
        net.table("V", "Source", "a", routes={"10.0.4.0/24": near})
        net.table("V", "OfNear", "af", routes={"10.0.4.0/24": far})
        net.table("V", "OfFar", "ag", routes={"10.0.1.0/24": near} if back_by == "both" else {})
        net.table("V", "Destination", "ad", routes={"10.0.1.0/24": near if back_by == "near" else far})
        return net

    def test_both(self) -> None:
        network = self.net(back_by="both").network()
        holds(network, inspected("Va", "Vad"), symmetric("Va", "Vad"), reaches("Va", "Vad"))

    @pytest.mark.parametrize(("back_by", "missed"), [("near", "Far"), ("far", "Near")])
    def test_one_is_missed(self, back_by: str, missed: str) -> None:
        network = self.net(back_by=back_by).network()
        words = f"Net/{missed} endpoint in eu-west-1a"
        fails(network, inspected("Va", "Vad"), f"its reply does not cross {words}, which saw the packet")
        fails(network, symmetric("Va", "Vad"), f"only the packet crosses the middlebox {words}")
        fails(network, reaches("Va", "Vad"), f"the reply does not cross {words}")
        fails(network, inspected("Va", "Vad", by=missed), "its reply is not inspected")
        other = {"Far": "Near", "Near": "Far"}[missed]
        holds(network, inspected("Va", "Vad", by=other))


class TestStatelessRules:
    """A stateless rule that passes packets around the inspection is found by whichever of their ports it takes."""

    def net(self, **match: Any) -> Topology:
        net = behind_a_firewall()
        attributes = {"Protocols": [6], **match}
        rule = {"Priority": 1, "RuleDefinition": {"MatchAttributes": attributes, "Actions": ["aws:pass"]}}
        source = {"StatelessRulesAndCustomActions": {"StatelessRules": [rule]}}
        net.add("Group", "NetworkFirewall::RuleGroup", Type="STATELESS", RuleGroup={"RulesSource": source})
        body = net.resources["Policy"]["Properties"]["FirewallPolicy"]
        body["StatelessRuleGroupReferences"] = [{"Priority": 1, "ResourceArn": {"Ref": "Group"}}]
        return net

    @pytest.mark.parametrize(
        "match",
        [
            {"SourcePorts": [{"FromPort": 53, "ToPort": 53}]},  # a client may take any source port
            {"SourcePorts": [{"FromPort": 2000, "ToPort": 2000}]},
            {"DestinationPorts": [{"FromPort": 443, "ToPort": 443}]},
            {"SourcePorts": [{"FromPort": 443, "ToPort": 443}], "Sources": [{"AddressDefinition": "10.0.3.0/24"}]},
            {"DestinationPorts": [{"FromPort": 53, "ToPort": 53}], "Sources": [{"AddressDefinition": "10.0.3.0/24"}]},
        ],
    )
    def test_it_is_found(self, match: dict[str, Any]) -> None:
        fails(self.net(**match).network(), inspected("Va", "Vad", port=443), "passes tcp 10.0.")

    @pytest.mark.parametrize(
        "match",
        [
            {"DestinationPorts": [{"FromPort": 80, "ToPort": 80}], "Sources": [{"AddressDefinition": "10.0.1.0/24"}]},
            {"Protocols": [17]},
            {"Sources": [{"AddressDefinition": "10.9.0.0/16"}]},
        ],
    )
    def test_one_of_other_packets_does_not_matter(self, match: dict[str, Any]) -> None:
        holds(self.net(**match).network(), inspected("Va", "Vad", port=443))


class TestReferencesToGroups:
    """A rule that names a group does not surely hold where a middlebox is on the way."""

    def net(self, *, through: bool, outbound: bool) -> Topology:
        net = behind_a_firewall(there=through, back=through)
        net.host("Client", "Va")
        net.host("Server", "Vad")
        named = "Server" if outbound else "Client"
        net.add("Named", "EC2::SecurityGroup", GroupDescription="n", SecurityGroupIngress=[{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}])  # noqa: E501  # fmt: skip
        net.add("Naming", "EC2::SecurityGroup", GroupDescription="n")
        peer = (
            {"DestinationSecurityGroupId": {"Ref": "Named"}}
            if outbound
            else {"SourceSecurityGroupId": {"Ref": "Named"}}
        )
        key = "SecurityGroupEgress" if outbound else "SecurityGroupIngress"
        net.resources["Naming"]["Properties"][key] = [{"IpProtocol": "-1", **peer}]
        for host in ("Client", "Server"):
            net.resources[host]["Properties"]["GroupSet"] = [{"Ref": "Named" if host == named else "Naming"}]
        return net

    @pytest.mark.parametrize("outbound", [False, True], ids=["inbound", "outbound"])
    def test_through_a_middlebox(self, outbound: bool) -> None:
        holds(self.net(through=False, outbound=outbound).network(), reaches("Client", "Server", port=443))
        network = self.net(through=True, outbound=outbound).network()
        unknown(network, reaches("Client", "Server", port=443), "does not hold through Net/Fw endpoint")


@pytest.mark.parametrize("kind", [reaches, inspected, symmetric, same_az, no_blackhole])
@pytest.mark.parametrize("why", ["no route", "no public address"])
def test_nothing_that_arrives_is_not_holding(kind: Any, why: str) -> None:
    net = behind_a_firewall()
    gateway = net.internet_gateway("V")
    if why == "no public address":
        net.route("There", "0.0.0.0/0", gateway)
    net.host("Host", "Va")
    fails(net.network(), kind("Host", "internet", port=443), "")


@pytest.mark.parametrize("kind", [reaches, inspected, symmetric, same_az])
def test_nothing_that_a_filter_lets_through_is_not_holding(kind: Any) -> None:
    net = behind_a_firewall()
    acl(net, "Va", "deny all * 0.0.0.0/0")
    network = net.network()
    fails(network, kind("Va", "Vad", port=443), "the network ACL Net/Acl denies it out of Net/Va")
    holds(network, no_blackhole("Va", "Vad", port=443))


@pytest.mark.parametrize(
    "policy", ["arn:aws:network-firewall:eu-west-1:111122223333:firewall-policy/p", {"Ref": "Given"}]
)
def test_a_firewall_whose_policy_is_not_in_the_set(policy: Any) -> None:
    net = behind_a_firewall()
    net.extra = {"Parameters": {"Given": {"Type": "String"}}}
    net.resources["Fw"]["Properties"]["FirewallPolicyArn"] = policy
    words = "the policy of Net/Fw: " + ("parameter Given" if isinstance(policy, dict) else f"firewall policy {policy}")
    unknown(net.network(), inspected("Va", "Vad"), words)
    proof = net.network(contracts={"policies": {"Fw": "inspects"}}).prove(inspected("Va", "Vad"))
    assert (proof.verdict.value, proof.contracts) == ("HOLDS", ("policies Fw",))
    fails(net.network(contracts={"policies": {"Fw": "passes"}}), inspected("Va", "Vad"), "aws:pass")
