"""Each argument that web patterns share, where its meaning says that it lands. None is at its default here."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from patternkit.catalog.discovery import patterns
from tests.patterns.web.discovered import every_web_pattern
from tests.patterns.web.test_every_web_pattern import (
    GIVEN,
    Resources,
    attributes,
    open_to_everybody,
    takes,
    with_shared_arguments,
)


def variables(found: Resources, name: str) -> Iterator[Any]:
    """The values of an environment variable of functions."""
    for one in found.properties("Lambda::Function"):
        if name in one.get("Environment", {}).get("Variables", {}):
            yield one["Environment"]["Variables"][name]


def targets_and_checks(found: Resources) -> list[Any]:
    checked = [one["HealthCheckPath"] for one in found.properties("ElasticLoadBalancingV2::TargetGroup")]
    return checked + list(variables(found, "HEALTH_CHECK_PATH"))


def ports(found: Resources) -> list[Any]:
    groups = [one["Port"] for one in found.properties("ElasticLoadBalancingV2::TargetGroup")]
    asked = [int(one) for one in variables(found, "APPLICATION_PORT")]
    entrances = [port for one in found.properties("EC2::SecurityGroup") for port in open_to_everybody(one)]
    return groups or asked + entrances


def container_ports(found: Resources) -> list[Any]:
    tasks = found.properties("ECS::TaskDefinition")
    return [each["ContainerPort"] for one in tasks for each in one["ContainerDefinitions"][0]["PortMappings"]]


def capacities(found: Resources) -> tuple[list[Any], list[Any]]:
    tasks = found.properties("ApplicationAutoScaling::ScalableTarget")
    if tasks:
        return [one["MinCapacity"] for one in tasks], [one["MaxCapacity"] for one in tasks]
    groups = found.properties("AutoScaling::AutoScalingGroup")
    return [int(one["MinSize"]) for one in groups], [int(one["MaxSize"]) for one in groups]


def tracked(found: Resources) -> list[Any]:
    return [
        policy[kind]["TargetValue"]
        for service, kind in (
            ("AutoScaling", "TargetTrackingConfiguration"),
            ("ApplicationAutoScaling", "TargetTrackingScalingPolicyConfiguration"),
        )
        for policy in found.properties(f"{service}::ScalingPolicy")
        if kind in policy
    ]


def grace(found: Resources) -> list[Any]:
    groups = [one["HealthCheckGracePeriod"] for one in found.properties("AutoScaling::AutoScalingGroup")]
    return [one["HealthCheckGracePeriodSeconds"] for one in found.properties("ECS::Service")] or groups


def disks(found: Resources) -> list[Any]:
    return [
        disk["Ebs"]["VolumeSize"]
        for one in found.properties("EC2::LaunchTemplate")
        for disk in one["LaunchTemplateData"]["BlockDeviceMappings"]
    ]


def spot(found: Resources) -> list[Any]:
    groups = [
        100 - one["MixedInstancesPolicy"]["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"]
        for one in found.properties("AutoScaling::AutoScalingGroup")
        if "MixedInstancesPolicy" in one
    ]
    services = [
        each["Weight"]
        for one in found.properties("ECS::Service")
        for each in one["CapacityProviderStrategy"]
        if each["CapacityProvider"] == "FARGATE_SPOT"
    ]
    return groups + services


def own_variables(found: Resources) -> list[Any]:
    tasks = [
        each["Value"]
        for one in found.properties("ECS::TaskDefinition")
        for each in one["ContainerDefinitions"][0].get("Environment", [])
        if each["Name"] == "SETTING"
    ]
    return tasks + list(variables(found, "SETTING"))


def protection(found: Resources) -> list[Any]:
    balancers = found.properties("ElasticLoadBalancingV2::LoadBalancer")
    return [attributes(one)["deletion_protection.enabled"] for one in balancers]


def retention(found: Resources) -> list[Any]:
    return [one["RetentionInDays"] for one in found.properties("Logs::LogGroup")]


def keys(found: Resources) -> list[Any]:
    """Whether what may have a key of the user's has one."""
    groups = ["KmsKeyId" in one for one in found.properties("Logs::LogGroup")]
    functions = ["KmsKeyArn" in one for one in found.properties("Lambda::Function")]
    tables = ["KMSMasterKeyId" in one["SSESpecification"] for one in found.properties("DynamoDB::Table")]
    # Access logs are delivered only to a bucket with S3's own keys.
    buckets = [True for one in found.properties("S3::Bucket") if "aws:kms" in str(one["BucketEncryption"])]
    return groups + functions + tables + buckets


def rollbacks(found: Resources) -> list[Any]:
    return [
        "AlarmSpecification" in one["UpdatePolicy"]["AutoScalingInstanceRefresh"]["Preferences"]
        for one in found.of("AutoScaling::AutoScalingGroup").values()
    ]


LANDS: dict[str, tuple[Callable[[Resources], list[Any]], Any]] = {
    "application_port": (ports, 9000),
    "container_port": (container_ports, 9000),
    "deletion_protection": (protection, "false"),
    "encryption_key": (keys, True),
    "environment": (own_variables, "value"),
    "health_check_grace_period": (grace, 240),
    "health_check_path": (targets_and_checks, "/ready"),
    "log_retention": (retention, 7),
    "max_capacity": (lambda found: capacities(found)[1], 7),
    "min_capacity": (lambda found: capacities(found)[0], 3),
    "rollback_on_alarm": (rollbacks, False),
    "spot_share": (spot, 30),
    "target_utilization": (tracked, 60),
    "volume_size": (disks, 40),
}


def test_every_argument_that_is_given_is_looked_for() -> None:
    # What these do is asserted in test_every_web_pattern.py.
    elsewhere = {"alarm_topic", "domain_name", "hosted_zone", "vpc", "web_acl"}
    assert LANDS.keys() | elsewhere == GIVEN.keys()


@every_web_pattern
def test_each_argument_lands_where_its_meaning_says(name: str) -> None:
    found = with_shared_arguments(name)
    for argument in sorted(LANDS.keys() & takes(patterns()[name])):
        read, expected = LANDS[argument]
        values = read(found)
        if argument == "log_retention" and not found.of("Logs::LogGroup"):
            # The only one would be that of flow logs, of a VPC that is not made here.
            continue
        assert values, f"{argument} lands nowhere"
        assert values == [expected] * len(values), argument


@pytest.mark.parametrize("argument", sorted(LANDS))
def test_every_argument_is_taken_by_some_pattern(argument: str) -> None:
    assert any(argument in takes(one) for one in patterns().values() if one.family == "web")
