"""What load balanced containers on instances promise, by name."""

import gzip
import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import moto
import pytest
from aws_cdk import Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Template
from constructs import Construct

from patterns.web.load_balanced_containers import LoadBalancedContainers
from patterns.web.load_balanced_containers.instance_cluster import SCRIPT, join_cluster, provider_name
from patterns.web.load_balanced_containers.tasks_per_instance import instance_size, instances_for, tasks_on_one
from tests.conftest import example
from tests.patterns.web.certificates import certificate
from tests.patterns.web.shell import lint, run


def template(scope: cdk.Stack, **arguments: Any) -> Template:
    LoadBalancedContainers(scope, "Made", certificate=certificate(scope), **arguments)
    return Template.from_stack(scope)


def properties(made: Template | dict[str, Any], kind: str) -> list[dict[str, Any]]:
    resources = made["Resources"] if isinstance(made, dict) else made.find_resources(f"AWS::{kind}")
    return [one["Properties"] for one in resources.values() if one["Type"] == f"AWS::{kind}"]


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return example("load-balanced-containers", "agnostic").template


def test_amazon_ecs_scales_drains_and_protects_the_instances(made: dict[str, Any]) -> None:
    (provider,) = properties(made, "ECS::CapacityProvider")
    settings = provider["AutoScalingGroupProvider"]
    assert settings["ManagedScaling"]["Status"] == "ENABLED"
    assert settings["ManagedScaling"]["TargetCapacity"] == 100
    assert settings["ManagedTerminationProtection"] == "ENABLED"
    assert settings["ManagedDraining"] == "ENABLED"
    (group,) = properties(made, "AutoScaling::AutoScalingGroup")
    # Without it AWS refuses managed termination protection.
    assert group["NewInstancesProtectedFromScaleIn"] is True
    assert "DesiredCapacity" not in group


def test_the_service_runs_on_that_capacity_and_waits_for_it(made: dict[str, Any]) -> None:
    resources = made["Resources"]
    (name,) = [name for name, one in resources.items() if one["Type"] == "AWS::ECS::CapacityProvider"]
    (attached,) = [
        name for name, one in resources.items() if one["Type"] == "AWS::ECS::ClusterCapacityProviderAssociations"
    ]
    assert resources[attached]["Properties"]["CapacityProviders"] == [{"Ref": name}]
    (service,) = [one for one in resources.values() if one["Type"] == "AWS::ECS::Service"]
    assert service["Properties"]["CapacityProviderStrategy"] == [{"CapacityProvider": {"Ref": name}, "Weight": 1}]
    assert "LaunchType" not in service["Properties"]
    assert attached in service["DependsOn"]


def test_both_layers_follow_from_the_tasks(scope: cdk.Stack) -> None:
    # Three tasks of 512 units and 1 GiB fit on a t4g.medium by memory, four by processors.
    made = template(scope, min_capacity=6, max_capacity=40, cpu=512, memory=Size.gibibytes(1), spare_capacity=20)
    (target,) = properties(made, "ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (6, 40)
    (group,) = properties(made, "AutoScaling::AutoScalingGroup")
    # 60 tasks during a deployment are 20 instances, and 25 with a fifth of their room free.
    assert (group["MinSize"], group["MaxSize"]) == ("2", "25")
    (provider,) = properties(made, "ECS::CapacityProvider")
    assert provider["AutoScalingGroupProvider"]["ManagedScaling"]["TargetCapacity"] == 80


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("m7g.medium", (1, 4)),
        ("c7gn.large", (2, 4)),
        ("m7i.xlarge", (4, 16)),
        ("r8g.24xlarge", (96, 768)),
        ("t4g.small", (2, 2)),
        ("t3.2xlarge", (8, 32)),
        ("c7g.small", None),
        ("t3.nano", None),
        ("t3.4xlarge", None),
        ("m7g.metal", None),
        ("p5.48xlarge", None),
        ("mac2.metal", None),
    ],
)
def test_the_size_of_an_instance_is_in_its_name(name: str, size: tuple[int, int] | None) -> None:
    assert instance_size(name) == size


