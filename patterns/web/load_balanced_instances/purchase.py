"""How instances are bought: several types, on-demand and spot."""

from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2


def mixed_instances(
    template: ec2.LaunchTemplate, types: list[ec2.InstanceType], on_demand_base: int, spot_share: int
) -> autoscaling.MixedInstancesPolicy:
    """Share instances out between types, and between on-demand and spot.

    Args:
        template: What they are launched from.
        types: Instance types, the best first.
        on_demand_base: How many are on-demand before spot is used.
        spot_share: The share of spot above that, in percent.

    Returns:
        The policy.
    """
    return autoscaling.MixedInstancesPolicy(
        launch_template=template,
        launch_template_overrides=[autoscaling.LaunchTemplateOverrides(instance_type=one) for one in types],
        instances_distribution=autoscaling.InstancesDistribution(
            on_demand_base_capacity=on_demand_base,
            on_demand_percentage_above_base_capacity=100 - spot_share,
            spot_allocation_strategy=autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
        ),
    )
