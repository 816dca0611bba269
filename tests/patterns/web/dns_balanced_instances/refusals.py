from typing import Any

import aws_cdk as cdk
from aws_cdk import Duration, Size
from aws_cdk import aws_ec2 as ec2

from tests.patterns.web.certificates import vpc, zone
from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: {"domain_name": "www.example.com", "hosted_zone": zone(scope), **arguments})


REFUSALS = [
    refused(
        "domain_name must be example.com or end in .example.com, got 'www.example.org'", domain_name="www.example.org"
    ),
    refused("ttl must be between 10 seconds and 1 hour, got 5 seconds", ttl=Duration.seconds(5)),
    refused("drain must be at least 5 minutes (ttl), got 2 minutes", ttl=Duration.minutes(5)),
    refused("drain must be between 1 minute and 1 hour, got 2 hours", drain=Duration.hours(2)),
    refused("start_timeout must be between 1 minute and 1 hour, got 30 seconds", start_timeout=Duration.seconds(30)),
    Refusal(
        "vpc must have public subnets in two zones, got 1",
        lambda scope: {
            "domain_name": "www.example.com",
            "hosted_zone": zone(scope),
            "vpc": vpc(scope, public=1, private=1),
        },
    ),
    refused("application_port must be between 1 and 65535, got 0", application_port=0),
    refused(
        "health_check_path must be a path that begins with /, of up to 1024 characters, got 'health'",
        health_check_path="health",
    ),
    refused("max_capacity must be between 1 and 100 instances, got 101", max_capacity=101),
    refused("min_capacity must be between 1 and 3 (max_capacity), got 4", min_capacity=4, max_capacity=3),
    refused("target_utilization must be between 40 and 70 percent, got 75", target_utilization=75),
    refused(
        "instance_type must be arm64 as the architecture is, got m7i.large, which is x86_64",
        instance_type=ec2.InstanceType("m7i.large"),
    ),
    refused("volume_size must be between 8 and 1024 GiB, got 4", volume_size=Size.gibibytes(4)),
    Refusal(
        "ttl must be known when the template is made, got a token: the age of answers depends on it",
        lambda scope: {
            "domain_name": "www.example.com",
            "hosted_zone": zone(scope),
            "ttl": Duration.seconds(cdk.CfnParameter(scope, "Number", type="Number").value_as_number),
        },
    ),
]
