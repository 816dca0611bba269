from typing import Any

import aws_cdk as cdk
from aws_cdk import Duration, Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager

from patterns.network.workload_vpc import WorkloadVpc
from tests.patterns.web import balancer_refusals
from tests.patterns.web.certificates import certificate
from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: {"certificate": certificate(scope), **arguments})


def unknown(argument: str) -> Refusal:
    return Refusal(
        f"{argument} must be known when the template is made, got a token: how many instances there may be depends "
        "on it",
        lambda scope: {
            "certificate": certificate(scope),
            argument: cdk.CfnParameter(scope, "Number", type="Number").value_as_number,
        },
    )


REFUSALS = [
    Refusal(
        "vpc must let its public subnets call the private ones at ports 32768 to 65535, got one that lets port 443 "
        "through (application_port)",
        lambda scope: {"certificate": certificate(scope), "vpc": WorkloadVpc(scope, "Vpc").vpc},
    ),
    *balancer_refusals.REFUSALS,
    *balancer_refusals.EDGE,
    *balancer_refusals.INSIDE,
    refused("container_port must be between 1024 and 65535, got 80", container_port=80),
    refused(
        "health_check_path must be a path that begins with /, of up to 1024 characters, got 'health'",
        health_check_path="health",
    ),
    refused(
        "health_check_grace_period must be between 0 seconds and 1 hour, got 2 hours",
        health_check_grace_period=Duration.hours(2),
    ),
    Refusal(
        "environment and secrets must differ, both set TOKEN",
        lambda scope: {
            "certificate": certificate(scope),
            "environment": {"TOKEN": "x"},
            "secrets": {"TOKEN": ecs.Secret.from_secrets_manager(secretsmanager.Secret(scope, "Secret"))},
        },
    ),
    refused("cpu must be between 128 and 16384 units, got 100", cpu=100),
    refused("memory must be between 64 and 122880 MiB, got 32", memory=Size.mebibytes(32)),
    refused(
        "instance_type must be arm64 as the architecture is, got m7i.large, which is x86_64",
        instance_type=ec2.InstanceType("m7i.large"),
    ),
    refused(
        "instance_type must have room for a task of 4096 units of cpu and 512 MiB, got t4g.medium with 2048 units and "
        "3594 MiB",
        cpu=4096,
    ),
    refused(
        "tasks_per_instance must be given with g5g.xlarge: its size is not known here",
        instance_type=ec2.InstanceType("g5g.xlarge"),
    ),
    refused("volume_size must be between 30 and 1024 GiB, got 8", volume_size=Size.gibibytes(8)),
    refused("volume_size must be whole GiB, got 31232 MiB", volume_size=Size.mebibytes(31232)),
    refused("max_capacity must be between 1 and 5000 tasks, got 5001", max_capacity=5001),
    refused("min_capacity must be between 1 and 3 (max_capacity), got 4", min_capacity=4, max_capacity=3),
    refused("tasks_per_instance must be between 1 and 120 tasks, got 0", tasks_per_instance=0),
    refused("spare_capacity must be between 0 and 50 percent, got 51", spare_capacity=51),
    refused("scale_on must be one of cpu, memory, requests, got 'queue'", scale_on="queue"),
    refused("target_utilization must be between 40 and 70 percent, got 75", target_utilization=75),
    refused("requests_per_task and scale_on='requests' go together, got only one", scale_on="requests"),
    refused(
        "requests_per_task must be between 1 and 10000000 requests a minute, got 0",
        scale_on="requests",
        requests_per_task=0,
    ),
    *(unknown(one) for one in ("cpu", "min_capacity", "max_capacity", "tasks_per_instance", "spare_capacity")),
    refused(
        "requests_per_task must be known when the template is made, got a token: the target depends on it",
        scale_on="requests",
        requests_per_task=cdk.Token.as_number({"Ref": "Number"}),
    ),
    refused(
        "target_utilization must be known when the template is made, got a token: the target in requests depends on it",
        scale_on="requests",
        requests_per_task=100,
        target_utilization=cdk.Token.as_number({"Ref": "Number"}),
    ),
]
