"""The way of an image into a task, and of nothing else anywhere: proved from the template."""

import copy
from typing import Any

import pytest

from patternkit.routes import Network, Verdict, isolated, reaches
from tests.conftest import example

TASKS = "ContainerOnUploadNetworkVpcTasks*"
SERVICES = {
    "ecr.api": "ContainerOnUploadNetworkEndpointsEcrApi*",
    "ecr.dkr": "ContainerOnUploadNetworkEndpointsEcrDkr*",
    "logs": "ContainerOnUploadNetworkEndpointsLogs*",
    "s3": "s3",
    "dynamodb": "dynamodb",
}
"""What a task talks to: an endpoint in the VPC, or a service by its gateway endpoint."""


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("container-on-upload", "agnostic").template)


def network(template: dict[str, Any]) -> Network:
    return Network.from_templates({"ContainerOnUploadStack": template})


@pytest.mark.parametrize("service", SERVICES)
def test_a_task_reaches_what_its_image_log_and_work_need(template: dict[str, Any], service: str) -> None:
    network(template).assert_holds(reaches(source=TASKS, destination=SERVICES[service], port=443, same_vpc=True))


def test_a_task_reaches_nothing_on_the_internet_and_nothing_there_reaches_a_task(template: dict[str, Any]) -> None:
    found = network(template)
    found.assert_holds(isolated(source=TASKS, destination="internet"))
    found.assert_holds(isolated(source="internet", destination=TASKS))


def test_where_the_endpoints_let_nobody_in_the_proof_fails(template: dict[str, Any]) -> None:
    mutant = copy.deepcopy(template)
    for name, one in mutant["Resources"].items():
        if one["Type"] == "AWS::EC2::SecurityGroup" and "NetworkEndpoints" in name:
            one["Properties"]["SecurityGroupIngress"] = []
    sees = network(mutant).prove(reaches(source=TASKS, destination=SERVICES["ecr.dkr"], port=443, same_vpc=True))
    assert sees.verdict is not Verdict.HOLDS


def test_without_the_endpoint_of_s3_no_layer_of_an_image_arrives(template: dict[str, Any]) -> None:
    mutant = copy.deepcopy(template)
    [name] = [one for one in mutant["Resources"] if one.startswith("ContainerOnUploadNetworkS3")]
    del mutant["Resources"][name]
    assert (
        network(mutant).prove(reaches(source=TASKS, destination="s3", port=443, same_vpc=True)).verdict
        is not Verdict.HOLDS
    )
