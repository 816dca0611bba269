"""Groups of one size alone are tracked by nothing."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from patterns.network.appliance_fleet.example import ApplianceFleetStack
from patterns.web.dns_balanced_instances.example import DnsBalancedInstancesStack
from patterns.web.load_balanced_instances.example import LoadBalancedInstancesStack


@pytest.mark.parametrize(("fewest", "most", "tracked"), [(2, 2, 0), (2, 3, 1)])
@pytest.mark.parametrize("stack", [ApplianceFleetStack, DnsBalancedInstancesStack, LoadBalancedInstancesStack])
def test_a_group_of_one_size_alone_tracks_no_load(
    stack: Callable[..., cdk.Stack], fewest: int, most: int, tracked: int
) -> None:
    """cfn-lint E3712: a policy that could change nothing."""
    made = stack(cdk.App(), "Stack", min_capacity=fewest, max_capacity=most)
    Template.from_stack(made).resource_count_is("AWS::AutoScaling::ScalingPolicy", tracked)
