"""Arguments of LoadBalancedFunction: their bounds, and what two of them say together."""

from typing import Annotated

from annotated_types import Ge
from aws_cdk import Size

from patterns.building_blocks.bounds import Bytes, Known, Matches, Passes

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
LARGEST = Size.mebibytes(1)

AliasName = Annotated[
    str, Matches(r"(?!\d+$)[A-Za-z0-9_-]{1,128}", "up to 128 letters, digits, - and _, and no number alone")
]
"""The name of an alias; AWS Lambda takes a number alone for a version."""


def check_fits(argument: str, size: Size) -> None:
    """Refuse a payload that does not fit between a load balancer and a function.

    Args:
        argument: The argument's own name.
        size: The size.

    Raises:
        ValueError: If it is larger.
    """
    if size.to_bytes() > LARGEST.to_bytes():
        raise ValueError(
            f"{argument} must be at most 1 MiB, got {int(size.to_bytes())} bytes: a load balancer hands no more to "
            "a function; sign URLs of Amazon S3, or put containers behind it"
        )


Payload = Annotated[Size, Ge(Bytes(1)), Passes(check_fits, "at most 1 MiB"), Known("whether a function can serve it")]
"""A body between a load balancer and a function."""
