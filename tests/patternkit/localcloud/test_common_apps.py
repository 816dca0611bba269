"""The kinds of app that people write run here: ten of them, from one synthesis, in one cloud."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from patternkit.localcloud import Deployment, LocalCloud
from tests.patternkit.localcloud import common_apps

pytestmark = pytest.mark.filterwarnings("ignore:Node 20")


@dataclass(frozen=True)
class Street:
    """Every app, deployed."""

    cloud: LocalCloud
    stacks: Mapping[str, Deployment]
    errors: Mapping[str, str]

    def message(self, stack: str, queue: str = "Done") -> dict[str, Any]:
        """Wait for the next message of a queue."""
        queues, url = self.cloud.client("sqs"), self.stacks[stack].physical_id(queue)

        def received() -> Any:
            return queues.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages")

        body: dict[str, Any] = json.loads(self.cloud.wait_for(received, what="a message", deadline=60)[0]["Body"])
        return body

    def stood_in(self, stack: str) -> set[str]:
        reasons = (finding.why for finding in self.stacks[stack].report.stood_in)
        return {re.sub(r"the provider of (.*), in Python here", r"\1", why) for why in reasons}


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    assembly = common_apps.synthesize(tmp_path_factory.mktemp("apps"))
    with LocalCloud.start() as cloud:
        outcomes = cloud.deploy_each(assembly)
        yield Street(
            cloud,
            {each.stack_name: each.deployment for each in outcomes if each.deployment},
            {each.stack_name: str(each.error) for each in outcomes if each.error},
        )


def test_each_is_deployed(street: Street) -> None:
    assert street.errors == {}
    assert len(street.stacks) == 11


def test_a_queue_is_worked_off_and_its_logs_are_kept(street: Street) -> None:
    orders = street.stacks["Queues"].physical_id("Orders")
    street.cloud.client("sqs").send_message(QueueUrl=orders, MessageBody="a lamp")
    assert street.message("Queues")["body"] == "a lamp"
    group = f"/aws/lambda/{street.stacks['Queues'].physical_id('Worker')}"
    [found] = street.cloud.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert found["retentionInDays"] == 7
    assert street.stood_in("Queues") == {"log_retention="}


def test_a_table_is_followed(street: Street) -> None:
    table = street.stacks["Streams"].physical_id("Table")
    street.cloud.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "one"}})
    assert street.message("Streams")["dynamodb"]["NewImage"] == {"id": {"S": "one"}}


def test_calls_by_custom_resources_are_made(street: Street) -> None:
    assert dict(street.stacks["Custom"].outputs) == {
        "Read": "one",
        "MadeId": "made-it",
        "Answer": "begun",
        "AskedTimes": "2",
    }
    policies = street.cloud.client("logs").describe_resource_policies()["resourcePolicies"]
    assert any("events.amazonaws.com" in policy["policyDocument"] for policy in policies)
    assert street.stood_in("Custom") == {"AwsCustomResource", "Provider"}
    street.stacks["Custom"].destroy()
    names = [each["Name"] for each in street.cloud.client("ssm").describe_parameters()["Parameters"]]
    assert "/made/by-call" not in names


def test_a_site_is_uploaded_served_and_emptied(street: Street) -> None:
    site, s3 = street.stacks["Site"], street.cloud.client("s3")
    bucket = site.physical_id("Bucket")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys == ["config.json", "deep/page.html", "index.html"]
    page = s3.get_object(Bucket=bucket, Key="index.html")
    assert (page["ContentType"], page["CacheControl"], page["Metadata"]) == (
        "text/html",
        "max-age=3600",
        {"team": "blue"},
    )
    assert json.loads(s3.get_object(Bucket=bucket, Key="config.json")["Body"].read()) == {"bucket": bucket}
    assert street.stood_in("Site") == {
        "BucketDeployment (the AWS CLI that it calls)",
        "auto_delete_objects=True",
        "log_retention=",
    }


def test_a_vpc_is_recorded_and_its_default_group_emptied(street: Street) -> None:
    vpc = street.stacks["Inside"].physical_id("Vpc")
    groups = street.cloud.client("ec2").describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]
    assert [(group["IpPermissions"], group["IpPermissionsEgress"]) for group in groups] == [([], [])]
    name = street.stacks["Inside"].physical_id("Hello")
    answer = street.cloud.client("lambda").invoke(FunctionName=name)
    assert json.loads(answer["Payload"].read())["body"] == "hello"
    assert any("no packet passes" in finding.why for finding in street.stacks["Inside"].report.not_exercised)


def test_a_bucket_of_another_stack_notifies(street: Street) -> None:
    bucket = street.stacks["Base"].physical_id("Bucket")
    street.cloud.client("s3").put_object(Bucket=bucket, Key="new", Body=b"x")
    told = street.message("User")
    while "Records" not in told:  # the first is S3's own test
        told = street.message("User")
    assert told["Records"][0]["s3"]["object"]["key"] == "new"


def test_a_nested_stack_of_a_stage_runs(street: Street) -> None:
    name = street.stacks["Prod/Whole"].outputs["Name"]
    answer = street.cloud.client("lambda").invoke(FunctionName=name)
    assert json.loads(answer["Payload"].read())["body"] == "hello"
    assert street.stood_in("Prod/Whole") == {"log_retention="}


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_each_printed_call_works_as_it_is_printed(street: Street) -> None:
    answers: dict[tuple[str, str, bool], str] = {}
    for name, deployment in street.stacks.items():
        for address in deployment.addresses:
            signed = "--aws-sigv4" in address.call
            done = subprocess.run(address.call, shell=True, capture_output=True, text=True, check=False, timeout=60)
            answers[name, address.type, signed] = done.stdout or done.stderr
            assert str(street.cloud.environment()["AWS_SECRET_ACCESS_KEY"]) not in address.call
            if signed:
                unsigned = re.sub(r"--config \S+ --aws-sigv4 \S+ ", "-s ", address.call)
                refused = subprocess.run(unsigned, shell=True, capture_output=True, text=True, check=False, timeout=60)
                assert refused.stdout != done.stdout
    socket = answers.pop(("Socket", "WebSocket API", False))
    assert "HTTP/1.1 101" in socket
    assert answers == {
        ("Rest", "REST API", False): "hello",
        ("Rest", "REST API", True): "hello",
        ("Http", "HTTP API", False): "hello",
        ("Http", "function URL", False): "hello",
        ("Http", "function URL", True): "hello",
        ("Site", "distribution", False): "<p>home",
        ("Inside", "load balancer", False): "hello",
    }


def test_outputs_lead_here(street: Street) -> None:
    for stack in ("Rest", "Http"):
        for name, value in street.stacks[stack].outputs.items():
            assert ".amazonaws.com" in value or ".on.aws" in value
            assert street.stacks[stack].local_outputs[name].startswith(street.cloud.endpoint_url), name


def test_what_deletes_its_objects_can_be_destroyed(street: Street) -> None:
    began = time.monotonic()
    bucket = street.stacks["Site"].physical_id("Bucket")
    street.stacks["Site"].destroy()
    assert bucket not in [each["Name"] for each in street.cloud.client("s3").list_buckets()["Buckets"]]
    assert time.monotonic() - began < 120
