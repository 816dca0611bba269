"""Cases 13 and 14: network ACLs where a transit gateway is attached.

The guide: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html.
"""

from __future__ import annotations

import pytest

from patternkit.routes import Verdict, reaches
from tests.patternkit.routes.topologies import Topology


class TestNetworkAcls:
    def net(self, *, same_subnet: bool = False) -> Topology:
        net = Topology()
        net.transit_gateway(defaults=True)
        net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24", at="10.1.0.0/28")
        net.vpc("B", "10.2.0.0/16", a="10.2.1.0/24")
        for name in "AB":
            net.table(name, f"{name}Table", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.attach("A", "a" if same_subnet else "at")
        net.attach("B", "a")
        return net

    OPEN = "allow all * 0.0.0.0/0"
    B = "10.2.0.0/16"

    @pytest.mark.parametrize(
        ("subnet", "direction", "address", "blocks"),
        [
            # What the guide evaluates: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
            ("Aa", "outbound", "10.2.0.0/16", "A to B"),
            ("Aa", "inbound", "10.2.0.0/16", "B to A"),
            ("Aat", "inbound", "10.1.0.0/16", "A to B"),
            ("Aat", "outbound", "10.1.0.0/16", "B to A"),
            # What it does not: the attachment subnet's outbound rules towards the gateway, inbound ones from it.
            ("Aat", "outbound", "10.2.0.0/16", ""),
            ("Aat", "inbound", "10.2.0.0/16", ""),
        ],
    )
    def test_13_attachment_in_its_own_subnet(self, subnet: str, direction: str, address: str, blocks: str) -> None:
        net = self.net()
        deny = f"deny all * {address}"
        rules = {"inbound": [self.OPEN], "outbound": [self.OPEN]}
        rules[direction] = [deny, self.OPEN]
        net.acl("Acl", subnet, **rules)
        network = net.network()
        one_way = {"A to B": ("Aa", "Ba"), "B to A": ("Ba", "Aa")}
        for text, (source, destination) in one_way.items():
            trace = network.trace(source, destination)
            lost_there = trace.flows[0].forward.outcome.value == "dropped"
            # A denied direction is lost on the way there, the other one on the way back.
            assert lost_there == (text == blocks)
            assert trace.verdict is (Verdict.FAILS if blocks else Verdict.HOLDS)

    @pytest.mark.parametrize("direction", ["inbound", "outbound"])
    def test_14_attachment_in_the_hosts_subnet(self, direction: str) -> None:
        net = self.net(same_subnet=True)
        rules = {"inbound": [self.OPEN], "outbound": [self.OPEN]}
        rules[direction] = [f"deny all * {self.B}", self.OPEN]
        net.acl("Acl", "Aa", **rules)
        # From the gateway to the host nothing is evaluated: only the reply of A, outbound, meets a rule about B.
        leg = net.network().trace("Ba", "Aa").flows[0].forward
        assert leg.outcome.value == "delivered"

    def test_14_from_the_host_both_are_evaluated(self) -> None:
        for direction, address in (("outbound", self.B), ("inbound", "10.1.0.0/16")):
            net = self.net(same_subnet=True)
            rules = {"inbound": [self.OPEN], "outbound": [self.OPEN]}
            rules[direction] = [f"deny all * {address}", self.OPEN]
            net.acl("Acl", "Aa", **rules)
            assert net.network().trace("Aa", "Ba").flows[0].forward.outcome.value == "dropped"

    def test_stateless_rules_need_the_ephemeral_ports(self) -> None:
        for ports, expected in (
            ("1024-65535", Verdict.HOLDS),
            ("443", Verdict.FAILS),
            ("2000-65535", Verdict.FAILS),
        ):
            net = self.net()
            net.acl("Acl", "Aa", inbound=[f"allow tcp {ports} {self.B}"], outbound=[f"allow tcp 443 {self.B}"])
            assert net.network().prove(reaches("Aa", "Ba", port=443)).verdict is expected
