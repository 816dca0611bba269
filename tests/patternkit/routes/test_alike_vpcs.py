"""VPCs that are alike are proved once, and those that are not are told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from patternkit.routes import Network, Promise, Verdict, isolated, no_bypass, reaches
from tests.patternkit.routes.test_carriers import ANYWHERE, group
from tests.patternkit.routes.topologies import Topology, inspection

SPOKES = "every spoke subnet"


def test_alike_vpcs_are_proved_once_unless_asked_otherwise(tmp_path: Path) -> None:
    net = inspection(spokes=6, letters="a")
    (tmp_path / "Net.json").write_text(json.dumps(net.template()))
    promise = reaches("every spoke subnet", "internet", port=443)
    for network in (Network.from_templates({"Net": net.template()}), Network.load(tmp_path / "Net.json")):
        proof = network.prove(promise)
        assert proof.traced < proof.pairs
    every = Network.from_templates({"Net": net.template()}, symmetry=False).prove(promise)
    assert every.traced == every.pairs == proof.pairs


@pytest.mark.parametrize("summary", ["10.0.16.0/20", "10.0.16.0/21", "10.0.24.0/21", "10.0.0.0/20", "10.0.16.0/22"])
def test_vpcs_are_told_apart_by_what_covers_them(summary: str) -> None:
    net = inspection(spokes=8, letters="a")
    net.transit_route("SpokeTable", summary, None)
    reduced = Network.from_templates({"Net": net.template()})
    every = Network.from_templates({"Net": net.template()}, symmetry=False)
    for promise in (
        reaches(SPOKES, SPOKES, port=443),
        isolated(["S0", "S2"], ["S4", "S7"]),
        isolated(["S4", "S7"], ["S0", "S2"]),
        isolated("S0", ["S1", "S5"]),
    ):
        ours, theirs = reduced.prove(promise), every.prove(promise)
        assert (ours.verdict, ours.pairs) == (theirs.verdict, theirs.pairs), promise
    assert reduced.prove(reaches(SPOKES, SPOKES, port=443)).verdict is Verdict.FAILS


def told_apart(what: str) -> tuple[Topology, Promise, dict[str, Any]]:
    """Three spokes of which the second differs in one thing that decides a promise about all of them."""
    net = inspection(spokes=3, letters="a")
    every, contracts = ["S0a", "S1a", "S2a"], dict[str, Any]()
    if what == "a target of a load balancer of the hub":
        group(net, "Front", "M", ANYWHERE)
        net.resources["MpaRoute1"]["Properties"]["DestinationCidrBlock"] = "10.0.0.0/8"
        net.subnet("M", "bp", "100.64.9.0/28")
        net.add("Of", "EC2::SubnetRouteTableAssociation", RouteTableId={"Ref": "Mpa"}, SubnetId={"Ref": "Mbp"})
        net.add("Lb", "ElasticLoadBalancingV2::LoadBalancer", Subnets=[{"Ref": "Map"}, {"Ref": "Mbp"}],
                SecurityGroups=[{"Ref": "Front"}])  # fmt: skip
        net.add("Group", "ElasticLoadBalancingV2::TargetGroup", TargetType="ip", Protocol="HTTP", Port=80,
                VpcId={"Ref": "M"}, Targets=[{"Id": "10.0.4.10", "AvailabilityZone": "all"}])  # fmt: skip
        net.add("Listener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Lb"}, Protocol="HTTP", Port=80,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}])  # fmt: skip
        return net, isolated("internet", every), contracts
    if what == "where a proxy opens connections to":
        net.host("Box", "Map", public=True)
        contracts = {"appliances": {"BoxInstance": {"does": "proxies", "to": ["10.0.4.0/24"]}}}
        return net, isolated("internet", every, port=443), contracts
    for number in range(3):
        name = f"S{number}"
        if what == "DNS64":
            six = f"2600:1f18:0:{number}00::"
            net.add(f"{name}Six", "EC2::VPCCidrBlock", VpcId={"Ref": name}, Ipv6CidrBlock=f"{six}/56")
            net.resources[f"{name}a"]["Properties"] |= {"Ipv6CidrBlock": f"{six}/64", "EnableDns64": number == 1}
            net.resources[f"{name}a"]["Properties"] |= {"Ipv6Native": True}
            del net.resources[f"{name}a"]["Properties"]["CidrBlock"]
            net.add(f"{name}Out", "EC2::EgressOnlyInternetGateway", VpcId={"Ref": name})
            net.route(f"{name}aTable", "::/0", {"Ref": f"{name}Out"})
        elif what == "the policy of an endpoint":
            effect = "Deny" if number == 1 else "Allow"
            statement = {"Effect": effect, "Principal": "*", "Action": "*", "Resource": "*"}
            net.add(f"{name}S3", "EC2::VPCEndpoint", VpcId={"Ref": name}, ServiceName="com.amazonaws.eu-west-1.s3",
                    RouteTableIds=[{"Ref": f"{name}aTable"}], PolicyDocument={"Statement": [statement]})  # fmt: skip
        else:
            net.add(f"To{number}", "EC2::Route", RouteTableId={"Ref": f"{name}aTable"}, LocalGatewayId="lgw-1",
                    DestinationCidrBlock="172.20.0.0/16")  # fmt: skip
            if (what == "an Outpost" and number != 1) or what == "a local gateway":
                net.resources[f"{name}a"]["Properties"]["OutpostArn"] = "arn:aws:outposts:o"
            if what == "an Outpost" or number != 1:
                net.add(f"Of{number}", "EC2::LocalGatewayRouteTableVPCAssociation", VpcId={"Ref": name},
                        LocalGatewayRouteTableId="lgw-rtb-1")  # fmt: skip
    end = {"DNS64": "internet", "the policy of an endpoint": "s3"}.get(what, "172.20.0.0/16")
    return net, reaches(every, end, port=443), contracts


@pytest.mark.parametrize(
    "what",
    [
        "a target of a load balancer of the hub",
        "where a proxy opens connections to",
        "DNS64",
        "the policy of an endpoint",
        "a local gateway",
        "an Outpost",
    ],
)
def test_what_one_of_several_vpcs_has_is_not_proved_of_another(what: str) -> None:
    net, promise, contracts = told_apart(what)
    proofs = [net.network(symmetry=symmetry, contracts=contracts).prove(promise) for symmetry in (True, False)]
    assert {proof.verdict for proof in proofs} == {Verdict.FAILS}, "\n\n".join(map(str, proofs))
    assert "Net/S1" in proofs[0].reason or what == "DNS64"
    assert proofs[0].traced == 2, "the two others are alike"


def test_vpcs_that_one_resource_may_stand_in_are_alike() -> None:
    net = inspection(spokes=6, letters="a")
    net.add("Unseen", "ApiGatewayV2::VpcLink", SubnetIds=["subnet-1"])
    every = Network.from_templates({"Net": net.template()}, symmetry=False)
    for promise in (no_bypass(SPOKES, "internet"), isolated(SPOKES, SPOKES), reaches(SPOKES, "internet", port=443)):
        ours, theirs = Network.from_templates({"Net": net.template()}).prove(promise), every.prove(promise)
        assert (ours.verdict, ours.pairs) == (theirs.verdict, theirs.pairs), promise
        assert ours.traced < ours.pairs, promise
    net.add("Known", "EC2::CarrierGateway", VpcId={"Ref": "S2"})
    network = Network.from_templates({"Net": net.template()})
    told = network.prove(no_bypass(SPOKES, "internet")).unknown
    assert any("Net/Known" in reason for reason in told)
    del net.resources["Unseen"]
    network = Network.from_templates({"Net": net.template()})
    assert network.prove(no_bypass("S0", "internet")).verdict is Verdict.HOLDS
    assert network.prove(no_bypass(SPOKES, "internet")).verdict is Verdict.UNKNOWN
