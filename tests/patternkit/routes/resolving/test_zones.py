"""Which availability zones are the same."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from patternkit.resolving.values import Zone, partitions
from patternkit.routes import Network, Verdict, isolated, reaches
from tests.patternkit.routes.two_vpcs import two_vpcs, verdict


class TestZones:
    """A subnet reaches the gateway only in a zone with an attachment, so what is equal matters."""

    def network(self, host: Any, attachment: Any, **sections: Any) -> Network:
        net = two_vpcs()
        net.subnet("A", "at", "10.1.2.0/24", az=attachment)
        net.resources["Aa"]["Properties"]["AvailabilityZone"] = host
        net.resources["AAt"]["Properties"]["SubnetIds"] = [{"Ref": "Aat"}]
        # The other side has both zones, whatever they are called.
        net.resources["Ba"]["Properties"]["AvailabilityZone"] = host
        net.extra = sections
        return net.network()

    FIRST, SECOND = ({"Fn::Select": [index, {"Fn::GetAZs": ""}]} for index in (0, 1))
    PARAMETERS: ClassVar[dict[str, Any]] = {
        "Parameters": {name: {"Type": "AWS::EC2::AvailabilityZone::Name"} for name in ("One", "Two")}
    }

    def test_one_list_has_one_order(self) -> None:
        assert verdict(self.network(self.FIRST, self.FIRST)) is Verdict.HOLDS
        assert verdict(self.network(self.FIRST, self.SECOND)) is Verdict.FAILS

    def test_two_parameters_may_be_equal(self) -> None:
        proof = self.network({"Ref": "One"}, {"Ref": "Two"}, **self.PARAMETERS).prove(reaches("Aa", "Ba"))
        assert (proof.verdict, proof.worlds) == (Verdict.UNKNOWN, 2)
        assert verdict(self.network({"Ref": "One"}, {"Ref": "One"}, **self.PARAMETERS)) is Verdict.HOLDS

    def test_a_name_may_be_an_element_of_the_list(self) -> None:
        proof = self.network("eu-west-1a", self.FIRST).prove(reaches("Aa", "Ba"))
        assert (proof.verdict, proof.worlds) == (Verdict.UNKNOWN, 2)

    def test_a_subnet_that_names_no_zone(self) -> None:
        assert verdict(self.network({"Ref": "AWS::NoValue"}, "eu-west-1a")) is Verdict.UNKNOWN

    def test_a_world_that_aws_refuses_does_not_count(self) -> None:
        net = two_vpcs()
        for subnet, parameter in (("a", "One"), ("b", "Two")):
            if subnet == "b":
                net.subnet("A", "b", "10.1.2.0/24")
            net.resources[f"A{subnet}"]["Properties"]["AvailabilityZone"] = {"Ref": parameter}
        net.resources["Ba"]["Properties"]["AvailabilityZone"] = {"Ref": "One"}
        net.resources["AAt"]["Properties"]["SubnetIds"].append({"Ref": "Ab"})
        net.extra = self.PARAMETERS
        # An attachment takes one subnet a zone: the two parameters differ wherever this deploys.
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert (proof.verdict, proof.worlds) == (Verdict.HOLDS, 1)

    def test_a_template_that_aws_refuses_in_every_world(self) -> None:
        net = two_vpcs()
        net.subnet("A", "a2", "10.1.2.0/24")
        net.resources["AAt"]["Properties"]["SubnetIds"].append({"Ref": "Aa2"})
        for promise in (reaches("Aa", "Ba"), isolated("Aa", "Ba"), isolated("Ba", "internet")):
            proof = net.network().prove(promise)
            assert proof.verdict is Verdict.UNKNOWN
            assert proof.reason.startswith("AWS refuses: Net/AAt has two subnets in the availability zone eu-west-1a")


NAMED, ID = Zone("name", "eu-west-1b", "eu-west-1"), Zone("id", "euw1-az1", "eu-west-1")
FIRST, GIVEN, OTHER = Zone("index", "GetAZs[0]", ""), Zone("parameter", "A", ""), Zone("parameter", "B", "")
ELSEWHERE = Zone("name", "us-east-1a", "us-east-1")


@pytest.mark.parametrize(
    ("zones", "ways"),
    [
        ([], [[]]),
        ([NAMED], [["eu-west-1b"]]),
        ([NAMED, ID], [["eu-west-1b", "eu-west-1b"], ["eu-west-1b", "euw1-az1"]]),
        ([FIRST, ID], [["euw1-az1", "euw1-az1"], ["GetAZs[0]", "euw1-az1"]]),
        ([GIVEN, FIRST], [["GetAZs[0]", "GetAZs[0]"], ["A", "GetAZs[0]"]]),
        ([OTHER, GIVEN], [["A", "A"], ["B", "A"]]),
        ([NAMED, ELSEWHERE], [["eu-west-1b", "us-east-1a"]]),
        ([ELSEWHERE, ID], [["us-east-1a", "euw1-az1"]]),
        ([NAMED, ELSEWHERE, GIVEN],
         [["eu-west-1b", "us-east-1a", "eu-west-1b"], ["eu-west-1b", "us-east-1a", "us-east-1a"],
          ["eu-west-1b", "us-east-1a", "A"]]),
    ],
    ids=str,
)  # fmt: skip
def test_every_way_in_which_zones_may_be_the_same(zones: list[Zone], ways: list[list[str]]) -> None:
    """What is the same is called by its name before its id, its place in a list, and its parameter."""
    assert [[way[zone] for zone in zones] for way in partitions(zones)] == ways
