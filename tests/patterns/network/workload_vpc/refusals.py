from typing import Any

from aws_cdk import Duration, Size

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


REFUSALS = [
    refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", cidr="8.0.0.0/16"),
    refused("cidr must be at least a /17 to hold its subnets, got 10.0.0.0/18", cidr="10.0.0.0/18"),
    refused("max_azs must be 2 or 3, got 1", max_azs=1),
    refused("private_prefix must be between 16 and 28, got 29", private_prefix=29),
    refused("nat must be one of none, regional, zonal, got 'single'", nat="single"),
    refused("data_port must be between 1 and 65535, got 0", data_port=0),
    refused(
        "interface_endpoints must be names such as ssm or ecr.dkr, got 'com.amazonaws.SSM'",
        interface_endpoints=["com.amazonaws.SSM"],
    ),
    refused("interface_endpoints must differ, got ssm twice", interface_endpoints=["ssm", "ssm"]),
    refused("interface_endpoints must leave out s3, which has a gateway endpoint", interface_endpoints=["s3"]),
    refused("flows_kept must be between 1 day and 3650 days, got 1 hour", flows_kept=Duration.hours(1)),
    refused("most_scanned must be between 10 MiB and 7168 GiB, got 1 MiB", most_scanned=Size.mebibytes(1)),
]
