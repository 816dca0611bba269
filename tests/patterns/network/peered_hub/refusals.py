from typing import Any

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


REFUSALS = [
    refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", cidr="8.0.0.0/16"),
    refused("cidr must be between /16 and /28, got 10.0.0.0/8", cidr="10.0.0.0/8"),
    refused("cidr must be at least a /21 to hold its subnets, got 10.0.0.0/22", cidr="10.0.0.0/22"),
    refused("max_azs must be 2 or 3, got 4", max_azs=4),
    refused("availability_zones must hold 2 or 3 zones, got 1", availability_zones=["eu-west-1a"]),
]
