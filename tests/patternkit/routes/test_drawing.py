"""What the drawing of a network has; the engine itself is held with the catalog's diagrams."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import patternkit.drawing.packages
from patternkit.drawing import DrawingError, Graph
from patternkit.drawing.packages import node_modules
from patternkit.routes.drawing import draw, graph_of
from tests.patternkit.routes.topologies import Topology, inspection
from tests.patternkit.routes.two_vpcs import two_vpcs


def graph(net: Topology, source: str = "", destination: str = "") -> Graph:
    network = net.network()
    flow = network.trace(source, destination, port=443).flows[0] if source else None
    return graph_of(network.views()[0], flow)


def titles(found: Graph, service: str) -> set[str]:
    return {node.title for node in found.nodes.values() if node.service.startswith(service)}


def test_gateways_firewalls_and_balancers_are_drawn() -> None:
    net = inspection()
    net.add("Alb", "ElasticLoadBalancingV2::LoadBalancer", Subnets=[{"Ref": "S0a"}, {"Ref": "S0b"}])
    mapping = {"SubnetMappings": [{"SubnetId": {"Ref": "Map"}}]}
    net.add("Nlb", "ElasticLoadBalancingV2::LoadBalancer", Type="network", **mapping)
    net.vpn("Vpn", tgw="Tgw", static=True)
    found = graph(net)
    assert titles(found, "NAT gateway in M") == {"Nata", "Natb"}
    assert titles(found, "Firewall endpoint in Maf") == {"Fw"}
    assert titles(found, "Application load balancer") == {"Alb"}
    assert titles(found, "Network load balancer") == {"Nlb"}
    assert titles(found, "Internet gateway") == {"MIgw"}
    assert titles(found, "VPN") == {"Vpn"}
    joined = {(edge.source, edge.target) for edge in found.edges}
    for source, target in (("Alb", "S0a"), ("Nlb", "Map"), ("Maf", "Nata"), ("Map", "MIgw"), ("Vpn", "Tgw")):
        assert (f"⟨Net/{source}⟩", f"⟨Net/{target}⟩") in joined
    assert {group.title for group in found.groups.values() if group.kind == "zones"} == {"eu-west-1a", "eu-west-1b"}


def test_alike_vpcs_are_drawn_once() -> None:
    assert {one.title for one in graph(inspection(spokes=9)).groups.values() if one.kind == "vpc"} == {
        "M 100.64.0.0/16",
        "S0 10.0.0.0/22, and 8 alike",
    }


def test_a_traced_flow_goes_both_ways() -> None:
    found = graph(inspection(), "S0a", "internet")
    for way, start, end in (("there", "⟨Net/S0a⟩", "the internet"), ("back", "the internet", "⟨Net/S0a⟩")):
        steps = [edge for edge in found.edges if edge.flow == way]
        assert (steps[0].source, steps[-1].target) == (start, end)
        assert all(one.target == other.source for one, other in pairwise(steps))


@pytest.mark.parametrize(("taint", "title"), [(False, "Dropped"), (True, "Not known")])
def test_where_a_flow_ends_is_drawn(taint: bool, title: str) -> None:
    net = two_vpcs()
    if taint:
        net.resources["BTableRoute0"]["Properties"]["DestinationCidrBlock"] = {"Fn::ImportValue": "block"}
    else:
        del net.resources["BTableRoute0"]
    found = graph(net, "Aa", "Ba")
    (node,) = (node for node in found.nodes.values() if node.id.startswith("end of"))
    assert (node.title, node.service) == (title, "the packets" if taint else "the replies")
    assert found.edges[-1].target == node.id


def test_it_is_svg() -> None:
    text = draw(inspection().network().views()[0])
    assert text.startswith("<svg ")
    assert "NAT gateway in Map" in text


def test_what_is_missing_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = patternkit.drawing.packages.__file__
    monkeypatch.setattr(
        patternkit.drawing.packages, "__file__", str(tmp_path / "site" / "patternkit" / "drawing" / "p.py")
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DrawingError, match=r"npm install elkjs@0\.12\.1 aws-icons@3\.3\.0, or in a clone") as error:
        node_modules()
    assert "\n" not in str(error.value)
    (tmp_path / "node_modules").symlink_to(Path(clone).parents[2] / "node_modules")
    assert node_modules() == tmp_path / "node_modules"


def test_the_versions_are_those_of_the_lock() -> None:
    import json

    package = json.loads((Path(__file__).parents[3] / "package.json").read_text())["devDependencies"]
    versions = patternkit.drawing.packages.VERSIONS
    assert versions == {name: package[name] for name in versions}
