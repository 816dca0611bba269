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


def test_each_of_several_listeners() -> None:
    net = balanced("network", scheme="internal")
    listener = net.resources["Listener"]["Properties"]
    net.add("Second", "ElasticLoadBalancingV2::Listener", **{**listener, "Port": 8443})
    network = net.network()
    holds(network, *(reaches("Ab", "Lb", port=port) for port in (80, 8443)), isolated("Ab", "Lb", port=81))
