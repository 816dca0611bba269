"""Failed deployments of services are kept, and an alarm stays on until somebody has looked."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from patterns.building_blocks.failed_deployments import FailedDeployments
from patterns.building_blocks.settings import Settings
from tests.patterns.building_blocks.made import properties


def service(scope: cdk.Stack, name: str) -> ecs.FargateService:
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, f"{name}Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
    )
    task = ecs.FargateTaskDefinition(scope, f"{name}Task")
    task.add_container("Web", image=ecs.ContainerImage.from_registry("web"))
    cluster = ecs.Cluster(scope, f"{name}Cluster", vpc=vpc)
    return ecs.FargateService(scope, name, cluster=cluster, task_definition=task, min_healthy_percent=100)


def test_they_are_kept_and_told(scope: cdk.Stack) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    key = kms.Key.from_key_arn(scope, "Key", "arn:aws:kms:eu-west-1:111122223333:key/own")
    made = FailedDeployments(
        scope,
        "FailedDeployments",
        services=[service(scope, "One"), service(scope, "Other")],
        settings=Settings(alarm_topic=topic, encryption_key=key),
    )
    assert [one.node.path for one in made.alarms] == [
        "Test/FailedDeployments/Failed/NotEmpty",
        "Test/FailedDeployments/EventsLost",
    ]
    assert properties(scope, "AWS::Events::Rule", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy") == {
        "FailedDeployments/Failed/Queue": {"MessageRetentionPeriod": 1209600, "SqsManagedSseEnabled": True},
        "FailedDeployments/Failed/Queue/Policy": {
            "PolicyDocument": {
                "Statement": [
                    {
                        "Action": "sqs:*",
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        "Effect": "Deny",
                        "Principal": {"AWS": "*"},
                        "Resource": {"Fn::GetAtt": ["FailedDeployments/Failed/Queue", "Arn"]},
                    },
                    {
                        "Action": ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
                        "Condition": {
                            "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["FailedDeployments/Rule", "Arn"]}}
                        },
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Resource": {"Fn::GetAtt": ["FailedDeployments/Failed/Queue", "Arn"]},
                    },
                ],
                "Version": "2012-10-17",
            },
            "Queues": [{"Ref": "FailedDeployments/Failed/Queue"}],
        },
        "FailedDeployments/Rule": {
            "Description": "Keeps what Amazon ECS says of deployments that failed",
            "EventPattern": {
                "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
                "detail-type": ["ECS Deployment State Change"],
                "resources": [{"Ref": "One/Service"}, {"Ref": "Other/Service"}],
                "source": ["aws.ecs"],
            },
            "State": "ENABLED",
            "Targets": [{"Arn": {"Fn::GetAtt": ["FailedDeployments/Failed/Queue", "Arn"]}, "Id": "Target0"}],
        },
    }
    assert properties(scope, "AWS::CloudWatch::Alarm") == {
        "FailedDeployments/EventsLost": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "An event of a failed deployment could not be kept: check the queue's policy.",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Dimensions": [{"Name": "RuleName", "Value": {"Ref": "FailedDeployments/Rule"}}],
            "EvaluationPeriods": 1,
            "MetricName": "FailedInvocations",
            "Namespace": "AWS/Events",
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "Period": 300,
            "Statistic": "Sum",
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
        },
        "FailedDeployments/Failed/NotEmpty": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "The dead-letter queue holds events of deployments that failed and were "
            "rolled back: read one, and mend the cause. Amazon SQS cannot redrive it.",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Dimensions": [
                {"Name": "QueueName", "Value": {"Fn::GetAtt": ["FailedDeployments/Failed/Queue", "QueueName"]}}
            ],
            "EvaluationPeriods": 1,
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Namespace": "AWS/SQS",
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "Period": 300,
            "Statistic": "Maximum",
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
        },
    }
