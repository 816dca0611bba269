"""What a template leaves open, and what is easily overlooked: none of it may ever HOLD."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import ContractError, Network, Promise, Verdict, inspected, isolated, reaches
from tests.patternkit.routes.doubts import left_to_code, overlooked, owners, unmodelled
from tests.patternkit.routes.doubts.left_to_code import a_table_that_a_custom_resource_names, a_type_that_is_not_of_aws
from tests.patternkit.routes.doubts.networks import SPOKES, Case, connected, custom
from tests.patternkit.routes.doubts.overlooked import (
    a_parameter_store_value_that_does_not_exist,
    ipv6_that_is_not_propagated,
)
from tests.patternkit.routes.doubts.unmodelled import (
    a_group_named_across_a_transit_gateway,
    one_type_of_icmp,
    prefixes_that_direct_connect_does_not_advertise,
)
from tests.patternkit.routes.reasons import badly_told
from tests.patternkit.routes.topologies import Topology, inspection

UNKNOWN = owners.UNKNOWN | left_to_code.UNKNOWN | unmodelled.UNKNOWN


@pytest.mark.parametrize(("case", "words"), UNKNOWN.items(), ids=lambda item: getattr(item, "__name__", ""))
def test_it_is_unknown(case: Callable[[], Case], words: str) -> None:
    net, promise = case()
    network = net.network(contracts={"prefixes": {"Dx": ["172.20.0.0/16"]}} if "Dx" in net.resources else None)
    proof = network.prove(promise)
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert any(words in reason for reason in proof.unknown), str(proof)
    assert not badly_told(network, proof)


@pytest.mark.parametrize(("case", "words"), overlooked.FAILS.items(), ids=lambda item: getattr(item, "__name__", ""))
def test_it_fails(case: Callable[[], Case], words: str) -> None:
    net, promise = case()
    proof = net.network().prove(promise)
    assert proof.verdict is Verdict.FAILS, str(proof)
    assert words in proof.reason, str(proof)


class TestWhatIsKnownStillHolds:
    def holds(self, net: Topology, promise: Promise, **options: Any) -> tuple[str, ...]:
        proof = net.network(**options).prove(promise)
        assert proof.verdict is Verdict.HOLDS, str(proof)
        return proof.contracts

    def test_ipv6_with_its_support(self) -> None:
        net, promise = ipv6_that_is_not_propagated()
        for vpc in "AB":
            net.resources[f"{vpc}At"]["Properties"]["Options"] = {"Ipv6Support": "enable"}
        self.holds(net, promise)

    def test_a_group_named_with_support(self) -> None:
        net, promise = a_group_named_across_a_transit_gateway()
        net.resources["Tgw"]["Properties"]["SecurityGroupReferencingSupport"] = "enable"
        self.holds(net, promise)

    def test_another_rule_beside_one_type_of_icmp(self) -> None:
        net, _ = one_type_of_icmp()
        rules = net.resources["Group"]["Properties"]["SecurityGroupIngress"]
        rules.append({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"})
        self.holds(net, reaches("Aa", "Host", port=443))

    def test_one_block_of_a_family_does_not_cloud_the_other(self) -> None:
        net = connected()
        net.add("Pool", "EC2::VPCCidrBlock", VpcId={"Ref": "A"}, Ipv6IpamPoolId="ipam-pool-1", Ipv6NetmaskLength=56)
        self.holds(net, reaches("Aa", "Ba", family=4))

    def test_what_is_surely_elsewhere(self) -> None:
        net = connected()
        net.add("Sub", "EC2::Subnet", VpcId="vpc-0123", CidrBlock="10.9.1.0/24", AvailabilityZone="eu-west-1a")
        net.add("R", "EC2::Route", RouteTableId="rtb-1", DestinationCidrBlock="10.2.0.0/16", GatewayId="igw-1")
        net.table("A", "Other")
        net.add("Of", "EC2::SubnetRouteTableAssociation", RouteTableId={"Ref": "Other"}, SubnetId={"Ref": "Sub"})
        contracts = {"ids": {"rtb-1": {"resource": "none"}}}
        # No VPC of the set has the subnet's addresses.
        self.holds(net, reaches("Aa", "Ba"), contracts=contracts)

    def test_a_harmless_resource_is_named(self) -> None:
        net, promise = a_type_that_is_not_of_aws()
        assert self.holds(net, promise, contracts={"harmless": ["Injector"]}) == ("harmless Injector",)

    def test_what_a_custom_resource_is_called_by_contract(self) -> None:
        net, _ = a_table_that_a_custom_resource_names()
        contracts = {"returns": {"Finder": {"Ref": {"resource": "TA"}}}}
        assert self.holds(net, reaches("Aa", "Ba"), contracts=contracts) == ("returns Finder",)

    def test_a_condition_on_a_contract_is_named(self) -> None:
        net = connected()
        net.extra["Parameters"] = {"Stage": {"Type": "String"}}
        net.extra["Conditions"] = {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}}
        net.resources["TARoute0"]["Condition"] = "Live"
        contracts = {"parameters": {"Net": {"Stage": "live"}}}
        assert self.holds(net, reaches("Aa", "Ba"), contracts=contracts) == ("parameter Stage of Net",)

    def test_the_attachment_of_a_direct_connect_association(self) -> None:
        net, _ = prefixes_that_direct_connect_does_not_advertise()
        net.resources["Dx"]["Properties"]["AllowedPrefixesToDirectConnectGateway"].append("10.1.0.0/16")
        custom(net, "Lookup")
        attachment = {"Fn::GetAtt": ["Lookup", "Id"]}
        net.transit_table("DxTable", of=(attachment,), propagated=("AAt",))
        net.add(
            "DxPropagates",
            "EC2::TransitGatewayRouteTablePropagation",
            TransitGatewayRouteTableId={"Ref": "Table"},
            TransitGatewayAttachmentId=attachment,
        )
        contracts = {"prefixes": {"Dx": ["172.20.0.0/16"]}, "returns": {"Lookup": {"Id": {"attachment-of": "Dx"}}}}
        assert self.holds(net, reaches("Aa", "Dx"), contracts=contracts) == ("prefixes Dx", "returns Lookup")
        assert self.holds(net, isolated("Dx", "Ba"), contracts=contracts)

    def test_spokes_are_told_from_what_is_none(self) -> None:
        proof = inspection().network().prove(inspected(SPOKES, "internet"))
        assert any(note.startswith("no spoke, because") and note.endswith("Net/M") for note in proof.notes)


@pytest.mark.parametrize(
    ("contracts", "words"),
    [
        ({"appliance-mode": {"MAtt": False}}, "appliance-mode of 'MAtt', which is no resource; did you mean 'M"),
        ({"prefixes": {"Vpn": []}}, "prefixes of 'Vpn', which is no resource"),
        ({"parameters": {"Nit": {"A": 1}}}, "parameters of 'Nit', which is not a stack; did you mean 'Net'"),
        ({"parameters": {"Net": {"Zone": "a"}}}, "Net has no parameter 'Zone'"),
    ],
)
def test_a_contract_that_names_nothing(contracts: dict[str, Any], words: str) -> None:
    with pytest.raises(ContractError) as caught:
        inspection().network(contracts=contracts).prove(inspected(SPOKES, "internet"))
    assert words in str(caught.value)


def test_exports_under_conditions() -> None:
    exporter = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Nothing": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {
            "One": {"Value": "10.2.0.0/16", "Export": {"Name": "block"}},
            "Two": {"Value": "10.7.0.0/16", "Export": {"Name": "block"}, "Condition": "Never"},
        },
    }
    net, promise = a_parameter_store_value_that_does_not_exist()
    del net.extra["Parameters"]
    for name in ("One", "Two"):
        del net.resources[name]
    net.resources["R"]["Properties"]["DestinationCidrBlock"] = {"Fn::ImportValue": "block"}
    proof = Network.from_templates({"Exporter": exporter, "Net": net.template()}).prove(promise)
    assert proof.verdict is Verdict.FAILS, str(proof)


def test_a_firewall_with_more_endpoints_than_zones() -> None:
    net = Topology()
    net.vpc("A", "10.1.0.0/16", **{f"{letter}1": f"10.1.{n}.0/24" for n, letter in enumerate("abcdefghijkl")})
    net.firewall("Fw", "A", *(f"{letter}1" for letter in "abcdefghijkl"))
    for number, letter in itertools.islice(enumerate("abcdefghijkl"), 1):
        net.table("A", f"T{letter}", f"{letter}1", routes={"0.0.0.0/0": net.endpoint_by_index("Fw", number)})
    proof = net.network().prove(inspected("Aa1", "internet"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "has 12 endpoints, in any order" in proof.reason
