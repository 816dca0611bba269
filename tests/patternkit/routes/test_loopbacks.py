"""A target that connects to its own load balancer: the connection may come back to it, and gets no answer."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Verdict, isolated, no_blackhole, reaches
from tests.patternkit.routes.test_carriers import ANYWHERE, balanced, verdict
from tests.patternkit.routes.topologies import Topology

FAILS, HOLDS, UNKNOWN = Verdict.FAILS, Verdict.HOLDS, Verdict.UNKNOWN
KEEPS, CROSS = "preserve_client_ip.enabled", "load_balancing.cross_zone.enabled"
ITSELF = "a connection of Net/Host to itself gets no answer"


def balancer(sort: str = "network", **options: Any) -> Topology:
    return balanced(sort, **{"scheme": "internal", "balancer_rule": ANYWHERE, "host_rule": ANYWHERE, **options})


def beside(net: Topology, subnet: str = "Aa", address: str = "10.0.3.11") -> Topology:
    net.add("Other", "EC2::Instance", SubnetId={"Ref": subnet}, PrivateIpAddress=address,
            SecurityGroupIds=[{"Ref": "Back"}])  # fmt: skip
    net.resources["Group"]["Properties"]["Targets"].append({"Id": {"Ref": "Other"}})
    return net


@pytest.mark.parametrize(
    ("target", "attributes", "expected"),
    [
        ("instance", {}, FAILS),
        ("instance", {KEEPS: "true"}, FAILS),
        ("instance", {KEEPS: "false"}, HOLDS),
        ("ip", {}, HOLDS),
        ("ip", {KEEPS: "true"}, FAILS),
    ],
)
def test_the_only_target_is_the_client(target: str, attributes: dict[str, str], expected: Verdict) -> None:
    net = balancer(target=target, attributes=attributes)
    words = () if expected is HOLDS else ("Net/Lb has no other target for it", ITSELF)
    assert verdict(net, reaches("Host", "Lb", port=80), *words) is expected
    # A host of its subnet that is no target gets an answer, and no route loses anything.
    assert verdict(net, reaches("Aa", "Lb", port=80)) is HOLDS
    assert verdict(net, no_blackhole("Host", "Lb", port=80)) is HOLDS
    # Nothing listens there.
    assert verdict(net, isolated("Host", "Lb", port=81)) is HOLDS


def test_there_is_another_target() -> None:
    asked = reaches("Host", "Lb", port=80)
    assert verdict(beside(balancer()), asked, "Net/Lb may send it back to Net/Host", ITSELF) is UNKNOWN
    # In another zone it is one where what is sent crosses zones.
    assert verdict(beside(balancer(), "Ab", "10.0.4.11"), asked, "has no other target") is FAILS
    assert verdict(beside(balancer(attributes={CROSS: "true"}), "Ab", "10.0.4.11"), asked, "may send it") is UNKNOWN


def test_the_client_is_no_target_of_the_listener() -> None:
    net = beside(balancer())
    net.resources["Group"]["Properties"]["Targets"] = [{"Id": {"Ref": "Other"}}]
    assert verdict(net, reaches("Host", "Lb", port=80)) is HOLDS
    assert verdict(net, reaches("Other", "Lb", port=80), "a connection of Net/Other to itself") is FAILS


@pytest.mark.parametrize(("sort", "scheme"), [("application", "internal"), ("network", "internet-facing")])
def test_targets_that_see_another_address(sort: str, scheme: str) -> None:
    assert verdict(balancer(sort, scheme=scheme), reaches("Host", "Lb", port=80)) is HOLDS


def test_hosts_of_which_there_may_be_several() -> None:
    net = balancer()
    del net.resources["Group"]["Properties"]["Targets"]
    net.add("Launch", "EC2::LaunchTemplate", LaunchTemplateData={"SecurityGroupIds": [{"Ref": "Back"}]})
    net.add("Asg", "AutoScaling::AutoScalingGroup", VPCZoneIdentifier=[{"Ref": "Aa"}, {"Ref": "Ab"}],
            TargetGroupARNs=[{"Ref": "Group"}], LaunchTemplate={"LaunchTemplateId": {"Ref": "Launch"}})  # fmt: skip
    asked = reaches("Asg", "Lb", port=80)
    assert verdict(net, asked, "may send it back to Net/Asg (Aa)", "preserve_client_ip.enabled off") is UNKNOWN
    net.resources["Group"]["Properties"]["TargetGroupAttributes"] = [{"Key": KEEPS, "Value": "false"}]
    assert verdict(net, asked) is HOLDS
