import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from patternkit.localcloud import (
    DeadlinePassed,
    DeploymentFailed,
    LocalCloud,
    LocalCloudError,
    Progress,
    Unsupported,
)
from tests.patternkit.localcloud import apps
from tests.patternkit.localcloud.conftest import Synth


def test_a_stack_is_created_updated_and_destroyed(cloud: LocalCloud, synth: Synth, tmp_path: Path) -> None:
    seen: list[Progress] = []
    deployment = cloud.deploy(synth(apps.Small), on_progress=seen.append)
    bucket = deployment.outputs["BucketName"]
    assert bucket in [each["Name"] for each in cloud.client("s3").list_buckets()["Buckets"]]
    assert {each.type for each in deployment.resources} == {
        "AWS::DynamoDB::Table",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::S3::Bucket",
        "AWS::SQS::Queue",
    }
    assert {each.status for each in deployment.resources} == {"CREATE_COMPLETE"}
    assert seen[0].type == "Asset"
    assert seen[-1].logical_id == "Small"
    assert (seen[-1].status, seen[-1].done) == ("CREATE_COMPLETE", seen[-1].total)
    answer = cloud.client("lambda").invoke(FunctionName=deployment.physical_id("Echo"), Payload=b'{"say": 1}')
    assert json.loads(answer["Payload"].read())["event"] == {"say": 1}
    logged = cloud.wait_for(lambda: cloud.logs(deployment.physical_id("Echo")), what="the log")
    assert '{"say": 1}' in logged

    def grown(app: cdk.App) -> None:
        sqs.Queue(apps.Small(app), "Another")

    seen.clear()
    updated = cloud.deploy(apps.synthesize(tmp_path / "grown", grown), on_progress=seen.append)
    assert updated.outputs["BucketName"] == bucket
    assert updated.physical_id("Another").startswith(cloud.endpoint_url)
    assert any(each.logical_id.startswith("Another") and each.status.endswith("_COMPLETE") for each in seen)
    assert (seen[-1].logical_id, seen[-1].status) == ("Small", "UPDATE_COMPLETE")

    unchanged = cloud.deploy(tmp_path / "grown")
    assert unchanged.resources == updated.resources

    queue = updated.physical_id("Queue")
    updated.destroy(on_progress=seen.append)
    assert (seen[-1].logical_id, seen[-1].status) == ("Small", "DELETE_COMPLETE")
    assert queue not in cloud.client("sqs").list_queues().get("QueueUrls", [])
    updated.destroy()


def test_a_resource_is_found_by_its_logical_id_and_its_construct_path(cloud: LocalCloud, small: Path) -> None:
    deployment = cloud.deploy(small)
    logical_id = next(each.logical_id for each in deployment.resources if each.type == "AWS::S3::Bucket")
    bucket = deployment.outputs["BucketName"]
    for name in (logical_id, "Bucket", "Small/Bucket", "Small/Bucket/Resource", "/Small/Bucket/Resource"):
        assert deployment.physical_id(name) == bucket
    with pytest.raises(LocalCloudError, match=r"Small has no resource Buckte; did you mean Bucket\w+"):
        deployment.physical_id("Buckte")


def test_a_refused_resource_is_named_with_its_reason(cloud: LocalCloud, synth: Synth) -> None:
    with pytest.raises(DeploymentFailed) as raised:
        cloud.deploy(synth(apps.Refused))
    error = raised.value
    assert error.stack_name == "Refused"
    assert error.logical_id is not None
    assert error.logical_id.startswith("Second")
    assert "already exists" in error.reason
    assert "\n" not in error.message
    assert f"{error.logical_id} (AWS::S3::Bucket): {error.reason}" in error.message
    assert any(event.failed and event.logical_id == error.logical_id for event in error.events)


def test_what_failed_can_be_deployed_once_it_is_right(cloud: LocalCloud, synth: Synth, tmp_path: Path) -> None:
    with pytest.raises(DeploymentFailed):
        cloud.deploy(synth(apps.Broken))

    def mended(app: cdk.App) -> None:
        sqs.Queue(cdk.Stack(app, "Broken"), "Queue")

    assert cloud.deploy(apps.synthesize(tmp_path / "mended", mended)).resources[0].type == "AWS::SQS::Queue"


