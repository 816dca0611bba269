from typing import Any

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


REFUSALS = [
    refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", cidr="8.0.0.0/16"),
    refused("cidr must be at least a /20 to hold its subnets, got 10.0.0.0/21", cidr="10.0.0.0/21"),
    refused("max_azs must be 2 or 3, got 4", max_azs=4),
    refused("interface_endpoints must differ, got ssm twice", interface_endpoints=["ssm", "ssm"]),
    refused(
        "interface_endpoints must leave out dynamodb, which has a gateway endpoint", interface_endpoints=["dynamodb"]
    ),
]
