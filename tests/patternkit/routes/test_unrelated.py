"""What has nothing to do with a promise changes nothing of its proof, nor does the order in which resources stand.

Each network stands between others of which it is no part: they have one or more of whatever it may have, before its own
and after them, so that no look at the first or last one of a kind is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import Promise, inspected, isolated, no_blackhole, no_bypass, reaches, same_az, symmetric
from patternkit.routes.proving.proof import answer_data
from tests.patternkit.routes import test_endpoint_service_flows, test_proxies, test_rare_ways
from tests.patternkit.routes.test_carriers import (
    ANYWHERE,
    TestGatewayLoadBalancers,
    accelerated,
    balanced,
    group,
    linked,
)
from tests.patternkit.routes.test_values_that_are_not_known import guarded, keeping, out, peered, routed_by, site
from tests.patternkit.routes.topologies import Topology, inspection
from tests.patternkit.routes.two_vpcs import two_vpcs

Made = Callable[[], Topology]


def balancer(net: Topology, name: str, sort: str, vpc: str, address: str) -> None:
    protocol = "HTTP" if sort == "application" else "TCP"
    guards = {"SecurityGroups": [{"Ref": f"{vpc}Door"}]} if sort == "application" else {}
    net.add(name, "ElasticLoadBalancingV2::LoadBalancer", Type=sort,
            Subnets=[{"Ref": f"{vpc}ap"}, {"Ref": f"{vpc}bp"}], **guards)  # fmt: skip
    net.add(f"{name}Group", "ElasticLoadBalancingV2::TargetGroup", TargetType="ip", Protocol=protocol, Port=8080,
            VpcId={"Ref": vpc}, Targets=[{"Id": address}])  # fmt: skip
    net.add(f"{name}Listener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": name}, Protocol=protocol,
            Port=80, DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": f"{name}Group"}}])  # fmt: skip


def others(mark: str, number: int, *, firewall: bool) -> dict[str, Any]:
    """A network of two VPCs, a transit gateway and a site, with load balancers, endpoints and an accelerator."""
    net = Topology()
    one, two = f"{mark}One", f"{mark}Two"
    for index, name in enumerate((one, two)):
        base = f"10.{number + index}"
        net.vpc(
            name, f"{base}.0.0/16", a=f"{base}.1.0/24", b=f"{base}.2.0/24", ap=f"{base}.3.0/24", bp=f"{base}.4.0/24"
        )
        group(net, f"{name}Door", name, ANYWHERE)
        gateway = net.internet_gateway(name)
        nat = net.nat(f"{name}Nat", f"{name}ap")
        net.table(name, f"{name}Private", "a", "b", routes={"0.0.0.0/0": nat})
        net.table(name, f"{name}Public", "ap", routes={"0.0.0.0/0": gateway})
        net.acl(f"{name}Acl", f"{name}b", inbound=["allow tcp 80 0.0.0.0/0"], outbound=["allow all * 0.0.0.0/0"])
        net.resources[f"{name}Acl"]["Properties"]["VpcId"] = {"Ref": name}
        net.add(f"{name}Host", "EC2::Instance", SubnetId={"Ref": f"{name}a"}, PrivateIpAddress=f"{base}.1.10",
                SecurityGroupIds=[{"Ref": f"{name}Door"}])  # fmt: skip
        for sort in ("application", "network"):
            balancer(net, f"{name}{sort.capitalize()}", sort, name, f"{base}.1.10")
    net.transit_gateway(f"{mark}Tgw", defaults=True)
    net.attach(one, "a", tgw=f"{mark}Tgw")
    net.attach(two, "a", tgw=f"{mark}Tgw")
    net.vpn(f"{mark}Site", tgw=f"{mark}Tgw", static=True, asn=64600 + number)
    net.vpn(f"{mark}Behind", vgw=net.vpn_gateway(one), static=True, asn=64700 + number)
    net.route(f"{one}Private", f"10.{number + 1}.0.0/16", {"Ref": f"{mark}Tgw"})
    net.peering(f"{mark}Peering", one, two)
    net.route(f"{two}Private", f"10.{number}.0.0/16", {"Ref": f"{mark}Peering"})
    net.add(f"{mark}Service", "EC2::VPCEndpointService", NetworkLoadBalancerArns=[{"Ref": f"{one}Network"}],
            AcceptanceRequired=False)  # fmt: skip
    names = {
        "OfService": {"Fn::Sub": f"com.amazonaws.vpce.${{AWS::Region}}.${{{mark}Service}}"},
        "OfAws": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
    }
    for name, service in names.items():
        net.add(f"{mark}{name}", "EC2::VPCEndpoint", VpcEndpointType="Interface", VpcId={"Ref": two},
                ServiceName=service, SubnetIds=[{"Ref": f"{two}a"}],
                SecurityGroupIds=[{"Ref": f"{two}Door"}])  # fmt: skip
    net.add(f"{mark}S3", "EC2::VPCEndpoint", VpcId={"Ref": one}, ServiceName="com.amazonaws.eu-west-1.s3",
            RouteTableIds=[{"Ref": f"{one}Public"}])  # fmt: skip
    net.add(f"{mark}Ga", "GlobalAccelerator::Accelerator", Name="ga")
    net.add(f"{mark}GaListener", "GlobalAccelerator::Listener", AcceleratorArn={"Ref": f"{mark}Ga"}, Protocol="TCP",
            PortRanges=[{"FromPort": 80, "ToPort": 80}])  # fmt: skip
    net.add(f"{mark}Endpoints", "GlobalAccelerator::EndpointGroup", ListenerArn={"Ref": f"{mark}GaListener"},
            EndpointGroupRegion="eu-west-1", EndpointConfigurations=[
                {"EndpointId": {"Ref": f"{one}Host"}}, {"EndpointId": {"Ref": f"{one}Application"}}])  # fmt: skip
    if firewall:
        net.subnet(one, "af", f"10.{number}.5.0/28")
        net.firewall(f"{mark}Fw", one, "af", policy=f"{mark}Policy")
    return net.resources


def among_others(made: Topology) -> Topology:
    firewall = any(one["Type"] == "AWS::NetworkFirewall::Firewall" for one in made.resources.values())
    net = Topology()
    before, after = others("Before", 240, firewall=firewall), others("After", 242, firewall=firewall)
    net.resources, net.extra = {**before, **made.resources, **after}, made.extra
    return net


def reversed_order(made: Topology) -> Topology:
    net = Topology()
    net.resources, net.extra = dict(reversed(made.resources.items())), made.extra
    return net


def only_service() -> Topology:
    return test_endpoint_service_flows.service()


def behind_a_gateway_load_balancer() -> Topology:
    return TestGatewayLoadBalancers().network()


def by_a_proxy() -> Topology:
    return test_proxies.around()


def of_aws() -> Topology:
    return linked(Endpoint={"ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}})


HTTPS = reaches("Aa", "Host", port=443)
CASES: list[tuple[Made, Promise]] = [
    *((base, promise) for base, promise, _, _ in test_rare_ways.CASES[::3]),
    *((balanced, isolated(source, end)) for source in ("internet", "Ab") for end in ("Host", "Aa")),
    (balanced, reaches("internet", "Lb", port=80)),
    (keeping, isolated("internet", "Host")),
    (lambda: accelerated(EndpointId={"Ref": "Lb"}), isolated("internet", "Host")),
    (lambda: accelerated(EndpointId={"Ref": "Host"}), isolated("internet", "Host")),
    *((linked, make("Aa", end)) for make in (isolated, reaches) for end in ("Host", "Bah")),
    (guarded, isolated("Aa", "Host")),
    (of_aws, isolated("Aa", "s3")),
    *((only_service, make("Aa", "Host", port=443)) for make in (reaches, symmetric, same_az, no_blackhole, isolated)),
    (behind_a_gateway_load_balancer, reaches("Aa", "internet", port=443)),
    (behind_a_gateway_load_balancer, no_bypass("Aa", "internet")),
    (by_a_proxy, isolated("A", "B", port=443)),
    (out, reaches("Va", "internet", port=443)),
    (out, no_blackhole("internet", "Vp")),
    *((peered, make("Aa", "Ba", port=443)) for make in (reaches, symmetric, no_blackhole, same_az, isolated)),
    (routed_by, reaches("Aa", "Ab", port=443)),
    (site, reaches("Vpn", "Aa", port=443)),
    (two_vpcs, same_az("Aa", "Ba", port=443)),
    *((inspection, make("S0a", "S1a", port=443)) for make in (inspected, symmetric, no_bypass, same_az, reaches)),
    *((inspection, make("S0a", "internet", port=443)) for make in (inspected, symmetric, no_bypass, same_az)),
]  # fmt: skip


def told(made: Topology, promise: Promise) -> dict[str, Any]:
    contracts: dict[str, Any] = {"prefixes": {"Vpn": ["192.168.0.0/16"]}} if "Vpn" in made.resources else {}
    if "Fleet" in made.resources:
        contracts["appliances"] = {"Fleet": test_proxies.PROXIES}
    (answer,) = made.network(contracts=contracts).answer_all([promise])
    return answer_data(answer)


@pytest.mark.parametrize(
    ("base", "promise"), CASES, ids=[f"{number}-{case[1].kind}" for number, case in enumerate(CASES)]
)
def test_what_is_unrelated_and_the_order_change_nothing(base: Made, promise: Promise) -> None:
    alone = told(base(), promise)
    assert told(among_others(base()), promise) == alone
    turned = told(reversed_order(base()), promise)
    assert (turned["verdict"], set(turned["unknown"])) == (alone["verdict"], set(alone["unknown"]))
