"""What addresses, ranges and domains of a company network may be."""

import ipaddress
from collections.abc import Sequence

from aws_cdk import Token

from patterns.building_blocks.vpc.cidr_block import PRIVATE_RANGES

# Forwarded, these would take the names of AWS's own services and of instances with them.
_OF_AWS = ("amazonaws.com", "amazonaws.com.cn", "compute.internal", "ec2.internal", "aws.dev", "api.aws")


def check_address(argument: str, value: str) -> None:
    """Refuse what is no private IPv4 address.

    Args:
        argument: The argument's own name.
        value: What was given.

    Raises:
        ValueError: If it is none.
    """
    try:
        found = ipaddress.IPv4Address(value)
    except ValueError:
        raise ValueError(f"{argument} must be a private IPv4 address, got {value!r}") from None
    if not any(found in each for each in PRIVATE_RANGES):
        raise ValueError(f"{argument} must be a private IPv4 address, got {value}")


def check_range(argument: str, value: str) -> None:
    """Refuse what is no private IPv4 CIDR block.

    Args:
        argument: The argument's own name.
        value: What was given.

    Raises:
        ValueError: If it is none.
    """
    try:
        found = ipaddress.IPv4Network(value)
    except ValueError:
        raise ValueError(f"{argument} must be a private IPv4 CIDR block, got {value!r}") from None
    if not any(found.subnet_of(each) for each in PRIVATE_RANGES):
        raise ValueError(f"{argument} must be a private IPv4 CIDR block, got {value}")


def check_domains(argument: str, value: Sequence[str]) -> None:
    """Refuse domains that AWS answers itself, and those that are given twice.

    Args:
        argument: The argument's own name.
        value: The domains.

    Raises:
        ValueError: If there is one.
    """
    for one in value:
        if Token.is_unresolved(one):
            continue
        if any(one == name or one.endswith(f".{name}") for name in _OF_AWS):
            raise ValueError(f"{argument} must be the company's own, got {one}, which AWS answers")
    if len(set(value)) != len(value):
        raise ValueError(f"{argument} must name each once, got {', '.join(value)}")
