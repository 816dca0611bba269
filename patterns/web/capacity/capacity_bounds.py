"""Bounds of the arguments that say how many tasks or instances there are."""

from typing import Annotated

from annotated_types import Interval, Unit
from aws_cdk import Token

from patterns.building_blocks.arguments import check_known
from patterns.building_blocks.bounds import Known

TargetUtilization = Annotated[float, Interval(ge=40, le=70), Unit("percent")]
"""How busy a task or an instance should be."""

RequestsPerMinute = Annotated[float, Interval(ge=1, le=10_000_000), Unit("requests a minute"), Known("the target")]
"""How many requests keep one task or instance fully busy."""

SpotShare = Annotated[int, Interval(ge=0, le=100), Unit("percent"), Known("the shares of both kinds")]
"""The share of spot above an on-demand base."""


def check_capacities(fewest: int, most: int, desired: int | None = None) -> None:
    """Refuse capacities that are out of order.

    Args:
        fewest: `min_capacity`.
        most: `max_capacity`.
        desired: `desired_capacity`. Default: none.

    Raises:
        ValueError: If they are.
    """
    if Token.is_unresolved(fewest) or Token.is_unresolved(most):
        return
    if fewest > most:
        raise ValueError(f"min_capacity must be between 1 and {most} (max_capacity), got {fewest}")
    if desired is not None and not Token.is_unresolved(desired) and not fewest <= desired <= most:
        raise ValueError(
            f"desired_capacity must be between {fewest} (min_capacity) and {most} (max_capacity), got {desired}"
        )


def target_in_requests(requests: float, utilization: float) -> float:
    """Compute how many requests a minute each task or instance should have.

    Args:
        requests: `RequestsPerMinute`, known.
        utilization: `target_utilization`.

    Returns:
        The target.

    Raises:
        ValueError: If `target_utilization` is not known.
    """
    check_known("target_utilization", utilization, "the target in requests")
    return requests * utilization / 100


def check_on_demand_base(base: int | None, most: int) -> None:
    """Refuse an on-demand base above the largest capacity.

    Args:
        base: `on_demand_base`; None passes.
        most: `max_capacity`.

    Raises:
        ValueError: If it is.
    """
    known = not (Token.is_unresolved(base) or Token.is_unresolved(most))
    if base is not None and known and base > most:
        raise ValueError(f"on_demand_base must be between 0 and {most} (max_capacity), got {base}")
