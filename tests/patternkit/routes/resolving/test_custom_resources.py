"""What custom resources may change."""

from __future__ import annotations

from typing import Any

from patternkit.routes import Verdict, reaches
from tests.patternkit.routes.topologies import Topology
from tests.patternkit.routes.two_vpcs import two_vpcs, verdict


class TestCustomResources:
    def net(self, **properties: Any) -> Topology:
        net = two_vpcs()
        net.resources["Custom"] = {"Type": "Custom::Anything", "Properties": {"ServiceToken": "a", **properties}}
        return net

    def test_one_that_is_given_a_table_may_change_it(self) -> None:
        net = self.net(Tables=[{"Ref": "ATable"}])
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.UNKNOWN
        assert "Net/Custom is given Net/ATable, and may change it (contract: harmless or returns" in proof.reason
        assert verdict(net.network(contracts={"harmless": ["Custom"]})) is Verdict.HOLDS

    def test_one_that_is_given_nothing_of_the_network_changes_nothing(self) -> None:
        assert verdict(self.net(Bucket="b").network()) is Verdict.HOLDS

    def test_appliance_mode_at_run_time(self) -> None:
        net = self.net(Attachment={"Ref": "BAt"})
        assert verdict(net.network()) is Verdict.UNKNOWN
        network = net.network(contracts={"appliance-mode": {"BAt": True}})
        proof = network.prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.HOLDS
        assert proof.contracts == ("appliance-mode BAt",)

    def test_one_that_returns_what_it_is_given(self) -> None:
        net = self.net(Given={"Ref": "Block"})
        net.extra = {"Parameters": {"Block": {"Type": "String", "Default": "10.0.0.0/8"}}}
        net.resources["ATableRoute0"]["Properties"]["DestinationCidrBlock"] = {"Fn::GetAtt": ["Custom", "Block"]}
        assert verdict(net.network()) is Verdict.UNKNOWN
        network = net.network(contracts={"returns": {"Custom": {"Block": {"property": "Given"}}}})
        proof = network.prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.HOLDS, proof
        assert "returns Custom" in proof.contracts
