from typing import Any

import aws_cdk as cdk
from aws_cdk import Duration, Size
from aws_cdk import aws_ec2 as ec2

from tests.patterns.web.certificates import vpc, zone
from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


REFUSALS = [
    refused(
        "domain_name needs hosted_zone to be recorded in, got 'www.example.com' alone", domain_name="www.example.com"
    ),
    Refusal(
        "hosted_zone needs domain_name: which name in it should lead here?",
        lambda scope: {"hosted_zone": zone(scope)},
    ),
    Refusal(
        "domain_name must be example.com or end in .example.com, got 'www.example.org'",
        lambda scope: {"domain_name": "www.example.org", "hosted_zone": zone(scope)},
    ),
    Refusal("vpc must have public subnets in two zones, got 1", lambda scope: {"vpc": vpc(scope, public=1, private=1)}),
    refused("application_port must be between 1 and 65535, got 0", application_port=0),
    refused(
        "health_check_path must be a path that begins with /, of up to 1024 characters, got 'health'",
        health_check_path="health",
    ),
    refused(
        "health_check_grace_period must be between 1 minute and 1 hour, got 30 seconds",
        health_check_grace_period=Duration.seconds(30),
    ),
    refused("standbys must be between 0 and 4 instances, got 5", standbys=5),
    Refusal(
        "standbys must be known when the template is made, got a token: the group's size depends on it",
        lambda scope: {"standbys": cdk.CfnParameter(scope, "Number", type="Number").value_as_number},
    ),
    refused(
        "instance_type must be arm64 as the architecture is, got m7i.large, which is x86_64",
        instance_type=ec2.InstanceType("m7i.large"),
    ),
    refused(
        "instance_type must be x86_64 as the architecture is, got t4g.small, which is arm64",
        architecture=ec2.InstanceArchitecture.X86_64,
        instance_type=ec2.InstanceType("t4g.small"),
    ),
    refused("volume_size must be between 8 and 1024 GiB, got 4", volume_size=Size.gibibytes(4)),
    refused("volume_size must be whole GiB, got 8704 MiB", volume_size=Size.mebibytes(8704)),
]
