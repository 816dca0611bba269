"""Appliances behind a gateway load balancer: whether they get its packets, and its health checks; and who is let in."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Verdict, reaches
from tests.patternkit.routes import test_carriers

OUT = reaches("Aa", "internet", port=443)
made = test_carriers.TestGatewayLoadBalancers().network


def rule(protocol: str, first: int, last: int, remote: str = "10.9.1.0/24") -> dict[str, Any]:
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": last, "CidrIp": remote}


GENEVE, HEALTH = rule("udp", 6081, 6081), rule("tcp", 80, 80)
DENIED = "the security groups of Net/Box deny what Net/Gwlb sends, UDP 6081"
PERHAPS = "whether Net/Box gets what Net/Gwlb sends, UDP 6081, is not known (contract: none)"


def ill(port: int) -> str:
    return (
        "Net/Box may never be healthy: its security groups do not surely let Net/Gwlb check TCP "
        f"{port} (contract: none)"
    )


@pytest.mark.parametrize(
    ("rules", "group", "verdict", "reason"),
    [
        ([GENEVE, HEALTH], {}, "HOLDS", ""),
        ([rule("-1", -1, -1, "0.0.0.0/0")], {}, "HOLDS", ""),
        ([HEALTH], {}, "FAILS", f"it is lost: {DENIED}"),
        ([rule("tcp", 6081, 6081), HEALTH], {}, "FAILS", f"it is lost: {DENIED}"),
        ([rule("udp", 6081, 6081, "10.9.2.0/24"), HEALTH], {}, "FAILS", f"it is lost: {DENIED}"),
        ([rule("udp", 6081, 6081, "10.9.1.0/25"), HEALTH], {}, "UNKNOWN", PERHAPS),
        ([GENEVE], {}, "UNKNOWN", ill(80)),
        (
            [GENEVE, HEALTH],
            {"HealthCheckPort": {"Fn::ImportValue": "later"}},
            "UNKNOWN",
            ill(80).replace("TCP 80", "TCP, on a port that is not known"),
        ),
        ([GENEVE, HEALTH], {"HealthCheckPort": "8080"}, "UNKNOWN", ill(8080)),
        ([GENEVE, rule("tcp", 8080, 8080)], {"HealthCheckPort": "8080"}, "HOLDS", ""),
        ([GENEVE, rule("tcp", 80, 80, "10.9.1.0/25")], {}, "UNKNOWN", ill(80)),
        ({"Fn::ImportValue": "later"}, {}, "UNKNOWN", PERHAPS),
    ],
    ids=str,
)
def test_what_appliances_get(rules: Any, group: dict[str, Any], verdict: str, reason: str) -> None:
    net = made(Group=group)
    net.resources["AnyGroup"]["Properties"]["SecurityGroupIngress"] = rules
    proof = net.network().prove(OUT)
    assert (proof.verdict.value, proof.reason) == (verdict, reason)


BACK = "the security groups of Net/Box deny what goes back to Net/Gwlb, UDP 6081"
PERHAPS_BACK = "whether Net/Box may send packets back to Net/Gwlb, UDP 6081, is not known (contract: none)"


@pytest.mark.parametrize(
    ("rules", "verdict", "reason"),
    [
        ([GENEVE], "HOLDS", ""),
        ([rule("-1", -1, -1, "0.0.0.0/0")], "HOLDS", ""),
        # An answer of the flow would go to its port, not to 6081.
        ([rule("udp", 1024, 6080)], "FAILS", f"it is lost: {BACK}"),
        ([rule("tcp", 6081, 6081)], "FAILS", f"it is lost: {BACK}"),
        ([rule("udp", 6081, 6081, "10.9.2.0/24")], "FAILS", f"it is lost: {BACK}"),
        ([rule("icmp", 252, 86, "255.255.255.255/32")], "FAILS", f"it is lost: {BACK}"),
        ([rule("udp", 6081, 6081, "10.9.1.0/25")], "UNKNOWN", PERHAPS_BACK),
    ],
    ids=str,
)
def test_what_appliances_send_back(rules: list[dict[str, Any]], verdict: str, reason: str) -> None:
    net = made()
    net.resources["AnyGroup"]["Properties"].update(SecurityGroupIngress=[GENEVE, HEALTH], SecurityGroupEgress=rules)
    proof = net.network().prove(OUT)
    assert (proof.verdict.value, proof.reason) == (verdict, reason)


def test_groups_that_are_not_known_are_no_denial() -> None:
    for given in ({"Fn::ImportValue": "later"}, ["sg-1"]):
        proof = made(Box={"GroupSet": given}).network().prove(OUT)
        assert (proof.verdict, proof.reason) == (Verdict.UNKNOWN, PERHAPS)


@pytest.mark.parametrize(
    ("accepted", "verdict", "reason"),
    [
        ({}, "UNKNOWN",
         "whether Net/Service accepts Net/Endpoint is not in the template (contract: accepted, Net/Endpoint)"),
        ({"Endpoint": True}, "HOLDS", ""),
        ({"Endpoint": False}, "FAILS", "it is lost: Net/Service does not accept Net/Endpoint, says a contract"),
    ],
    ids=str,
)  # fmt: skip
def test_who_is_let_in(accepted: dict[str, bool], verdict: str, reason: str) -> None:
    net = made(Service={"AcceptanceRequired": True})
    proof = net.network(contracts={"accepted": accepted}).prove(OUT)
    assert (proof.verdict.value, proof.reason) == (verdict, reason)
    assert proof.contracts == tuple(f"accepted {name}" for name in accepted)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Service": {"GatewayLoadBalancerArns": ["arn:x"]}},
         "Net/Service has the load balancer arn:x, which is not in the set (contract: ids)"),
        ({"Listener": {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "arn:y"}]}},
         "Net/Listener forwards to arn:y, which is not in the set (contract: ids)"),
        ({"Group": {"Targets": [{"Id": "i-1"}]}}, "a target of Net/Group: i-1 is not in the set (contract: ids)"),
        ({"Gwlb": {"Subnets": [{"Ref": "Ma"}, "subnet-1"]}},
         "a subnet of Net/Gwlb: subnet subnet-1 is not in the set (contract: ids)"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_known_of_it(changes: dict[str, Any], reason: str) -> None:
    proof = made(**changes).network().prove(OUT)
    assert (proof.verdict, proof.reason) == (Verdict.UNKNOWN, reason)


def test_failover_settings_that_differ_are_refused() -> None:
    attributes = [{"Key": "target_failover.on_deregistration", "Value": "rebalance"}]
    proof = made(Group={"TargetGroupAttributes": attributes}).network().prove(OUT)
    assert proof.verdict is Verdict.UNKNOWN
    assert "must be equal, not rebalance and no_rebalance [InvalidConfigurationRequest]" in proof.reason
    both = [{"Key": f"target_failover.on_{one}", "Value": "rebalance"} for one in ("deregistration", "unhealthy")]
    assert made(Group={"TargetGroupAttributes": both}).network().prove(OUT).verdict is Verdict.HOLDS
