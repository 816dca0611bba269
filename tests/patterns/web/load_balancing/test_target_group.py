"""Target groups send each request to the target with the fewest in progress, and watch their health."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as targets

from patterns.building_blocks.signature import check
from patterns.web.load_balancing.target_group import HealthCheckPath, StartTime, application_targets
from tests.patterns.building_blocks.made import properties


@pytest.mark.parametrize(
    ("given", "path", "health"),
    [
        ({}, "Targets", {}),
        ({"edge": True, "health_check_port": "8081"}, "TargetsOfEdge", {"HealthCheckPort": "8081"}),
    ],
)
def test_a_target_group_is_made_whole(
    scope: cdk.Stack, given: dict[str, Any], path: str, health: dict[str, Any]
) -> None:
    vpc = ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"])
    application_targets(
        scope,
        vpc=vpc,
        port=8080,
        target=targets.IpTarget("10.0.0.5"),
        target_type=elbv2.TargetType.IP,
        health_check_path="/well",
        **given,
    )
    [(found, made)] = properties(scope, "AWS::ElasticLoadBalancingV2::TargetGroup").items()
    assert found == path
    attributes = {one["Key"]: one["Value"] for one in made.pop("TargetGroupAttributes")}
    assert attributes == {
        "deregistration_delay.timeout_seconds": "60",
        "load_balancing.algorithm.type": "least_outstanding_requests",
        "stickiness.enabled": "false",
    }
    assert made == {
        "HealthCheckIntervalSeconds": 15,
        "HealthCheckPath": "/well",
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 2,
        "Matcher": {"HttpCode": "200"},
        "Port": 8080,
        "Protocol": "HTTP",
        "TargetType": "ip",
        "Targets": [{"Id": "10.0.0.5"}],
        "UnhealthyThresholdCount": 3,
        "VpcId": "vpc-1",
        **health,
    }


@pytest.mark.parametrize("path", ["/", "/a_B-9.$/~\"'@:+&()!*%?=;,", f"/{'a' * 1023}"])
def test_a_path_is_what_load_balancers_ask_for(path: str) -> None:
    check("health_check_path", path, HealthCheckPath)


@pytest.mark.parametrize("path", ["", "a", "/a b", f"/{'a' * 1024}", "/\u00e4"])
def test_another_path_is_refused(path: str) -> None:
    said = "health_check_path must be a path that begins with /, of up to 1024 characters, got "
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        check("health_check_path", path, HealthCheckPath)


def test_a_target_has_up_to_an_hour_to_start() -> None:
    for right in (Duration.seconds(0), Duration.hours(1)):
        check("start_time", right, StartTime)
    with pytest.raises(ValueError, match=r"^start_time must be between 0 seconds and 1 hour, got 1 hour 1 second$"):
        check("start_time", Duration.seconds(3601), StartTime)
