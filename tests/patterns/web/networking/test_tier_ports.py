"""A load balancer in a workload VPC reaches what runs in the private tier, at the port that is let through."""

from pathlib import Path

import aws_cdk as cdk
import pytest

from patternkit.routes import Network, reaches
from patterns.network.workload_vpc import WorkloadVpc
from patterns.web.load_balanced_fargate import LoadBalancedFargate
from patterns.web.load_balanced_instances import LoadBalancedInstances
from tests.conftest import context
from tests.patterns.web.certificates import certificate

PUBLIC, PRIVATE = ([f"Shop/Vpc/Network/{tier}{number}" for number in (1, 2)] for tier in ("Public", "Private"))


@pytest.mark.parametrize("construct", [LoadBalancedFargate, LoadBalancedInstances])
@pytest.mark.parametrize("apart", [False, True])
def test_what_is_called_at_the_port_of_the_tier_is_reached(construct: type, apart: bool, tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), context={**context(), "aws:cdk:bundling-stacks": []})
    stack = cdk.Stack(app, "Shop")
    vpc = WorkloadVpc(stack, "Vpc", application_port=8080).vpc
    place = cdk.Stack(app, "Application") if apart else stack
    construct(place, "Application", certificate=certificate(place), vpc=vpc)
    app.synth()
    Network.load(tmp_path).assert_holds(reaches(PUBLIC, PRIVATE, port=8080, same_vpc=True))
