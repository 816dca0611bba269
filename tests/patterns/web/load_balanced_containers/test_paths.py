"""Where packets go. The prover knows subnets, tables and gateways; of a load balancer it knows nothing."""

from functools import cache
from typing import Any

import pytest

from patternkit.catalog.application import add_example
from patternkit.catalog.discovery import find
from patternkit.routes import Network, reaches, same_az, symmetric
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.synthesized import network

PUBLIC = ["Application/Network/Public1", "Application/Network/Public2"]
PRIVATE = ["Application/Network/Private1", "Application/Network/Private2"]
INTERNET = "internet"


@cache
def paths(environment: str) -> Network:
    env = ENVIRONMENTS[environment]
    options: dict[str, Any] = {"env": env} if env else {}
    made = network(lambda app: add_example(app, find("load-balanced-containers"), {}, **options))
    return Network.from_templates(made.templates)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_instances_and_their_containers_reach_out_through_their_own_zone(environment: str) -> None:
    paths(environment).assert_holds(
        reaches(PRIVATE, INTERNET, port=443), symmetric(PRIVATE, INTERNET), same_az(PRIVATE, INTERNET)
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_load_balancers_subnets_and_the_instances_reach_each_other(environment: str) -> None:
    # The first and the last of the ports that an instance chooses from.
    for port in (32768, 65535):
        paths(environment).assert_holds(reaches(PUBLIC, PRIVATE, port=port, same_vpc=True))
