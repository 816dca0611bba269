"""The mix of instance types, and of on-demand and spot instances."""

from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2


def mixed_instances(
    template: ec2.LaunchTemplate, types: list[ec2.InstanceType], on_demand_base: int, spot_share: int
) -> autoscaling.MixedInstancesPolicy | None:
    """Divide instances between types, and between on-demand and spot.

    Args:
        template: The launch template.
        types: Instance types, the best first.
        on_demand_base: How many are on-demand before spot is used.
        spot_share: The share of spot above that, in percent.

    Returns:
        The policy; None if there is one type, and no spot.
    """
    if len(types) == 1 and not spot_share:
        return None
    return autoscaling.MixedInstancesPolicy(
        launch_template=template,
        launch_template_overrides=[autoscaling.LaunchTemplateOverrides(instance_type=one) for one in types],
        instances_distribution=autoscaling.InstancesDistribution(
            on_demand_base_capacity=on_demand_base,
            on_demand_percentage_above_base_capacity=100 - spot_share,
            spot_allocation_strategy=autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
        ),
    )


def uses_spot(policy: autoscaling.MixedInstancesPolicy | None) -> bool:
    """Whether a policy launches spot instances.

    Args:
        policy: The policy. None: it launches instances of one type, on-demand.

    Returns:
        Whether it does.
    """
    distribution = policy.instances_distribution if policy else None
    return distribution is not None and distribution.on_demand_percentage_above_base_capacity != 100
