"""Where packets go in the VPC that a web pattern makes.

That load balancers and launch templates give public addresses is asserted beside, in test_every_web_pattern.py. Here
the public subnets give them.
"""

import copy
from functools import cache
from typing import Any

import pytest

from patternkit.catalog.application import add_example
from patternkit.catalog.discovery import find
from patternkit.routes import Network, Verdict, reaches, same_az, symmetric
from tests.patterns.network.synthesized import network
from tests.patterns.web.discovered import every_web_pattern

PUBLIC = ["Application/Network/Public1", "Application/Network/Public2"]
PRIVATE = ["Application/Network/Private1", "Application/Network/Private2"]
INTERNET = "internet"
# The application's ports: on a task or instance of its own, and the first and the last that an instance chooses from.
INSIDE = (8080, 32768, 65535)
BALANCER = "Application/Balancer/LoadBalancer"
# What a load balancer sends to, and where.
TARGETS = {
    "load-balanced-containers": ("Application/Instances/Group/ASG", INSIDE[1:]),
    "load-balanced-fargate": ("Application/Service/Service", INSIDE[:1]),
    "load-balanced-instances": ("Application/Group/ASG", INSIDE[:1]),
}
# The paths are the VPC's alone: one pattern of each shape is mutated.
WITH_PRIVATE_SUBNETS, WITHOUT = "load-balanced-fargate", "elastic-ip-failover"


@cache
def synthesized(name: str) -> dict[str, Any]:
    template = copy.deepcopy(network(lambda app: add_example(app, find(name), {})).template)
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::EC2::Subnet" and "Public" in logical_id:
            resource["Properties"]["MapPublicIpOnLaunch"] = True
    return template


def paths(template: dict[str, Any]) -> Network:
    return Network.from_templates({"Web": template})


def without(template: dict[str, Any], kind: str, where: str) -> dict[str, Any]:
    """The template without one resource."""
    mutant = copy.deepcopy(template)
    found = [one for one, resource in mutant["Resources"].items() if resource["Type"] == kind and where in one]
    del mutant["Resources"][found[0]]
    return mutant


def assert_entrance(found: Network) -> None:
    found.assert_holds(reaches(INTERNET, PUBLIC, port=443), symmetric(INTERNET, PUBLIC), reaches(PUBLIC, INTERNET))


def assert_inside(found: Network) -> None:
    found.assert_holds(reaches(PRIVATE, INTERNET, port=443), symmetric(PRIVATE, INTERNET), same_az(PRIVATE, INTERNET))
    for port in INSIDE:
        found.assert_holds(reaches(PUBLIC, PRIVATE, port=port, same_vpc=True))


@every_web_pattern
def test_clients_reach_the_entrance_and_are_answered_and_what_runs_inside_reaches_out(name: str) -> None:
    template = synthesized(name)
    assert_entrance(paths(template))
    subnets = [one for one, resource in template["Resources"].items() if resource["Type"] == "AWS::EC2::Subnet"]
    if any("Private" in one for one in subnets):
        assert_inside(paths(template))


def test_without_the_way_back_clients_get_no_answer() -> None:
    with pytest.raises(AssertionError, match="FAILS"):
        assert_entrance(paths(without(synthesized(WITHOUT), "AWS::EC2::Route", "Public1")))


def test_without_its_nat_gateways_route_a_private_subnet_does_not_reach_out() -> None:
    with pytest.raises(AssertionError, match="FAILS"):
        assert_inside(paths(without(synthesized(WITH_PRIVATE_SUBNETS), "AWS::EC2::Route", "Private2")))


def test_a_private_subnet_that_reaches_out_through_another_zone_is_found() -> None:
    mutant = copy.deepcopy(synthesized(WITH_PRIVATE_SUBNETS))
    routes = {
        logical_id: one
        for logical_id, one in mutant["Resources"].items()
        if one["Type"] == "AWS::EC2::Route" and "Private" in logical_id
    }
    first, second = routes.values()
    second["Properties"]["NatGatewayId"] = first["Properties"]["NatGatewayId"]
    with pytest.raises(AssertionError, match="FAILS"):
        assert_inside(paths(mutant))


def test_an_instance_without_a_public_address_would_be_reached_by_nobody() -> None:
    mutant = copy.deepcopy(synthesized(WITHOUT))
    for resource in mutant["Resources"].values():
        if resource["Type"] == "AWS::EC2::Subnet":
            resource["Properties"]["MapPublicIpOnLaunch"] = False
    with pytest.raises(AssertionError, match="without a public address"):
        assert_entrance(paths(mutant))


@pytest.mark.parametrize("name", TARGETS)
def test_requests_pass_the_security_groups_on_both_sides_of_the_load_balancer(name: str) -> None:
    template = synthesized(name)
    target, ports = TARGETS[name]
    from_balancer = [reaches(BALANCER, target, port=port, same_vpc=True) for port in ports]
    paths(template).assert_holds(reaches(INTERNET, BALANCER, port=443), *from_balancer)
    closed = paths(without(template, "AWS::EC2::SecurityGroupIngress", "from"))
    assert {closed.prove(one).verdict for one in from_balancer} == {Verdict.FAILS}