def test_a_custom_resource_fails_with_its_function(cloud: LocalCloud, synth: Synth) -> None:
    with pytest.raises(DeploymentFailed, match=r"Custom \(.*\): its function failed without answering: out of luck"):
        cloud.deploy(synth(apps.Broken), deadline=30)


def test_a_pending_custom_resource_is_named_when_the_deadline_has_passed(synth: Synth) -> None:
    with (
        LocalCloud.start() as cloud,
        pytest.raises(
            DeadlinePassed, match=r"Pending was still CREATE_IN_PROGRESS after 1 seconds, waiting for Custom"
        ),
    ):
        cloud.deploy(synth(apps.Pending), deadline=1)


def test_what_it_cannot_run_is_refused_before_anything_is_deployed(cloud: LocalCloud, synth: Synth) -> None:
    with pytest.raises(Unsupported) as raised:
        cloud.deploy(synth(apps.Network))
    types = [type_ for _, type_ in raised.value.resources]
    assert types == ["AWS::EC2::EIP", "AWS::EC2::NatGateway"]
    for logical_id, type_ in raised.value.resources:
        assert f"{logical_id} ({type_})" in raised.value.message
    with pytest.raises(cloud.client("cloudformation").exceptions.ClientError, match="does not exist"):
        cloud.client("cloudformation").describe_stacks(StackName="Network")


def test_a_stack_is_deployed_after_those_it_depends_on(cloud: LocalCloud, synth: Synth) -> None:
    assembly = synth(apps.Chain)
    with pytest.raises(LocalCloudError, match=r"stack must be named, .* holds 2: Before, After"):
        cloud.deploy(assembly)
    with pytest.raises(LocalCloudError, match="stack must be one of Before, After, got Aftre; did you mean After"):
        cloud.deploy(assembly, "Aftre")
    after = cloud.deploy(assembly, "After")
    before, again = cloud.deploy_all(assembly)
    assert again.outputs == after.outputs
    queue = before.physical_id("Queue").rpartition("/")[2]
    assert after.outputs["QueueArn"].endswith(f":{queue}")


def test_a_concrete_environment_is_deployed_as_its_account_in_its_region(cloud: LocalCloud, synth: Synth) -> None:
    environment = cdk.Environment(account="111122223333", region="eu-west-1")
    deployment = cloud.deploy(synth(lambda app: apps.Small(app, "Concrete", env=environment)))
    assert (deployment.account, deployment.region) == ("111122223333", "eu-west-1")
    functions = cloud.client("lambda", account="111122223333", region="eu-west-1")
    answer = functions.invoke(FunctionName=deployment.physical_id("Echo"))
    told = json.loads(answer["Payload"].read())
    assert told["arn"].startswith("arn:aws:lambda:eu-west-1:111122223333:")
    assert told["environment"]["AWS_REGION"] == "eu-west-1"
    assert cloud.client("lambda").list_functions()["Functions"] == [] or all(
        ":000000000000:" in each["FunctionArn"] for each in cloud.client("lambda").list_functions()["Functions"]
    )
    deployment.destroy()
    assert functions.list_functions()["Functions"] == []


def test_a_nested_stack_is_deployed_and_reported_on(cloud: LocalCloud, synth: Synth) -> None:
    deployment = cloud.deploy(synth(apps.Nested))
    repaired = [finding for finding in deployment.report.repaired if finding.property == "LifecycleConfiguration"]
    assert len(repaired) == 1
    assert "/" in repaired[0].logical_id


def test_a_folder_that_is_no_assembly_is_an_error(cloud: LocalCloud, tmp_path: Path) -> None:
    with pytest.raises(LocalCloudError, match=r"is not a cloud assembly: it has no manifest\.json"):
        cloud.deploy(tmp_path)


def test_logs_of_no_function_are_an_error(cloud: LocalCloud) -> None:
    with pytest.raises(LocalCloudError, match="no logs of nobody: Function not found"):
        cloud.logs("nobody")
