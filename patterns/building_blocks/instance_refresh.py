"""Updates of Auto Scaling groups that replace instances a few at a time, the new ones first."""

from collections.abc import Sequence

from aws_cdk import CfnResource, Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch


def replace_by_refresh(
    group: autoscaling.AutoScalingGroup,
    *,
    warmup: Duration,
    most: int = 150,
    alarm: cloudwatch.Alarm | None = None,
    protected: bool = False,
) -> None:
    """Have CloudFormation start an instance refresh when the group's launch template changes.

    CloudFormation does so by itself since July 2026; the oldest CDK that the catalog supports does not know the
    property yet.

    Args:
        group: The group.
        warmup: How long a new instance is not counted on.
        most: How many instances there may be meanwhile, in percent of those wanted, 100 to 200. Default: 150.
        alarm: The alarm that fails the refresh and rolls the update back. Default: none.
        protected: Whether instances that are protected from scale-in are replaced too. Default: no.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
    """
    preferences: dict[str, object] = {
        "InstanceWarmup": warmup.to_seconds(),
        "MaxHealthyPercentage": most,
        "MinHealthyPercentage": 100,
    }
    if alarm is not None:
        preferences["AlarmSpecification"] = {"Alarms": [alarm.alarm_name]}
    if protected:
        preferences["ScaleInProtectedInstances"] = "Refresh"
    resource = group.node.default_child
    assert isinstance(resource, CfnResource)
    resource.add_override(
        "UpdatePolicy.AutoScalingInstanceRefresh", {"Strategy": "Rolling", "Preferences": preferences}
    )


def replace_with_suspended_processes(
    group: autoscaling.AutoScalingGroup, processes: Sequence[str], *, pause: Duration, most: int
) -> None:
    """Have CloudFormation replace instances one by one, while scaling processes are suspended.

    Args:
        group: The group.
        processes: The scaling processes.
        pause: How long a new instance has to start.
        most: The group's most instances.
    """
    resource = group.node.default_child
    assert isinstance(resource, CfnResource)
    resource.add_override(
        "UpdatePolicy.AutoScalingRollingUpdate",
        {
            "MaxBatchSize": 1,
            # Fewer than the most, or CloudFormation could never begin.
            "MinInstancesInService": 0 if most == 1 else 1,
            "PauseTime": pause.to_iso_string(),
            "SuspendProcesses": list(processes),
        },
    )
