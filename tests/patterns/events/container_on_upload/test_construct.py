"""What ContainerOnUpload promises of its template."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from patterns.events.container_on_upload import ContainerOnUpload
from tests.conftest import example


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: one.get("Properties", {}) for name, one in template["Resources"].items() if one["Type"] == kind}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("container-on-upload", "agnostic").template)


def rule(template: dict[str, Any], source: str) -> dict[str, Any]:
    [found] = [
        one for one in of_type(template, "AWS::Events::Rule").values() if one["EventPattern"]["source"] == [source]
    ]
    return found


def test_a_queue_stands_between_uploads_and_tasks(template: dict[str, Any]) -> None:
    [target] = rule(template, "aws.s3")["Targets"]
    queue = target["Arn"]["Fn::GetAtt"][0]
    assert template["Resources"][queue]["Type"] == "AWS::SQS::Queue"
    [mapping] = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": [queue, "Arn"]}
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    # An object waits for room for two days before it is given up: each try for which there is none counts.
    queued = template["Resources"][queue]["Properties"]
    assert queued["RedrivePolicy"]["maxReceiveCount"] * queued["VisibilityTimeout"] >= 2 * 86_400


def test_events_that_a_rule_cannot_deliver_set_off_an_alarm(template: dict[str, Any]) -> None:
    watched = {
        json.dumps(one["Dimensions"][0]["Value"])
        for one in of_type(template, "AWS::CloudWatch::Alarm").values()
        if one["MetricName"] == "FailedInvocations"
    }
    assert watched == {json.dumps({"Ref": name}) for name in of_type(template, "AWS::Events::Rule")}


def test_tasks_that_are_not_started_set_off_an_alarm(template: dict[str, Any]) -> None:
    names = [one["MetricName"] for one in of_type(template, "AWS::CloudWatch::Alarm").values()]
    assert "NotStarted" in names
    assert "OldestWaiting" in names


def test_results_go_to_another_bucket(template: dict[str, Any]) -> None:
    [task] = of_type(template, "AWS::ECS::TaskDefinition").values()
    [container] = task["ContainerDefinitions"]
    told = {one["Name"]: one["Value"] for one in container["Environment"]}
    [bucket] = rule(template, "aws.s3")["EventPattern"]["detail"]["bucket"]["name"]
    assert told["RESULT_BUCKET"] != bucket


def test_no_shell_stands_between_a_key_and_the_program(template: dict[str, Any]) -> None:
    [task] = of_type(template, "AWS::ECS::TaskDefinition").values()
    [container] = task["ContainerDefinitions"]
    assert not {"Command", "EntryPoint"} & set(container)
    assert container["ReadonlyRootFilesystem"] is True


def test_a_task_has_a_way_to_its_image_and_none_to_the_internet(template: dict[str, Any]) -> None:
    services = {
        str(one["ServiceName"]["Fn::Join"][1][-1]) for one in of_type(template, "AWS::EC2::VPCEndpoint").values()
    }
    assert services == {".ecr.api", ".ecr.dkr", ".logs", ".s3", ".dynamodb"}
    assert not of_type(template, "AWS::EC2::InternetGateway")
    assert not of_type(template, "AWS::EC2::NatGateway")


FAILED = [
    {"stopCode": "EssentialContainerExited", "containers": [{"exitCode": 1}]},
    {"stopCode": "EssentialContainerExited", "containers": [{"exitCode": 137}]},
    {"stopCode": "TaskFailedToStart", "containers": [{"lastStatus": "STOPPED"}]},
    {"stopCode": "UserInitiated", "containers": [{"exitCode": 0}]},
]
FINE = [{"stopCode": "EssentialContainerExited", "containers": [{"exitCode": 0}]}]


def matches(alternative: dict[str, Any], detail: dict[str, Any]) -> bool:
    """Whether one of a rule's alternatives, of the two kinds that it has, fits an event."""
    if "stopCode" in alternative:
        return detail["stopCode"] not in alternative["stopCode"][0]["anything-but"]
    refused = alternative["containers"]["exitCode"][0]["anything-but"]
    codes = [one["exitCode"] for one in detail["containers"] if "exitCode" in one]
    return any(code not in refused for code in codes)


@pytest.mark.parametrize(("detail", "kept"), [*((one, True) for one in FAILED), *((one, False) for one in FINE)])
def test_a_task_that_failed_or_never_started_is_kept(template: dict[str, Any], detail: Any, kept: bool) -> None:
    pattern = rule(template, "aws.ecs")["EventPattern"]["detail"]
    assert set(pattern) == {"$or"}, "EventBridge refuses other keys beside it"
    for one in pattern["$or"]:
        assert one["lastStatus"] == ["STOPPED"]
        assert one["group"][0].startswith("family:")
        assert one["clusterArn"]
    assert any(matches(one, detail) for one in pattern["$or"]) is kept


def test_only_objects_under_the_prefix_are_worked_on(scope: cdk.Stack) -> None:
    ContainerOnUpload(scope, "Made", prefix="incoming/")
    Template.from_stack(scope).has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": Match.object_like(
                {"detail": Match.object_like({"object": {"key": [{"prefix": "incoming/"}]}})}
            )
        },
    )


def test_an_existing_bucket_is_told_to_send_its_events(scope: cdk.Stack) -> None:
    bucket = s3.Bucket(scope, "Uploads")
    made = ContainerOnUpload(scope, "Made", bucket=bucket)
    assert made.bucket is bucket
    assert "EventBridgeConfiguration" in json.dumps(Template.from_stack(scope).to_json())


def test_an_existing_vpc_gets_no_endpoints(scope: cdk.Stack) -> None:
    vpc = ec2.Vpc(scope, "Vpc", max_azs=2, nat_gateways=1)
    made = ContainerOnUpload(scope, "Made", vpc=vpc)
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::EC2::VPCEndpoint", 0)
    assert [one.subnet_id for one in made.network.subnets] == [one.subnet_id for one in vpc.private_subnets]


def test_a_task_has_the_memory_that_is_given(scope: cdk.Stack) -> None:
    ContainerOnUpload(scope, "Made", cpu=1024, memory=cdk.Size.gibibytes(4))
    Template.from_stack(scope).has_resource_properties("AWS::ECS::TaskDefinition", {"Cpu": "1024", "Memory": "4096"})


def test_an_image_of_ones_own_is_run(scope: cdk.Stack) -> None:
    ContainerOnUpload(
        scope, "Made", image=ecs.ContainerImage.from_registry("example/image:1"), environment={"MODE": "a"}
    )
    Template.from_stack(scope).has_resource_properties(
        "AWS::ECS::TaskDefinition",
        {
            "ContainerDefinitions": [
                Match.object_like(
                    {"Image": "example/image:1", "Environment": Match.array_with([{"Name": "MODE", "Value": "a"}])}
                )
            ]
        },
    )
