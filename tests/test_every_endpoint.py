"""Gateway endpoints of Amazon S3 let through what hosts in their subnets fetch without a signature: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.every_template import TEMPLATES, name_of, resources

# In whose subnets no instance stands: a function, and tasks of AWS Fargate.
WITHOUT_INSTANCES = {"ContainerOnUploadStack", "FixedEgressFunctionStack", "PortalExtraction"}


def policies(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The statements of each gateway endpoint of Amazon S3; of one without a policy, none."""
    return {
        name: one["Properties"].get("PolicyDocument", {}).get("Statement", [])
        for name, one in resources(path).items()
        if one["Type"] == "AWS::EC2::VPCEndpoint"
        and one["Properties"].get("VpcEndpointType") == "Gateway"
        and ".s3" in json.dumps(one["Properties"]["ServiceName"])
    }


WITH_ENDPOINTS = [path for path in TEMPLATES if policies(path)]


def test_endpoints_are_found() -> None:
    assert {name_of(path) for path in WITH_ENDPOINTS} > WITHOUT_INSTANCES


@pytest.mark.parametrize("path", WITH_ENDPOINTS, ids=name_of)
def test_instances_get_their_packages(path: Path) -> None:
    """The route to a gateway endpoint beats that to a NAT gateway, and its policy what everybody else may fetch.

    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
    """
    for name, statements in policies(path).items():
        unsigned = [json.dumps(one["Resource"]) for one in statements if "Condition" not in one]
        packages = not statements or any("al2023-repos-" in one for one in unsigned)
        assert packages != (name_of(path) in WITHOUT_INSTANCES), name
