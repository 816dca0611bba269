"""What a load balancer's listeners take arrives there, and nothing else."""

from __future__ import annotations

import pytest

from patternkit.routes import isolated, reaches
from tests.patternkit.routes.cases.verdicts import fails, holds
from tests.patternkit.routes.test_carriers import balanced


@pytest.mark.parametrize("sort", ["application", "network"])
def test_only_the_listeners_port_arrives(sort: str) -> None:
    network = balanced(sort, scheme="internal").network()
    holds(network, reaches("Ab", "Lb", port=80), isolated("Ab", "Lb", port=443), isolated("Ab", "Lb", protocol="udp"))
    fails(network, reaches("Ab", "Lb", port=443), "has no listener for it")
    fails(network, reaches("Ab", "Lb"), "has no listener for it")
    proof = network.prove(isolated("Ab", "Lb"))
    assert proof.witness is not None
    assert proof.witness.forward.walk.box.port == ((80, 80),)
    assert proof.witness.forward.walk.box.protocol == ((6, 6),)


@pytest.mark.parametrize(
    ("protocol", "numbers"),
    [*((name, [6]) for name in ("HTTP", "HTTPS", "TCP", "TLS")), *((name, [17]) for name in ("UDP", "QUIC")),
     *((name, [6, 17]) for name in ("TCP_UDP", "TCP_QUIC"))],
)  # fmt: skip
def test_what_protocols_are_called(protocol: str, numbers: list[int]) -> None:
    net = balanced("network")
    for name in ("Listener", "Group"):
        net.resources[name]["Properties"]["Protocol"] = protocol
    (balancer,) = net.network().model.balancers.values()
    (listener,) = balancer.listeners
    assert listener.protocol == listener.groups[0].protocol == tuple((number, number) for number in numbers)


def test_each_of_several_listeners() -> None:
    net = balanced("network", scheme="internal")
    listener = net.resources["Listener"]["Properties"]
    net.add("Second", "ElasticLoadBalancingV2::Listener", **{**listener, "Port": 8443})
    network = net.network()
    holds(network, *(reaches("Ab", "Lb", port=port) for port in (80, 8443)), isolated("Ab", "Lb", port=81))


@pytest.mark.parametrize(
    ("resource", "name", "key"),
    [
        ("Lb", "LoadBalancerAttributes", "load_balancing.cross_zone.enabled"),
        ("Group", "TargetGroupAttributes", "preserve_client_ip.enabled"),
    ],
)
def test_an_attribute_of_another_shape_is_none(resource: str, name: str, key: str) -> None:
    net = balanced("network", scheme="internal")
    as_it_was = net.network().prove(reaches("Ab", "Lb", port=80)).verdict
    for shape in (key, [key], [key, 1, [key], {}, {"Key": 1}]):
        net.resources[resource]["Properties"][name] = shape
        assert net.network().prove(reaches("Ab", "Lb", port=80)).verdict is as_it_was, shape
