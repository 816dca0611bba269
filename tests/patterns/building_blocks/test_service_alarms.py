"""Alarms on services: too few tasks, none at all, and unhealthy ones."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_sns as sns

from patterns.building_blocks.service_alarms import no_tasks, too_few_tasks, unhealthy_tasks
from tests.patterns.building_blocks.made import properties


def test_they_say_what_is_wrong_with_the_tasks(scope: cdk.Stack) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
    )
    task = ecs.FargateTaskDefinition(scope, "Task")
    task.add_container("Web", image=ecs.ContainerImage.from_registry("web"))
    cluster = ecs.Cluster(scope, "Cluster", vpc=vpc)
    service = ecs.FargateService(scope, "Service", cluster=cluster, task_definition=task, min_healthy_percent=100)
    alarms = [make(scope, cluster, service, topic) for make in (too_few_tasks, no_tasks, unhealthy_tasks)]
    assert [one.node.id for one in alarms] == ["TooFewTasks", "NoTasks", "UnhealthyTasks"]
    assert properties(scope, "AWS::CloudWatch::Alarm") == {
        "NoTasks": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "No task runs, so nobody answers; or the cluster has no Container "
            "Insights. Read the service's events, and why its tasks stopped.",
            "ComparisonOperator": "LessThanThreshold",
            "Dimensions": [
                {"Name": "ClusterName", "Value": {"Ref": "Cluster"}},
                {"Name": "ServiceName", "Value": {"Fn::GetAtt": ["Service/Service", "Name"]}},
            ],
            "EvaluationPeriods": 2,
            "MetricName": "RunningTaskCount",
            "Namespace": "ECS/ContainerInsights",
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "Period": 60,
            "Statistic": "Average",
            "Threshold": 1,
            "TreatMissingData": "breaching",
        },
        "TooFewTasks": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "Fewer tasks run than should: read the service's events, and why its tasks stopped.",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "EvaluationPeriods": 10,
            "Metrics": [
                {"Expression": "desired - running", "Id": "expr_1", "Label": "Missing tasks", "ReturnData": True},
                {
                    "Id": "desired",
                    "MetricStat": {
                        "Metric": {
                            "Dimensions": [
                                {"Name": "ClusterName", "Value": {"Ref": "Cluster"}},
                                {"Name": "ServiceName", "Value": {"Fn::GetAtt": ["Service/Service", "Name"]}},
                            ],
                            "MetricName": "DesiredTaskCount",
                            "Namespace": "ECS/ContainerInsights",
                        },
                        "Period": 60,
                        "Stat": "Average",
                    },
                    "ReturnData": False,
                },
                {
                    "Id": "running",
                    "MetricStat": {
                        "Metric": {
                            "Dimensions": [
                                {"Name": "ClusterName", "Value": {"Ref": "Cluster"}},
                                {"Name": "ServiceName", "Value": {"Fn::GetAtt": ["Service/Service", "Name"]}},
                            ],
                            "MetricName": "RunningTaskCount",
                            "Namespace": "ECS/ContainerInsights",
                        },
                        "Period": 60,
                        "Stat": "Average",
                    },
                    "ReturnData": False,
                },
            ],
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
        },
        "UnhealthyTasks": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "A task fails its health check, and is replaced: read the log of its container.",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Dimensions": [
                {"Name": "ClusterName", "Value": {"Ref": "Cluster"}},
                {"Name": "ContainerName", "Value": "Web"},
                {"Name": "ServiceName", "Value": {"Fn::GetAtt": ["Service/Service", "Name"]}},
            ],
            "EvaluationPeriods": 3,
            "MetricName": "UnHealthyContainerHealthStatus",
            "Namespace": "ECS/ContainerInsights",
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "Period": 60,
            "Statistic": "Maximum",
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
        },
    }
