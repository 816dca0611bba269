from typing import Any

from aws_cdk import Duration, Size, Token
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs

from patterns.network.workload_vpc import WorkloadVpc
from tests.patterns.web import balancer_refusals
from tests.patterns.web.certificates import certificate
from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: {"certificate": certificate(scope), **arguments})


def by_queue(scope: Any) -> dict[str, Any]:
    return {"scale_on": "queue", "queue": sqs.Queue(scope, "Queue"), "messages_per_task": 10}


REFUSALS = [
    Refusal(
        "vpc must let its public subnets call the private ones at port 8080, got one that lets port 443 through "
        "(application_port)",
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
    refused("mount_path must be a path that begins with /, without spaces, got 'shared'", mount_path="shared"),
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
    refused("cpu must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 300", cpu=300),
    refused("memory must be 512, 1024, 2048 MiB with 256 units of cpu, got 4096", memory=Size.gibibytes(4)),
    refused("memory must be 16384 to 61440 MiB in steps of 4096 with 8192 units of cpu, got 512", cpu=8192),
    refused("max_capacity must be between 1 and 5000 tasks, got 5001", max_capacity=5001),
    refused("min_capacity must be between 1 and 3 (max_capacity), got 4", min_capacity=4, max_capacity=3),
    refused("on_demand_base must be between 0 and 10 (max_capacity), got 11", on_demand_base=11),
    refused("spot_share must be between 0 and 100 percent, got -1", spot_share=-1),
    refused("scale_on must be one of cpu, memory, queue, requests, got 'disk'", scale_on="disk"),
    refused("target_utilization must be between 40 and 70 percent, got 75", target_utilization=75),
    refused("requests_per_task and scale_on='requests' go together, got only one", scale_on="requests"),
    refused("requests_per_task and scale_on='requests' go together, got only one", requests_per_task=600),
    refused("queue, messages_per_task and scale_on='queue' go together, got only some", scale_on="queue"),
    refused("queue, messages_per_task and scale_on='queue' go together, got only some", messages_per_task=10),
    refused(
        "requests_per_task must be between 1 and 10000000 requests a minute, got 0",
        scale_on="requests",
        requests_per_task=0,
    ),
    refused("mount_path must be given with file_system: nothing else is mounted", mount_path="/mnt/files"),
    Refusal(
        "target_utilization must be left out with scale_on='queue': messages_per_task says how many tasks there are",
        lambda scope: {"certificate": certificate(scope), "target_utilization": 50, **by_queue(scope)},
    ),
    refused(
        "requests_per_task must be known when the template is made, got a token: the target depends on it",
        scale_on="requests",
        requests_per_task=Token.as_number({"Ref": "Number"}),
    ),
    refused(
        "target_utilization must be known when the template is made, got a token: the target in requests depends on it",
        scale_on="requests",
        requests_per_task=100,
        target_utilization=Token.as_number({"Ref": "Number"}),
    ),
]
