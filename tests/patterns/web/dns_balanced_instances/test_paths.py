"""Where packets go. The prover reads subnets, tables and gateways, and no launch templates.

The launch template gives each instance a public address (asserted in test_construct.py); here the subnets give it in
its place.
"""

import copy
from functools import cache
from typing import Any

import pytest

from patternkit.catalog.application import add_example
from patternkit.catalog.discovery import find
from patternkit.routes import Network, reaches, symmetric
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.synthesized import network

PUBLIC = ["Application/Network/Public1", "Application/Network/Public2"]
INTERNET = "internet"


@cache
def synthesized(environment: str) -> dict[str, Any]:
    env = ENVIRONMENTS[environment]
    options: dict[str, Any] = {"env": env} if env else {}
    return dict(network(lambda app: add_example(app, find("dns-balanced-instances"), {}, **options)).templates)


@cache
def paths(environment: str, *, addressed: bool = True) -> Network:
    templates = copy.deepcopy(synthesized(environment))
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::EC2::Subnet":
                resource["Properties"]["MapPublicIpOnLaunch"] = addressed
    return Network.from_templates(templates)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_clients_reach_the_instances_and_are_answered(environment: str) -> None:
    paths(environment).assert_holds(reaches(INTERNET, PUBLIC, port=443), symmetric(INTERNET, PUBLIC))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_instances_reach_out_for_what_they_install(environment: str) -> None:
    paths(environment).assert_holds(reaches(PUBLIC, INTERNET, port=443), symmetric(PUBLIC, INTERNET))


def test_an_instance_without_a_public_address_would_be_reached_by_nobody() -> None:
    with pytest.raises(AssertionError, match="without a public address"):
        paths("agnostic", addressed=False).assert_holds(reaches(INTERNET, PUBLIC, port=443))