def test_a_size_that_is_known_is_that_of_amazon_ec2() -> None:
    file = Path(moto.__file__).parent / "ec2/resources/instance_types.json.gz"
    offered = json.loads(gzip.decompress(file.read_bytes()))
    sizes = {name: (one["VCpuInfo"]["DefaultVCpus"], one["MemoryInfo"]["SizeInMiB"]) for name, one in offered.items()}
    known = {name: (found[0], found[1] * 1024) for name in offered if (found := instance_size(name))}
    assert len(known) > 800
    assert {name: size for name, size in known.items() if size != sizes[name]} == {}
    current = {name for name in offered if name.startswith(("c8g.", "m4.", "m7i.", "r8g.", "t2.", "t3."))}
    assert {name for name in current - known.keys() if "metal" not in name} == {
        *(f"{family}.{size}" for family in ("t2", "t3") for size in ("nano", "micro")),
        "t2.small",
    }


def test_tasks_are_counted_by_what_runs_out_first() -> None:
    assert tasks_on_one(ec2.InstanceType("m7g.large"), 256, Size.mebibytes(512), None) == 8
    assert tasks_on_one(ec2.InstanceType("m7g.large"), 128, Size.gibibytes(2), None) == 3
    assert tasks_on_one(ec2.InstanceType("g5g.xlarge"), 128, Size.gibibytes(2), 5) == 5


def test_two_tasks_get_two_instances_and_one_task_gets_one() -> None:
    assert instances_for(2, 2, on_one=10, surge=150, spare=0).fewest == 2
    assert instances_for(1, 1, on_one=10, surge=150, spare=0).fewest == 1


def test_ports_of_instances_are_dynamic_and_opened_to_the_load_balancer_alone(made: dict[str, Any]) -> None:
    (task,) = properties(made, "ECS::TaskDefinition")
    assert task["NetworkMode"] == "bridge"
    (container,) = task["ContainerDefinitions"]
    assert container["PortMappings"] == [{"ContainerPort": 8080, "HostPort": 0, "Protocol": "tcp"}]
    (ingress,) = properties(made, "EC2::SecurityGroupIngress")
    assert (ingress["FromPort"], ingress["ToPort"], ingress["IpProtocol"]) == (32768, 65535, "tcp")
    assert "Balancer" in str(ingress["SourceSecurityGroupId"])
    assert "InstancesLaunch" in str(ingress["GroupId"])
    (targets,) = properties(made, "ElasticLoadBalancingV2::TargetGroup")
    assert targets["TargetType"] == "instance"


def test_an_instance_may_join_this_cluster_and_pull_nothing(made: dict[str, Any]) -> None:
    (role,) = [
        name
        for name, one in made["Resources"].items()
        if one["Type"] == "AWS::IAM::Role" and "ec2.amazonaws.com" in str(one["Properties"]["AssumeRolePolicyDocument"])
    ]
    allowed = {
        action
        for policy in properties(made, "IAM::Policy")
        if role in str(policy["Roles"])
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert {action for action in allowed if not action.startswith("ssm")} == {
        "ecs:DeregisterContainerInstance",
        "ecs:DiscoverPollEndpoint",
        "ecs:Poll",
        "ecs:RegisterContainerInstance",
        "ecs:StartTelemetrySession",
        "ecs:SubmitAttachmentStateChanges",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
        "ecs:UpdateContainerInstancesState",
    }


def test_a_failed_deployment_is_rolled_back_and_told(made: dict[str, Any]) -> None:
    (service,) = properties(made, "ECS::Service")
    deployment = service["DeploymentConfiguration"]
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 150)
    (rule,) = properties(made, "Events::Rule")
    assert rule["EventPattern"]["detail"] == {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]}
    assert "Service" in rule["EventPattern"]["resources"][0]["Ref"]
    assert "DeploymentsFailed" in rule["Targets"][0]["Arn"]["Fn::GetAtt"][0]


def test_an_update_replaces_protected_instances_too(made: dict[str, Any]) -> None:
    (group,) = [one for one in made["Resources"].values() if one["Type"] == "AWS::AutoScaling::AutoScalingGroup"]
    preferences = group["UpdatePolicy"]["AutoScalingInstanceRefresh"]["Preferences"]
    assert preferences["ScaleInProtectedInstances"] == "Refresh"
    assert preferences["MinHealthyPercentage"] == 100


