from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: {"machine_image": ec2.MachineImage.latest_amazon_linux2023(), **arguments})


REFUSALS = [
    refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", cidr="8.0.0.0/16"),
    refused("cidr must be at least a /25 to hold its subnets, got 10.0.0.0/26", cidr="10.0.0.0/26"),
    refused("health_port must be between 1 and 65535, got 0", health_port=0),
    refused("health_port must be another than 6081, where appliances get packets", health_port=6081),
    refused("health_protocol must be one of HTTP, HTTPS, TCP, got 'UDP'", health_protocol="UDP"),
    refused("health_path must be a path such as /health, got 'health'", health_path="health"),
    refused(
        "health_path must come with health_protocol HTTP or HTTPS: by TCP nothing is asked for", health_path="/health"
    ),
    refused("max_azs must be 2 or 3, got 1", max_azs=1),
    refused("min_capacity must be at most max_capacity, 6, got 7", min_capacity=7),
    refused(
        "idle_timeout must be between 1 minute and 1 hour 40 minutes, got 30 seconds", idle_timeout=Duration.seconds(30)
    ),
    refused("accounts must differ, got 111122223333 twice", accounts=["111122223333", "111122223333"]),
]
