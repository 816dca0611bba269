"""Stopped instances that wait, ready installed."""

from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling

from patterns.web.load_balanced_instances.user_data import LAUNCH_HOOK


def keep_warm(group: autoscaling.AutoScalingGroup, instances: int) -> None:
    """Keep stopped instances beside a group, each of which has finished installing before it is stopped.

    Args:
        group: The group.
        instances: How many.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pool-instance-lifecycle.html
    """
    # Without the hook an instance is stopped as soon as it runs, in the middle of its user data. One that has not
    # installed the application after a quarter of an hour is given up for another.
    hook = group.add_lifecycle_hook(
        "Installed",
        lifecycle_hook_name=LAUNCH_HOOK,
        lifecycle_transition=autoscaling.LifecycleTransition.INSTANCE_LAUNCHING,
        default_result=autoscaling.DefaultResult.ABANDON,
        heartbeat_timeout=Duration.minutes(15),
    )
    pool = group.add_warm_pool(min_size=instances, pool_state=autoscaling.PoolState.STOPPED)
    pool.node.add_dependency(hook)
