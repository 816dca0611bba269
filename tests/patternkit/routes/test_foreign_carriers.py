"""Load balancers, accelerators, endpoints and instances of which a part is of another stack."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Verdict, isolated, reaches
from tests.patternkit.routes.reasons import badly_told
from tests.patternkit.routes.topologies import Topology

IMPORT: Any = {"Fn::ImportValue": "other"}
TEXT = "id-0123456789abcdef0"
OF_A = isolated("Aa", "internet")
Resources = dict[str, tuple[str, dict[str, Any]]]


def group(vpc: Any = None, **more: Any) -> tuple[str, dict[str, Any]]:
    given = {"VpcId": vpc or {"Ref": "A"}, "Port": 80, "Protocol": "TCP", "TargetType": "ip", **more}
    return "ElasticLoadBalancingV2::TargetGroup", given


def listener(balancer: Any) -> tuple[str, dict[str, Any]]:
    action = [{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}]
    return "ElasticLoadBalancingV2::Listener", {"LoadBalancerArn": balancer, "Port": 80, "Protocol": "TCP", "DefaultActions": action}  # noqa: E501  # fmt: skip


def rule(above: Any) -> tuple[str, dict[str, Any]]:
    targets = {"ForwardConfig": {"TargetGroups": [{"TargetGroupArn": {"Ref": "Group"}}]}, "Type": "forward"}
    return "ElasticLoadBalancingV2::ListenerRule", {"ListenerArn": above, "Priority": 1, "Conditions": [], "Actions": [targets]}  # noqa: E501  # fmt: skip


def balancer(subnets: Any) -> tuple[str, dict[str, Any]]:
    return "ElasticLoadBalancingV2::LoadBalancer", {"Type": "network", "Subnets": subnets, "Scheme": "internet-facing"}


def mapped(subnets: Any) -> tuple[str, dict[str, Any]]:
    return "ElasticLoadBalancingV2::LoadBalancer", {"Type": "network", "SubnetMappings": subnets}


def tasks(subnets: Any, arn: Any) -> tuple[str, dict[str, Any]]:
    network = {"AwsvpcConfiguration": {"Subnets": subnets}}
    given = [{"TargetGroupArn": arn, "ContainerName": "c", "ContainerPort": 80}]
    return "ECS::Service", {"NetworkConfiguration": network, "LoadBalancers": given}


def fleet(subnets: Any, arn: Any) -> tuple[str, dict[str, Any]]:
    return "AutoScaling::AutoScalingGroup", {"VPCZoneIdentifier": subnets, "TargetGroupARNs": [arn], "MinSize": "1", "MaxSize": "1"}  # noqa: E501  # fmt: skip


def registering(kind: str, **given: Any) -> tuple[str, dict[str, Any]]:
    own = {"VPCZoneIdentifier": [{"Ref": "Aa"}]} if kind.startswith("AutoScaling") else {}
    return kind, {**own, **given}


def sourced(identifier: Any, kind: str) -> tuple[str, dict[str, Any]]:
    return registering("AutoScaling::AutoScalingGroup", TrafficSources=[{"Identifier": identifier, "Type": kind}])


IN_A = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Aa"}]}}
CLASSIC = [{"LoadBalancerName": "classic", "ContainerName": "c", "ContainerPort": 80}]


def arms(*subnets: Any) -> tuple[str, dict[str, Any]]:
    return "EC2::Instance", {"NetworkInterfaces": [{"DeviceIndex": str(n), "SubnetId": one} for n, one in enumerate(subnets)]}  # noqa: E501  # fmt: skip


def endpoint(kind: str, vpc: Any, service: Any) -> tuple[str, dict[str, Any]]:
    named = {"ServiceName": service} if service else {}
    return "EC2::VPCEndpoint", {"VpcEndpointType": kind, "VpcId": vpc, "SubnetIds": [IMPORT], **named}


def accelerated(end: Any) -> tuple[str, dict[str, Any]]:
    return "GlobalAccelerator::EndpointGroup", {"ListenerArn": "arn", "EndpointGroupRegion": "eu-west-1", "EndpointConfigurations": [{"EndpointId": end}]}  # noqa: E501  # fmt: skip


S3 = "com.amazonaws.eu-west-1.s3"
OF_AWS = "com.amazonaws.eu-west-1.sqs"
# What is made, which of it is doubted, and whether B is out of it.
CASES: dict[str, tuple[Resources, str, bool]] = {
    "a foreign load balancer's listener": ({"Group": group(), "It": listener(IMPORT)}, "It", True),
    "one by text": ({"Group": group(), "It": listener(TEXT)}, "It", True),
    "a foreign listener's rule": ({"Group": group(), "It": rule(IMPORT)}, "It", True),
    "a rule to targets that are not known": ({"Group": group(IMPORT), "It": rule(IMPORT)}, "It", False),
    "a foreign load balancer's targets by address": (
        {"Group": group(IMPORT, Targets=[{"Id": "10.1.1.9"}]), "It": rule(IMPORT)}, "It", True),
    "tasks behind a foreign load balancer": ({"It": tasks([{"Ref": "Aa"}], IMPORT)}, "It", True),
    "tasks that may be anywhere": ({"It": tasks([IMPORT], IMPORT)}, "It", False),
    "a fleet behind a foreign load balancer": ({"It": fleet([{"Ref": "Aa"}], TEXT)}, "It", True),
    "a fleet that may be anywhere": ({"It": fleet(IMPORT, TEXT)}, "It", False),
    "a fleet behind a classic load balancer": (
        {"It": registering("AutoScaling::AutoScalingGroup", LoadBalancerNames=["classic"])}, "It", True),
    "a fleet with a classic load balancer as its source": ({"It": sourced("classic", "elb")}, "It", True),
    "a fleet with VPC Lattice as its source": ({"It": sourced(TEXT, "vpc-lattice")}, "It", True),
    "a fleet with a foreign source": ({"It": sourced(TEXT, "elbv2")}, "It", True),
    "tasks behind a classic load balancer": (
        {"It": registering("ECS::Service", NetworkConfiguration=IN_A, LoadBalancers=CLASSIC)}, "It", True),
    "tasks behind VPC Lattice": (
        {"It": registering("ECS::Service", NetworkConfiguration=IN_A,
                           VpcLatticeConfigurations=[{"TargetGroupArn": TEXT}])}, "It", True),
    "tasks on instances behind a classic load balancer": (
        {"It": registering("ECS::Service", LoadBalancers=CLASSIC)}, "It", False),
    "a load balancer and targets that may be anywhere": (
        {"Group": group(IMPORT), "It": balancer([IMPORT]), "L": listener({"Ref": "It"}),
         "Tasks": tasks([IMPORT], {"Ref": "Group"})}, "It", False),
    "a load balancer that may be anywhere, without a listener": ({"It": balancer([IMPORT])}, "It", False),
    "a load balancer with targets of another VPC": (
        {"Group": group(Targets=[{"Id": IMPORT}]), "It": balancer([{"Ref": "Ca"}]), "L": listener({"Ref": "It"})},
        "It", True),
    "a load balancer by mappings that may be anywhere": ({"It": mapped([{"SubnetId": IMPORT}])}, "It", False),
    "a load balancer by what is no mapping": ({"It": mapped([IMPORT])}, "It", False),
    "an instance with an arm that may be anywhere": ({"It": arms({"Ref": "Ca"}, IMPORT)}, "It", False),
    "an instance with arms that may be anywhere": ({"It": arms(TEXT, IMPORT)}, "It", False),
    "an endpoint of S3 that may be anywhere": ({"It": endpoint("Interface", IMPORT, S3)}, "It", False),
    "an endpoint of VPC Lattice": ({"It": endpoint("ServiceNetwork", TEXT, None)}, "It", False),
    "an endpoint of a resource in VPC Lattice": ({"It": endpoint("Resource", TEXT, None)}, "It", False),
    "an endpoint that may be anywhere of a service of the set": (
        {"Lb": balancer([{"Ref": "Ca"}]),
         "Service": ("EC2::VPCEndpointService", {"NetworkLoadBalancerArns": [{"Ref": "Lb"}]}),
         "It": endpoint("Interface", IMPORT, "com.amazonaws.vpce.eu-west-1.vpce-svc-1")}, "It", False),
    "an accelerator's endpoint": ({"It": accelerated(IMPORT)}, "It", True),
}  # fmt: skip
UNHARMED: dict[str, Resources] = {
    "a listener of the set": {
        "Group": group(), "Lb": balancer([{"Ref": "Ca"}]), "It": listener({"Ref": "Lb"})},
    "tasks behind a load balancer of the set": {
        "Group": group({"Ref": "C"}), "It": tasks([{"Ref": "Ca"}], {"Ref": "Group"})},
    "a group that no listener names": {"Group": group(Targets=[{"Id": "10.1.1.9"}])},
    "a function as a target": {"Group": group(TargetType="lambda"), "It": listener(IMPORT)},
    "an endpoint of a service of AWS": {"It": endpoint("Interface", IMPORT, OF_AWS)},
    "an endpoint of S3 in another VPC": {"It": endpoint("Interface", {"Ref": "C"}, S3)},
    "an endpoint of VPC Lattice in another VPC": {"It": endpoint("Resource", {"Ref": "C"}, None)},
    "an instance with one arm": {"It": arms(IMPORT)},
    "an instance with arms in one VPC": {"It": arms({"Ref": "Ca"}, {"Ref": "Ca"})},
    "a listener of targets elsewhere": {"Group": group({"Ref": "C"}), "It": listener(IMPORT)},
}  # fmt: skip


def net(resources: Resources) -> Topology:
    made = Topology()
    for number, name in enumerate("ABC", 1):
        made.vpc(name, f"10.{number}.0.0/16", a=f"10.{number}.1.0/24")
    made.internet_gateway("A")
    for name, (kind, properties) in resources.items():
        made.add(name, kind, **properties)
    return made


@pytest.mark.parametrize("case", CASES)
def test_what_it_may_carry_is_not_known(case: str) -> None:
    resources, doubted, in_a_alone = CASES[case]
    network = net(resources).network()
    proof = network.prove(OF_A)
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert f"Net/{doubted} (AWS::{resources[doubted][0]}, " in str(proof)
    assert f"harmless, Net/{doubted})" in str(proof)
    assert not badly_told(network, proof)
    elsewhere = network.prove(isolated("Ba", "internet"))
    assert elsewhere.verdict is (Verdict.HOLDS if in_a_alone else Verdict.UNKNOWN), str(elsewhere)
    for name in (doubted, f"AWS::{resources[doubted][0]}"):
        lifted = net(resources).network(contracts={"harmless": [name]}).prove(OF_A)
        assert (lifted.verdict, lifted.contracts) == (Verdict.HOLDS, (f"harmless {name}",)), str(lifted)


@pytest.mark.parametrize("case", UNHARMED)
def test_what_carries_nothing_there_is_passed_over(case: str) -> None:
    proof = net(UNHARMED[case]).network().prove(OF_A)
    assert proof.verdict is Verdict.HOLDS, str(proof)


@pytest.mark.parametrize(
    "resources",
    [
        {"It": arms({"Ref": "Ca"}, TEXT)},
        {"It": accelerated(TEXT)},
        {"It": tasks([TEXT], {"Ref": "Group"}), "Group": group({"Ref": "C"})},
        {"It": endpoint("ServiceNetwork", TEXT, None)},
        {"It": balancer([TEXT])},
    ],
    ids=str,
)
def test_what_is_none_of_the_set_is_elsewhere(resources: Resources) -> None:
    contracts = {"ids": {TEXT: {"resource": "none"}}, "imports": {"other": {"resource": "none"}}}
    proof = net(resources).network(contracts=contracts).prove(OF_A)
    assert proof.verdict is Verdict.HOLDS, str(proof)


def test_a_foreign_load_balancer_is_a_further_way_and_breaks_none() -> None:
    made = net({"Group": group(), "It": listener(IMPORT)})
    made.subnet("A", "b", "10.1.2.0/24")
    assert made.network().prove(reaches("Aa", "Ab")).verdict is Verdict.HOLDS


def test_what_a_contract_says_of_arms_holds() -> None:
    made = net({"It": arms({"Ref": "Ca"}, IMPORT)}).network(contracts={"appliances": {"It": "forwards"}})
    assert made.prove(OF_A).verdict is Verdict.HOLDS


@pytest.mark.parametrize("known", [0, 1])
def test_what_comes_in_or_goes_out_by_an_arm_that_may_be_anywhere(known: int) -> None:
    subnets: list[Any] = [IMPORT, IMPORT]
    subnets[known] = {"Ref": "Ca"}
    made = net({"It": arms(*subnets)})
    rule = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]
    made.add("Open", "EC2::SecurityGroup", GroupDescription="o", VpcId={"Ref": "C"}, SecurityGroupIngress=rule)
    made.subnet("C", "b", "10.3.2.0/24")
    made.table("C", "Through", "b")
    for name, subnet in zip(("Eni", "Out"), subnets, strict=True):
        made.add(name, "EC2::NetworkInterface", SubnetId=subnet, SourceDestCheck=False, GroupSet=[{"Ref": "Open"}])
    listed = [{"DeviceIndex": str(n), "NetworkInterfaceId": {"Ref": name}} for n, name in enumerate(("Eni", "Out"))]
    made.resources["It"]["Properties"] = {"NetworkInterfaces": listed}
    made.route("Through", "0.0.0.0/0", {"Ref": "Eni"})
    out = {"It": {"does": "forwards", "out": {"Eni": "Out"}}}
    proof = made.network(contracts={"appliances": out}).prove(reaches("Cb", "10.9.0.0/16"))
    path = "Net/Out" if known == 0 else "Net/Eni"
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert f"the subnet of {path}: no stack of the set exports" in str(proof), str(proof)