@pytest.mark.parametrize(
    ("scale_on", "metric"),
    [("cpu", "ECSServiceAverageCPUUtilization"), ("memory", "ECSServiceAverageMemoryUtilization")],
)
def test_utilization_is_tracked(scope: cdk.Stack, scale_on: str, metric: str) -> None:
    (policy,) = properties(
        template(scope, scale_on=scale_on, target_utilization=60), "ApplicationAutoScaling::ScalingPolicy"
    )
    tracked = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracked["PredefinedMetricSpecification"]["PredefinedMetricType"] == metric
    assert tracked["TargetValue"] == 60


def test_requests_are_tracked_at_the_same_utilization(scope: cdk.Stack) -> None:
    (policy,) = properties(
        template(scope, scale_on="requests", requests_per_task=600), "ApplicationAutoScaling::ScalingPolicy"
    )
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 300


def test_secrets_are_read_by_the_execution_role_alone(scope: cdk.Stack) -> None:
    parameter = ssm.StringParameter.from_secure_string_parameter_attributes(
        scope, "Parameter", parameter_name="/app/token", version=1
    )
    made = template(scope, secrets={"TOKEN": ecs.Secret.from_ssm_parameter(parameter)})
    (task,) = properties(made, "ECS::TaskDefinition")
    readers = [policy["Roles"] for policy in properties(made, "IAM::Policy") if "ssm:GetParameters" in str(policy)]
    assert readers == [[{"Ref": task["ExecutionRoleArn"]["Fn::GetAtt"][0]}]]


def test_every_failure_has_its_alarm(made: dict[str, Any]) -> None:
    alarms = properties(made, "CloudWatch::Alarm")
    assert {one["MetricName"] for one in alarms if "MetricName" in one} >= {
        "ApproximateNumberOfMessagesVisible",
        "CapacityProviderReservation",
        "ErrorPortAllocation",
        "FailedInvocations",
        "GroupInServiceInstances",
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
        "RejectedConnectionCount",
        "TargetConnectionErrorCount",
        "UnHealthyHostCount",
    }
    (missing,) = [one for one in alarms if "Metrics" in one]
    assert {query.get("Expression") for query in missing["Metrics"]} == {"desired - running", None}


def test_the_script_of_an_instance_is_sound() -> None:
    assert lint(join_cluster("the-cluster")) == ""


def test_an_instance_joins_the_cluster_that_it_is_told(tmp_path: Path) -> None:
    configuration = tmp_path / "ecs.config"
    environment = {"AGENT_CONFIGURATION": str(configuration), "CLUSTER": "the-cluster"}
    assert run(SCRIPT, tmp_path, {}, environment)[0] == 0
    lines = configuration.read_text(encoding="utf-8").splitlines()
    assert "ECS_CLUSTER=the-cluster" in lines
    assert "ECS_DISABLE_PRIVILEGED=true" in lines


def test_an_instance_that_is_told_no_cluster_does_not_start_as_if_it_were(tmp_path: Path) -> None:
    assert run(SCRIPT, tmp_path, {}, {"AGENT_CONFIGURATION": str(tmp_path / "ecs.config")})[0] != 0
    assert not (tmp_path / "ecs.config").exists() or not (tmp_path / "ecs.config").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["aws-web", "EcsWeb", "fargate"])
def test_a_capacity_provider_has_a_name_where_cloudformations_would_be_refused(name: str) -> None:
    scope = cdk.Stack(cdk.App(), name)
    assert (provider_name(Construct(scope, "Web")) or "").startswith("web-")
    assert (provider_name(cdk.NestedStack(scope, "Nested")) or "").startswith("web-")


def test_elsewhere_cloudformation_names_it_so_that_it_can_be_replaced(scope: cdk.Stack, made: dict[str, Any]) -> None:
    assert provider_name(scope) is None
    (provider,) = properties(made, "ECS::CapacityProvider")
    assert "Name" not in provider


def test_instances_that_start_before_the_capacity_provider_belong_to_it(made: dict[str, Any]) -> None:
    (group,) = properties(made, "AutoScaling::AutoScalingGroup")
    assert {"Key": "AmazonECSManaged", "PropagateAtLaunch": True, "Value": "true"} in group["Tags"]
