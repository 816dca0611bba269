"""Instances are replaced a few at a time, the new ones first."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.instance_refresh import replace_by_refresh, replace_with_suspended_processes
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import resources


def group(scope: cdk.Stack) -> autoscaling.AutoScalingGroup:
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
    )
    template = ec2.LaunchTemplate(
        scope,
        "Template",
        instance_type=ec2.InstanceType("m7g.large"),
        machine_image=ec2.MachineImage.generic_linux({"eu-west-1": "ami-1"}),
    )
    return autoscaling.AutoScalingGroup(
        scope, "Group", vpc=vpc, launch_template=template, update_policy=autoscaling.UpdatePolicy.rolling_update()
    )


def policy(scope: cdk.Stack, kind: str) -> Any:
    return resources(scope, "AWS::AutoScaling::AutoScalingGroup")["Group/ASG"]["UpdatePolicy"][kind]


@pytest.fixture
def scope() -> cdk.Stack:
    return cdk.Stack(app_for_its_template(), "Test", env=cdk.Environment(account="111122223333", region="eu-west-1"))


def test_a_refresh_begins_with_what_is_given(scope: cdk.Stack) -> None:
    made = group(scope)
    metric = cloudwatch.Metric(namespace="N", metric_name="M")
    alarm = cloudwatch.Alarm(scope, "Alarm", metric=metric, threshold=1, evaluation_periods=1)
    replace_by_refresh(made, warmup=Duration.minutes(3), most=200, alarm=alarm, protected=True)
    assert policy(scope, "AutoScalingInstanceRefresh") == {
        "Strategy": "Rolling",
        "Preferences": {
            "AlarmSpecification": {"Alarms": [{"Ref": "Alarm"}]},
            "InstanceWarmup": 180,
            "MaxHealthyPercentage": 200,
            "MinHealthyPercentage": 100,
            "ScaleInProtectedInstances": "Refresh",
        },
    }


def test_without_more_it_takes_half_as_many_besides_and_leaves_the_protected_ones(scope: cdk.Stack) -> None:
    replace_by_refresh(group(scope), warmup=Duration.seconds(0))
    assert policy(scope, "AutoScalingInstanceRefresh") == {
        "Strategy": "Rolling",
        "Preferences": {"InstanceWarmup": 0, "MaxHealthyPercentage": 150, "MinHealthyPercentage": 100},
    }


@pytest.mark.parametrize(("most", "in_service"), [(1, 0), (2, 1), (3, 1)])
def test_processes_are_suspended_while_instances_are_replaced(scope: cdk.Stack, most: int, in_service: int) -> None:
    replace_with_suspended_processes(group(scope), ("HealthCheck", "AZRebalance"), pause=Duration.minutes(5), most=most)
    found = policy(scope, "AutoScalingRollingUpdate")
    assert {name: found[name] for name in found if name != "WaitOnResourceSignals"} == {
        "MaxBatchSize": 1,
        "MinInstancesInService": in_service,
        "PauseTime": "PT5M",
        "SuspendProcesses": ["HealthCheck", "AZRebalance"],
    }
