"""Whatever a template holds and a service answers, a repair ends in a finding."""

import functools
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from patternkit.localcloud.api_shape import conform
from patternkit.localcloud.repair import Dropped, Repair
from patternkit.localcloud.repairs import REPAIRS
from patternkit.localcloud.report import Provisioned, Resource, examine

TASK = "arn:aws:ecs:us-east-1:000000000000:task-definition/Report:1"


@pytest.fixture(scope="module")
def client() -> Any:
    return functools.cache(
        lambda service: boto3.client(
            service,
            region_name="us-east-1",
            aws_access_key_id="000000000000",
            aws_secret_access_key="local",
            endpoint_url="http://127.0.0.1:1",
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
        )
    )


def test_what_cloudformation_calls_it_is_renamed_to_what_the_api_calls_it(client: Any) -> None:
    given = {
        "Name": "report",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": "5"},
        "Target": {
            "Arn": "arn:aws:ecs:us-east-1:000000000000:cluster/Reports",
            "EcsParameters": {
                "TaskDefinitionArn": TASK,
                "TaskCount": "2",
                "EnableECSManagedTags": "true",
                "NetworkConfiguration": {
                    "AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}
                },
                "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": "1", "Base": 0}],
                "PlacementConstraints": [{"Type": "distinctInstance"}],
            },
        },
        "Unheard": {"Of": 1},
    }
    parameters = conform(client("scheduler"), "UpdateSchedule", given)["Target"]["EcsParameters"]
    assert parameters["NetworkConfiguration"] == {
        "awsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}
    }
    assert parameters["CapacityProviderStrategy"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    assert parameters["PlacementConstraints"] == [{"type": "distinctInstance"}]
    assert (parameters["TaskCount"], parameters["EnableECSManagedTags"]) == (2, True)
    conformed = conform(client("scheduler"), "UpdateSchedule", given)
    assert conformed["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}
    assert conformed["Unheard"] == {"Of": 1}


def test_a_map_may_be_given_as_a_list_of_tags(client: Any) -> None:
    given = {"Resource": "arn", "Tags": [{"Key": "team", "Value": "blue"}]}
    assert conform(client("lambda"), "TagResource", given)["Tags"] == {"team": "blue"}


def fails_with(error: BaseException) -> str | None:
    def fail(_client: Any, _resource: Dropped) -> None:
        raise error

    repair = Repair(service="sqs", set=fail, read=lambda *_: None, expected=lambda _: None)
    return repair.attempt(None, Dropped(physical_id="p", properties={}, replaced={}))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClientError({"Error": {"Message": "too long", "Code": "Bad"}}, "Set"), "sqs refused it too: too long"),
        (
            EndpointConnectionError(endpoint_url="http://x"),
            'sqs cannot be told: Could not connect to the endpoint URL: "http://x"',
        ),
        (KeyError("Attributes"), "sqs does not have it either: no Attributes"),
        (
            TypeError("string indices\nmust be integers"),
            "it could not be set: TypeError: string indices must be integers",
        ),
    ],
)
def test_each_error_is_a_reason(error: BaseException, said: str) -> None:
    assert fails_with(error) == said


@pytest.mark.parametrize("shape", [None, "text", 3, [[]], ["text"], {}, {"Name": "n"}, [{"Region": 1}]], ids=repr)
def test_a_property_of_any_shape_ends_in_a_finding(client: Any, shape: Any) -> None:
    resources = [
        Resource(
            f"R{number}", "physical", type_, Provisioned({path.split(".")[0].removesuffix("[]"): shape}, frozenset())
        )
        for number, (type_, path) in enumerate((t, p) for t in REPAIRS for p in REPAIRS[t])
    ]
    report = examine(resources, client, enforce_iam=False)
    assert not report.repaired
    # A global table without a replica elsewhere has nothing to repair.
    wanted = {each.logical_id for each in resources if each.type != "AWS::DynamoDB::GlobalTable"}
    assert {finding.logical_id for finding in report.not_exercised} >= wanted
