"""Groups of one size alone are tracked by nothing."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from patterns.building_blocks.instance_group import (
    acknowledge_notifications,
    failure_notifications,
    group_metric,
    has_room,
    too_few_instances,
)
from patterns.network.appliance_fleet.example import ApplianceFleetStack
from patterns.web.dns_balanced_instances.example import DnsBalancedInstancesStack
from patterns.web.load_balanced_instances.example import LoadBalancedInstancesStack
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import acknowledged, properties


@pytest.mark.parametrize(("fewest", "most", "tracked"), [(2, 2, 0), (2, 3, 1)])
@pytest.mark.parametrize("stack", [ApplianceFleetStack, DnsBalancedInstancesStack, LoadBalancedInstancesStack])
def test_a_group_of_one_size_alone_tracks_no_load(
    stack: Callable[..., cdk.Stack], fewest: int, most: int, tracked: int
) -> None:
    """cfn-lint E3712: a policy that could change nothing."""
    made = stack(app_for_its_template(), "Stack", min_capacity=fewest, max_capacity=most)
    Template.from_stack(made).resource_count_is("AWS::AutoScaling::ScalingPolicy", tracked)


def group(scope: cdk.Stack, **more: Any) -> autoscaling.AutoScalingGroup:
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
    )
    return autoscaling.AutoScalingGroup(
        scope,
        "Group",
        vpc=vpc,
        instance_type=ec2.InstanceType("m7g.large"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(),
        **more,
    )


@pytest.mark.parametrize(("fewest", "most", "room"), [(1, 1, False), (1, 2, True), (0, 1, True)])
def test_a_group_has_room_where_its_sizes_differ(scope: cdk.Stack, fewest: int, most: int, room: bool) -> None:
    assert has_room(group(scope, min_capacity=fewest, max_capacity=most)) is room


UNKNOWN = cdk.Token.as_number({"Ref": "Number"})


@pytest.mark.parametrize(
    ("scheduled", "room"),
    [
        ([(None, 10)], True),
        ([(1, None)], True),
        ([(2, 2)], False),
        ([(4, 4)], False),
        ([(4, 4), (2, 2)], False),
        # Each leaves out what the other sets: after both, there are 2 to 4 instances.
        ([(None, 2), (4, 4), (2, None)], True),
        ([(0, 0), (None, 1)], True),
        ([(None, UNKNOWN)], True),
        ([(UNKNOWN, UNKNOWN)], False),
    ],
)
def test_a_group_has_room_where_a_schedule_makes_its_sizes_differ(
    scope: cdk.Stack, scheduled: list[tuple[int | None, int | None]], room: bool
) -> None:
    made = group(scope, min_capacity=2, max_capacity=2)
    for number, (fewest, most) in enumerate(scheduled):
        every_day = autoscaling.Schedule.expression("0 8 * * *")
        made.scale_on_schedule(f"Day{number}", schedule=every_day, min_capacity=fewest, max_capacity=most)
    assert has_room(made) is room


@pytest.mark.parametrize("encrypted", [False, True])
def test_failures_alone_are_notified_and_the_topics_key_may_be_used(scope: cdk.Stack, encrypted: bool) -> None:
    assert failure_notifications(None) is None
    topic = sns.Topic(scope, "Topic", master_key=kms.Key(scope, "Key") if encrypted else None)
    group(scope, notifications=failure_notifications(topic))
    [made] = properties(scope, "AWS::AutoScaling::AutoScalingGroup").values()
    errors = ["autoscaling:EC2_INSTANCE_LAUNCH_ERROR", "autoscaling:EC2_INSTANCE_TERMINATE_ERROR"]
    assert made["NotificationConfigurations"] == [{"NotificationTypes": errors, "TopicARN": {"Ref": "Topic"}}]
    if encrypted:
        statements = properties(scope, "AWS::KMS::Key")["Key"]["KeyPolicy"]["Statement"]
        assert [one.get("Sid") for one in statements] == [None, "AutoScalingNotifies"]


@pytest.mark.parametrize("reason", [None, "Nobody asks."])
def test_why_successes_are_not_notified_is_said(scope: cdk.Stack, reason: str | None) -> None:
    acknowledge_notifications(group(scope), *([] if reason is None else [reason]))
    usual = (
        "Launches and terminations that fail are notified to alarm_topic; those that succeed are the group's daily "
        "business, which its activity history keeps, and would bury the failures."
    )
    assert acknowledged(scope) == {"Group": {"AwsSolutions::AwsSolutions-AS3": reason or usual}}


def test_a_metric_of_a_group_is_of_a_minute(scope: cdk.Stack) -> None:
    metric = group_metric(group(scope), "AWS/EC2", "CPUUtilization", "Maximum")
    assert (metric.namespace, metric.metric_name, metric.statistic) == ("AWS/EC2", "CPUUtilization", "Maximum")
    assert metric.period.to_seconds() == 60
    dimensions = dict(metric.dimensions or {})
    assert {name: scope.resolve(one)["Ref"][:5] for name, one in dimensions.items()} == {
        "AutoScalingGroupName": "Group"
    }


@pytest.mark.parametrize("description", [None, "Read on."])
def test_too_few_instances_are_told_after_ten_minutes(scope: cdk.Stack, description: str | None) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    made = too_few_instances(scope, group(scope), 3, topic, *([] if description is None else [description]))
    assert isinstance(made, cloudwatch.Alarm)
    usual = "Fewer instances are in service than the least: read the group's activity history."
    assert properties(scope, "AWS::CloudWatch::Alarm") == {
        "TooFewInstances": {
            "AlarmActions": [topic.topic_arn],
            "AlarmDescription": description or usual,
            "ComparisonOperator": "LessThanThreshold",
            "Dimensions": [{"Name": "AutoScalingGroupName", "Value": {"Ref": "Group/ASG"}}],
            "EvaluationPeriods": 10,
            "MetricName": "GroupInServiceInstances",
            "Namespace": "AWS/AutoScaling",
            "OKActions": [topic.topic_arn],
            "Period": 60,
            "Statistic": "Minimum",
            "Threshold": 3,
            "TreatMissingData": "breaching",
        }
    }
