"""The security groups of what scaling groups launch, wherever their launch template says them."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Verdict, isolated, reaches
from tests.patternkit.routes.test_carriers import apart, balanced
from tests.patternkit.routes.topologies import Topology

BACK = [{"Ref": "Back"}]
NAMED = {"LaunchTemplateId": {"Ref": "Launch"}}


def scaled(data: Any, **given: Any) -> Topology:
    """A load balancer before a scaling group, whose hosts let the load balancer's group alone in."""
    net = balanced()
    del net.resources["Group"]["Properties"]["Targets"], net.resources["Host"]
    net.add("Launch", "EC2::LaunchTemplate", LaunchTemplateData=data)
    net.add(
        "Asg",
        "AutoScaling::AutoScalingGroup",
        VPCZoneIdentifier=[{"Ref": "Aa"}],
        TargetGroupARNs=[{"Ref": "Group"}],
        **(given or {"LaunchTemplate": NAMED}),
    )
    apart(net, "Ab", "Aa")
    return net


@pytest.mark.parametrize(
    "data",
    [
        {"SecurityGroupIds": BACK},
        {"NetworkInterfaces": [{"Groups": BACK}]},
        {"NetworkInterfaces": [{"Groups": BACK}, {"Groups": []}]},
        {"SecurityGroupIds": [], "NetworkInterfaces": [{"Groups": BACK}]},
    ],
    ids=str,
)
def test_they_are_read(data: dict[str, Any]) -> None:
    proof = scaled(data).network().prove(isolated("Ab", "Aa"))
    assert proof.verdict is Verdict.FAILS, str(proof)
    # Another port than the one that the group lets in.
    net = scaled(data)
    net.resources["Back"]["Properties"]["SecurityGroupIngress"][0].update(FromPort=22, ToPort=22)
    assert net.network().prove(isolated("Ab", "Aa")).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    "data", [{}, {"NetworkInterfaces": []}, {"NetworkInterfaces": [{}]}, {"NetworkInterfaces": ["eni"]}], ids=str
)
def test_without_any_they_are_the_vpcs_own(data: dict[str, Any]) -> None:
    """Which lets in what is of it, and no load balancer of another group."""
    proof = scaled(data).network().prove(isolated("Ab", "Aa"))
    assert proof.verdict is not Verdict.FAILS, str(proof)
    (group,) = scaled(data).network().model.balancers.values()
    (host,) = (host for host, _ in group.listeners[0].groups[0].hosts)
    assert [str(one) for one in host.security_groups] == ["Net/A.DefaultSecurityGroup"]  # type: ignore[union-attr]


def test_a_mixed_policy_names_the_template_within() -> None:
    mixed = {"LaunchTemplate": {"LaunchTemplateSpecification": NAMED}}
    net = scaled({"SecurityGroupIds": BACK}, MixedInstancesPolicy=mixed)
    assert net.network().prove(isolated("Ab", "Aa")).verdict is Verdict.FAILS


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-1"}}, "their launch template is not in the set (contract: ids)"),
        ({"LaunchTemplate": {"LaunchTemplateName": "n"}}, "their launch template is not in the set (contract: ids)"),
        ({"MixedInstancesPolicy": {"LaunchTemplate": None}}, "their launch template is not in the set (contract: ids)"),
        ({"MixedInstancesPolicy": {}}, "their launch template is not in the set (contract: ids)"),
        ({"InstanceId": "i-1"}, "their launch template is not in the set (contract: ids)"),
    ],
    ids=str,
)
def test_what_is_not_in_the_set_is_said(given: dict[str, Any], words: str) -> None:
    if given.get("MixedInstancesPolicy") == {"LaunchTemplate": None}:
        given = {"MixedInstancesPolicy": {"LaunchTemplate": {}}}
    proof = scaled({"SecurityGroupIds": BACK}, **given).network().prove(isolated("Ab", "Aa"))
    assert proof.verdict is Verdict.UNKNOWN
    assert words in str(proof), str(proof)


def test_data_that_are_no_mapping() -> None:
    proof = scaled({"Fn::ImportValue": "later"}).network().prove(isolated("Ab", "Aa"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "their launch template is not known" in str(proof)


def test_a_scaling_group_is_a_place() -> None:
    """Its instances are asked for by the groups that the launch template gives them."""
    net = scaled({"SecurityGroupIds": BACK})
    network = net.network()
    port = net.resources["Back"]["Properties"]["SecurityGroupIngress"][0]["FromPort"]
    assert network.prove(reaches("Lb", "Asg", port=port, same_vpc=True)).verdict is Verdict.HOLDS
    proof = network.prove(reaches("Lb", "Asg", port=port + 1, same_vpc=True))
    assert proof.verdict is Verdict.FAILS
    assert "the security groups deny it into Net/Asg" in proof.reason
    # Of those whose launch template is elsewhere the groups are not known.
    elsewhere = scaled({"SecurityGroupIds": BACK}, LaunchTemplate={"LaunchTemplateId": "lt-1"}).network()
    proof = elsewhere.prove(reaches("Lb", "Asg", port=port, same_vpc=True))
    assert "their launch template is not in the set" in proof.reason


@pytest.mark.parametrize(("given", "public"), [(True, True), (False, False), (None, True)])
def test_their_public_addresses(given: bool | None, public: bool) -> None:
    interface = {"Groups": BACK} | ({} if given is None else {"AssociatePublicIpAddress": given})
    net = scaled({"NetworkInterfaces": [interface]})
    net.resources["Aa"]["Properties"]["MapPublicIpOnLaunch"] = True
    assert [one.public for one in net.network().model.interfaces.values() if one.path.startswith("Net/Asg")] == [public]
