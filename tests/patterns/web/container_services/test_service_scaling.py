"""A service scales by one load, out fast and in slowly."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sqs as sqs

from patterns.web.container_services.service_scaling import TrackedLoad, scale_service
from tests.patterns.building_blocks.made import properties


def load(scale_on: Any, scope: cdk.Stack | None = None, **more: Any) -> TrackedLoad:
    given: dict[str, Any] = {"requests_per_task": None, "target_utilization": None if scale_on == "queue" else 50}
    if scope is not None and scale_on == "queue":
        given |= {"queue": sqs.Queue(scope, "Queue"), "messages_per_task": 7.5}
    return TrackedLoad(scale_on=scale_on, **(given | more))


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def test_a_load_is_described_whole(scope: cdk.Stack) -> None:
    queue = sqs.Queue(scope, "Queue")
    for right in (
        load("cpu"),
        load("memory"),
        load("requests", requests_per_task=5),
        load("queue", queue=queue, messages_per_task=5),
        load("cpu", target_utilization=None),
    ):
        right.check()
    with refused(
        "target_utilization must be left out with scale_on='queue': messages_per_task says how many tasks there are"
    ):
        load("queue", queue=queue, messages_per_task=5, target_utilization=50).check()
    for wrong in (load("cpu", requests_per_task=5), load("requests")):
        with refused("requests_per_task and scale_on='requests' go together, got only one"):
            wrong.check()
    for wrong in (
        load("queue"),
        load("queue", queue=queue),
        load("queue", messages_per_task=5),
        load("cpu", queue=queue),
        load("cpu", messages_per_task=5),
        load("cpu", queue=queue, messages_per_task=5),
    ):
        with refused("queue, messages_per_task and scale_on='queue' go together, got only some"):
            wrong.check()


def policy(scope: cdk.Stack, of: TrackedLoad) -> Any:
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], private_subnet_ids=["subnet-1", "subnet-2"]
    )
    task = ecs.FargateTaskDefinition(scope, "Task")
    task.add_container("Web", image=ecs.ContainerImage.from_registry("web"), port_mappings=[{"containerPort": 80}])
    cluster = ecs.Cluster(scope, "Cluster", vpc=vpc)
    service = ecs.FargateService(scope, "Service", cluster=cluster, task_definition=task, min_healthy_percent=100)
    listener = elbv2.ApplicationLoadBalancer(scope, "Balancer", vpc=vpc).add_listener("Http", port=80)
    targets = listener.add_targets("Targets", port=80, targets=[service])
    scale_service(service, of, targets, fewest=2, most=9)
    [target] = properties(scope, "AWS::ApplicationAutoScaling::ScalableTarget").values()
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 9)
    [found] = properties(scope, "AWS::ApplicationAutoScaling::ScalingPolicy").items()
    return found


@pytest.mark.parametrize(
    ("scale_on", "name", "metric"),
    [
        ("cpu", "TrackCpu", "ECSServiceAverageCPUUtilization"),
        ("memory", "TrackMemory", "ECSServiceAverageMemoryUtilization"),
    ],
)
def test_utilization_is_tracked(scope: cdk.Stack, scale_on: str, name: str, metric: str) -> None:
    path, found = policy(scope, load(scale_on))
    assert path == f"Service/TaskCount/Target/{name}"
    assert found["TargetTrackingScalingPolicyConfiguration"] == {
        "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 30,
        "TargetValue": 50,
    }


@pytest.mark.parametrize(("requests", "target"), [(101, 50), (105, 52), (0.5, 1), (3, 2)])
def test_requests_are_tracked(scope: cdk.Stack, requests: float, target: int) -> None:
    path, found = policy(scope, load("requests", requests_per_task=requests))
    assert path == "Service/TaskCount/Target/TrackRequests"
    tracked = found["TargetTrackingScalingPolicyConfiguration"]
    assert tracked["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ALBRequestCountPerTarget"
    assert (tracked["ScaleInCooldown"], tracked["ScaleOutCooldown"], tracked["TargetValue"]) == (300, 30, target)


def test_the_backlog_of_a_queue_is_tracked(scope: cdk.Stack) -> None:
    path, found = policy(scope, load("queue", scope))
    assert path == "Service/TrackQueue"
    del found["PolicyName"]
    assert found == {
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": {"Ref": "Service/TaskCount/Target"},
        "TargetTrackingScalingPolicyConfiguration": {
            "CustomizedMetricSpecification": {
                "Metrics": [
                    {
                        "Id": "messages",
                        "MetricStat": {
                            "Metric": {
                                "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}],
                                "MetricName": "ApproximateNumberOfMessagesVisible",
                                "Namespace": "AWS/SQS",
                            },
                            "Stat": "Sum",
                        },
                        "ReturnData": False,
                    },
                    {
                        "Id": "tasks",
                        "MetricStat": {
                            "Metric": {
                                "Dimensions": [
                                    {"Name": "ClusterName", "Value": {"Ref": "Cluster"}},
                                    {"Name": "ServiceName", "Value": {"Fn::GetAtt": ["Service/Service", "Name"]}},
                                ],
                                "MetricName": "RunningTaskCount",
                                "Namespace": "ECS/ContainerInsights",
                            },
                            "Stat": "Average",
                        },
                        "ReturnData": False,
                    },
                    {
                        "Expression": "messages / tasks",
                        "Id": "backlog",
                        "Label": "Messages for each task",
                        "ReturnData": True,
                    },
                ]
            },
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 30,
            "TargetValue": 7.5,
        },
    }
