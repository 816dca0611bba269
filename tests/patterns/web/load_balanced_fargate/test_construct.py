"""What load balanced containers on Fargate promise, by name."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Template

from patterns.web.load_balanced_fargate import LoadBalancedFargate
from tests.patterns.web.certificates import certificate, vpc


def template(scope: cdk.Stack, **arguments: Any) -> Template:
    LoadBalancedFargate(scope, "Made", certificate=certificate(scope), **arguments)
    return Template.from_stack(scope)


def properties(made: Template, kind: str) -> list[dict[str, Any]]:
    return [found["Properties"] for found in made.find_resources(f"AWS::{kind}").values()]


def statements(made: Template, action: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in properties(made, "IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if action in statement["Action"]
    ]


def test_a_failed_deployment_is_rolled_back_and_nobody_has_a_shell(scope: cdk.Stack) -> None:
    (service,) = properties(template(scope), "ECS::Service")
    deployment = service["DeploymentConfiguration"]
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)
    assert service["EnableExecuteCommand"] is False


def test_tasks_are_private_and_only_the_load_balancer_reaches_them(scope: cdk.Stack) -> None:
    made = template(scope)
    (service,) = properties(made, "ECS::Service")
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert all("Private" in one["Fn::GetAtt"][0] for one in network["Subnets"])
    (ingress,) = properties(made, "EC2::SecurityGroupIngress")
    assert (ingress["FromPort"], ingress["ToPort"]) == (8080, 8080)
    assert "MadeBalancer" in str(ingress["SourceSecurityGroupId"])


def test_a_task_has_the_size_that_is_asked_for(scope: cdk.Stack) -> None:
    (task,) = properties(template(scope, cpu=1024, memory=cdk.Size.mebibytes(3072)), "ECS::TaskDefinition")
    assert (task["Cpu"], task["Memory"]) == ("1024", "3072")


def test_spot_stands_on_an_on_demand_base(scope: cdk.Stack) -> None:
    (service,) = properties(template(scope, spot_share=80), "ECS::Service")
    assert service["CapacityProviderStrategy"] == [
        {"Base": 2, "CapacityProvider": "FARGATE", "Weight": 20},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 80},
    ]


def test_without_spot_there_is_none(scope: cdk.Stack) -> None:
    (service,) = properties(template(scope), "ECS::Service")
    assert [one["CapacityProvider"] for one in service["CapacityProviderStrategy"]] == ["FARGATE"]


def test_secrets_are_read_by_the_execution_role_alone(scope: cdk.Stack) -> None:
    parameter = ssm.StringParameter.from_secure_string_parameter_attributes(
        scope, "Parameter", parameter_name="/app/token", version=1
    )
    made = template(
        scope,
        secrets={
            "PASSWORD": ecs.Secret.from_secrets_manager(secretsmanager.Secret(scope, "Secret")),
            "TOKEN": ecs.Secret.from_ssm_parameter(parameter),
        },
    )
    (task,) = properties(made, "ECS::TaskDefinition")
    assert {one["Name"] for one in task["ContainerDefinitions"][0]["Secrets"]} == {"PASSWORD", "TOKEN"}
    role = task["ExecutionRoleArn"]["Fn::GetAtt"][0]
    readers = [
        policy["Roles"]
        for policy in properties(made, "IAM::Policy")
        if "secretsmanager:GetSecretValue" in str(policy) or "ssm:GetParameters" in str(policy)
    ]
    assert readers == [[{"Ref": role}]]


@pytest.mark.parametrize(
    ("scale_on", "metric"),
    [("cpu", "ECSServiceAverageCPUUtilization"), ("memory", "ECSServiceAverageMemoryUtilization")],
)
def test_utilization_is_tracked(scope: cdk.Stack, scale_on: str, metric: str) -> None:
    made = template(scope, scale_on=scale_on, target_utilization=60)
    (policy,) = properties(made, "ApplicationAutoScaling::ScalingPolicy")
    tracked = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracked["PredefinedMetricSpecification"]["PredefinedMetricType"] == metric
    assert tracked["TargetValue"] == 60
    (target,) = properties(made, "ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 10)


def test_requests_are_tracked_at_the_same_utilization(scope: cdk.Stack) -> None:
    made = template(scope, scale_on="requests", requests_per_task=600)
    (policy,) = properties(made, "ApplicationAutoScaling::ScalingPolicy")
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 300


def test_a_queue_is_tracked_by_its_messages_for_each_task(scope: cdk.Stack) -> None:
    made = template(scope, scale_on="queue", queue=sqs.Queue(scope, "Queue"), messages_per_task=25)
    (policy,) = properties(made, "ApplicationAutoScaling::ScalingPolicy")
    tracked = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracked["TargetValue"] == 25
    metrics = {one["Id"]: one for one in tracked["CustomizedMetricSpecification"]["Metrics"]}
    assert metrics["backlog"]["Expression"] == "messages / tasks"
    assert [name for name, one in metrics.items() if one["ReturnData"]] == ["backlog"]


def test_a_file_system_is_mounted_encrypted_and_opened_to_tasks_alone(scope: cdk.Stack) -> None:
    network = vpc(scope)
    shared = efs.FileSystem(scope, "Shared", vpc=network, encrypted=True)
    made = template(scope, vpc=network, file_system=shared)
    (task,) = properties(made, "ECS::TaskDefinition")
    (volume,) = task["Volumes"]
    assert volume["EFSVolumeConfiguration"]["TransitEncryption"] == "ENABLED"
    assert volume["EFSVolumeConfiguration"]["AuthorizationConfig"] == {"IAM": "ENABLED"}
    (permission,) = statements(made, "elasticfilesystem:ClientMount")
    assert permission["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert {one["FromPort"] for one in properties(made, "EC2::SecurityGroupIngress")} == {2049, 8080}


def test_the_service_goes_before_the_capacity_providers_it_uses(scope: cdk.Stack) -> None:
    made = template(scope)
    ((providers, association),) = made.find_resources("AWS::ECS::ClusterCapacityProviderAssociations").items()
    assert association["Properties"]["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    (service,) = made.find_resources("AWS::ECS::Service").values()
    assert providers in service["DependsOn"]


def test_tasks_stand_in_the_subnets_that_are_chosen(scope: cdk.Stack) -> None:
    network = vpc(scope, public=4, private=4)
    made = template(
        scope,
        vpc=network,
        public_subnets=network.public_subnets[2:],
        private_subnets=network.select_subnets(subnet_group_name="Application").subnets,
    )
    (service,) = properties(made, "ECS::Service")
    subnets = service["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"]
    assert subnets == ["subnet-00000020", "subnet-00000021"]
    (balancer,) = properties(made, "ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Subnets"] == ["subnet-00000012", "subnet-00000013"]


def test_a_load_balancer_stands_in_one_subnet_of_each_zone(scope: cdk.Stack) -> None:
    (balancer,) = properties(template(scope, vpc=vpc(scope, public=4)), "ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Subnets"] == ["subnet-00000010", "subnet-00000011"]
