"""A task runs one container without privileges, and its roles may do what they must."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration, Size
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager

from patterns.building_blocks.container_task import Container, ContainerTask, VariableName
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import check
from tests.patterns.building_blocks.made import own_arn, properties, resources, trust


def container(**more: Any) -> Container:
    given: dict[str, Any] = {"image": None, "port": 8080, "environment": None, "secrets": None}
    return Container(**(given | more))


def task(scope: cdk.Stack, **more: Any) -> ContainerTask:
    return ContainerTask(scope, container(**more), Settings(), starts_tasks="AWS Fargate")


def on_fargate(scope: cdk.Stack, **more: Any) -> dict[str, Any]:
    made = task(scope, **more)
    made.on_fargate(cpu=512, memory=Size.gibibytes(2), architecture=ecs.CpuArchitecture.ARM64)
    found: dict[str, Any] = properties(scope, "AWS::ECS::TaskDefinition")["Task"]
    return found


def test_fargate_runs_the_example_as_nobody(scope: cdk.Stack) -> None:
    assert on_fargate(scope) == {
        "ContainerDefinitions": [
            {
                "Command": ["python", "-m", "http.server", "8080", "--directory", "/srv"],
                "Essential": True,
                "Image": "public.ecr.aws/docker/library/python:3.13-slim",
                "LinuxParameters": {"Capabilities": {}, "InitProcessEnabled": True},
                "LogConfiguration": {
                    "LogDriver": "awslogs",
                    "Options": {
                        "awslogs-group": {"Ref": "Log"},
                        "awslogs-region": {"Ref": "AWS::Region"},
                        "awslogs-stream-prefix": "application",
                        "mode": "non-blocking",
                    },
                },
                "Name": "Application",
                "PortMappings": [{"ContainerPort": 8080, "Protocol": "tcp"}],
                "ReadonlyRootFilesystem": True,
                "User": "65534:65534",
            }
        ],
        "Cpu": "512",
        "ExecutionRoleArn": {"Fn::GetAtt": ["ExecutionRole", "Arn"]},
        "Family": "TestTask65AB24DD",
        "Memory": "2048",
        "NetworkMode": "awsvpc",
        "RequiresCompatibilities": ["FARGATE"],
        "RuntimePlatform": {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"},
        "TaskRoleArn": {"Fn::GetAtt": ["TaskRole", "Arn"]},
    }


def test_instances_run_it_at_a_port_of_their_own(scope: cdk.Stack) -> None:
    task(scope).on_instances(cpu=256, memory=Size.gibibytes(1))
    assert properties(scope, "AWS::ECS::TaskDefinition")["Task"] == {
        "ContainerDefinitions": [
            {
                "Command": ["python", "-m", "http.server", "8080", "--directory", "/srv"],
                "Cpu": 256,
                "Essential": True,
                "Image": "public.ecr.aws/docker/library/python:3.13-slim",
                "LinuxParameters": {"Capabilities": {}, "InitProcessEnabled": True},
                "LogConfiguration": {
                    "LogDriver": "awslogs",
                    "Options": {
                        "awslogs-group": {"Ref": "Log"},
                        "awslogs-region": {"Ref": "AWS::Region"},
                        "awslogs-stream-prefix": "application",
                        "mode": "non-blocking",
                    },
                },
                "Memory": 1024,
                "Name": "Application",
                "PortMappings": [{"ContainerPort": 8080, "HostPort": 0, "Protocol": "tcp"}],
                "Privileged": False,
                "ReadonlyRootFilesystem": True,
                "User": "65534:65534",
            }
        ],
        "ExecutionRoleArn": {"Fn::GetAtt": ["ExecutionRole", "Arn"]},
        "Family": "TestTask65AB24DD",
        "NetworkMode": "bridge",
        "RequiresCompatibilities": ["EC2"],
        "TaskRoleArn": {"Fn::GetAtt": ["TaskRole", "Arn"]},
    }


def test_roles_are_of_tasks_of_the_account_and_the_log_is_kept(scope: cdk.Stack) -> None:
    made = ContainerTask(
        scope,
        container(),
        Settings(log_retention=logs.RetentionDays.ONE_DAY, encryption_key=kms.Key(scope, "Key")),
        starts_tasks="Amazon ECS",
    )
    assert [one.node.path for one in (made.role, made.execution_role, made.log_group)] == [
        "Test/TaskRole",
        "Test/ExecutionRole",
        "Test/Log",
    ]
    assert properties(scope, "AWS::IAM::Role", "AWS::Logs::LogGroup") == {
        "ExecutionRole": {
            "AssumeRolePolicyDocument": trust("ecs-tasks.amazonaws.com", own_arn("ecs", "*")),
            "Description": "What Amazon ECS may do to start a task",
        },
        "Log": {"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}, "RetentionInDays": 1},
        "TaskRole": {
            "AssumeRolePolicyDocument": trust("ecs-tasks.amazonaws.com", own_arn("ecs", "*")),
            "Description": "What the application may do",
        },
    }


def test_an_application_runs_as_it_is_given(scope: cdk.Stack) -> None:
    secret = secretsmanager.Secret.from_secret_name_v2(scope, "Secret", "own")
    [found] = on_fargate(
        scope,
        image=ecs.ContainerImage.from_registry("own:1"),
        environment={"A": "1"},
        secrets={"B": ecs.Secret.from_secrets_manager(secret)},
        example=["never"],
        port_name="web",
        protocol=ecs.AppProtocol.http2,
        health_check=ecs.HealthCheck(command=["CMD", "true"]),
        stop_timeout=Duration.seconds(90),
    )["ContainerDefinitions"]
    assert (found.get("Command"), found.get("User"), found["Image"]) == (None, None, "own:1")
    assert found["Environment"] == [{"Name": "A", "Value": "1"}]
    assert [one["Name"] for one in found["Secrets"]] == ["B"]
    assert found["PortMappings"] == [{"AppProtocol": "http2", "ContainerPort": 8080, "Name": "web", "Protocol": "tcp"}]
    assert found["HealthCheck"]["Command"] == ["CMD", "true"]
    assert found["StopTimeout"] == 90


def test_an_example_of_its_own_is_run_where_there_is_no_image(scope: cdk.Stack) -> None:
    [found] = on_fargate(scope, example=("sleep", "1"))["ContainerDefinitions"]
    assert found["Command"] == ["sleep", "1"]


def test_a_service_waits_for_what_starts_its_tasks(scope: cdk.Stack) -> None:
    secret = secretsmanager.Secret.from_secret_name_v2(scope, "Secret", "own")
    made = task(scope, secrets={"B": ecs.Secret.from_secrets_manager(secret)})
    definition = made.on_fargate(cpu=256, memory=Size.mebibytes(512), architecture=ecs.CpuArchitecture.X86_64)
    vpc = cdk.aws_ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
    )
    cluster = ecs.Cluster(scope, "Cluster", vpc=vpc)
    service = ecs.FargateService(scope, "Service", cluster=cluster, task_definition=definition, min_healthy_percent=100)
    made.before(service)
    waits = resources(scope, "AWS::ECS::Service")["Service/Service"]["DependsOn"]
    assert {"ExecutionRole", "ExecutionRole/DefaultPolicy"} <= set(waits)


def test_a_file_system_is_mounted_by_the_tasks_own_permissions(scope: cdk.Stack) -> None:
    made = task(scope)
    definition = made.on_fargate(cpu=256, memory=Size.mebibytes(512), architecture=ecs.CpuArchitecture.X86_64)
    group = cdk.aws_ec2.SecurityGroup.from_security_group_id(scope, "Group", "sg-1")
    theirs = efs.FileSystem.from_file_system_attributes(scope, "Files", file_system_id="fs-1", security_group=group)
    made.mount(definition, theirs, "/srv/shared")
    found = properties(scope, "AWS::ECS::TaskDefinition")["Task"]
    assert found["RuntimePlatform"]["CpuArchitecture"] == "X86_64"
    assert found["Volumes"] == [
        {
            "EFSVolumeConfiguration": {
                "AuthorizationConfig": {"IAM": "ENABLED"},
                "FilesystemId": "fs-1",
                "TransitEncryption": "ENABLED",
            },
            "Name": "shared",
        }
    ]
    [mounted] = found["ContainerDefinitions"]
    assert mounted["MountPoints"] == [{"ContainerPath": "/srv/shared", "ReadOnly": False, "SourceVolume": "shared"}]
    policy = properties(scope, "AWS::IAM::Policy")["TaskRole/DefaultPolicy"]
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            "Effect": "Allow",
            "Resource": scope.resolve(theirs.file_system_arn),
        }
    ]


def test_a_variable_is_set_once() -> None:
    container(environment={"A": "1"}, secrets={"B": "2"}).check()
    container().check()
    with pytest.raises(ValueError, match=r"^environment and secrets must differ, both set A, B$"):
        container(environment={"B": "1", "A": "1", "C": "1"}, secrets={"A": "2", "B": "2", "D": "2"}).check()


@pytest.mark.parametrize("name", ["A", "spring.profiles.active", "!", "~", "a" * 255, "<>"])
def test_a_variable_has_a_printable_name(name: str) -> None:
    check("environment", name, VariableName)


@pytest.mark.parametrize("name", ["", "A=", "a b", "a" * 256, "\u00e4"])
def test_another_name_is_refused(name: str) -> None:
    said = "environment must be named with up to 255 printable ASCII characters without =, got "
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        check("environment", name, VariableName)
