"""Packets of clients reach the endpoint on 443, and nothing comes from the internet."""

import copy
from typing import Any

import pytest

from patternkit.routes import Network, QuestionError
from tests.conftest import example


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("private-api", "agnostic").template)


def named(template: dict[str, Any], kind: str, text: str = "") -> str:
    return next(str(name) for name, one in template["Resources"].items() if one["Type"] == kind and text in name)


def traced(template: dict[str, Any], port: int = 443) -> set[str]:
    """The verdicts of flows from each subnet of clients to each network interface of the endpoint."""
    network = Network.from_templates({"Private": template})
    subnets = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::EC2::Subnet"]
    endpoint = named(template, "AWS::EC2::VPCEndpoint")
    interfaces = [f"{endpoint} interface {number}" for number in (1, 2)]
    found = [network.trace(subnet, one, port=port) for subnet in subnets for one in interfaces]
    assert len(found) == 4, "two subnets of clients, and two network interfaces"
    return {str(one).split()[0] for one in found}


def test_clients_of_each_zone_reach_each_interface_of_the_endpoint(template: dict[str, Any]) -> None:
    assert traced(template) == {"HOLDS"}


def test_on_another_port_they_do_not(template: dict[str, Any]) -> None:
    assert traced(template, port=80) == {"FAILS"}


def test_a_group_that_lets_nobody_in_is_noticed(template: dict[str, Any]) -> None:
    mutant = copy.deepcopy(template)
    group = named(mutant, "AWS::EC2::SecurityGroup", "EndpointGroup")
    del mutant["Resources"][group]["Properties"]["SecurityGroupIngress"]
    assert traced(mutant) == {"FAILS"}


def test_an_endpoint_in_one_zone_is_noticed(template: dict[str, Any]) -> None:
    mutant = copy.deepcopy(template)
    del mutant["Resources"][named(mutant, "AWS::EC2::VPCEndpoint")]["Properties"]["SubnetIds"][1]
    with pytest.raises(QuestionError):
        traced(mutant)


def test_there_is_no_way_to_or_from_the_internet(template: dict[str, Any]) -> None:
    kinds = {one["Type"] for one in template["Resources"].values()}
    assert not kinds & {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::EgressOnlyInternetGateway"}
