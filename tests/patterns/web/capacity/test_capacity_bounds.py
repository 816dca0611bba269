"""How many tasks or instances there are, in which order."""

import re
from typing import Any

import pytest
from aws_cdk import Token

from patterns.building_blocks.signature import check
from patterns.web.capacity.capacity_bounds import (
    RequestsPerMinute,
    SpotShare,
    TargetUtilization,
    check_capacities,
    check_on_demand_base,
    target_in_requests,
)

NUMBER = Token.as_number({"Ref": "Number"})


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


@pytest.mark.parametrize(
    ("hint", "least", "most", "unit"),
    [
        (TargetUtilization, 40, 70, "percent"),
        (RequestsPerMinute, 1, 10_000_000, "requests a minute"),
        (SpotShare, 0, 100, "percent"),
    ],
)
def test_loads_and_shares_have_bounds(hint: Any, least: int, most: int, unit: str) -> None:
    for right in (least, most):
        check("argument", right, hint)
    for wrong in (least - 1, most + 1):
        with refused(f"argument must be between {least} and {most} {unit}, got {wrong}"):
            check("argument", wrong, hint)


def test_the_share_of_spot_is_known_at_synthesis() -> None:
    said = "share must be known when the template is made, got a token: the shares of both kinds depends on it"
    with refused(said):
        check("share", NUMBER, SpotShare)


def test_what_a_target_in_requests_is_computed_with_is_known_at_synthesis() -> None:
    said = "must be known when the template is made, got a token"
    with refused(f"requests {said}: the target depends on it"):
        check("requests", NUMBER, RequestsPerMinute)
    with refused(f"target_utilization {said}: the target in requests depends on it"):
        target_in_requests(100, NUMBER)
    assert target_in_requests(300, 50) == 150


def test_capacities_are_in_order() -> None:
    for given in (
        (1, 1),
        (1, 2, 1),
        (1, 2, 2),
        (NUMBER, 1),
        (2, NUMBER),
        (NUMBER, 2, 9),
        (2, NUMBER, 1),
        (1, 2, NUMBER),
    ):
        check_capacities(*given)
    with refused("min_capacity must be between 1 and 2 (max_capacity), got 3"):
        check_capacities(3, 2)
    for desired in (1, 5):
        said = f"desired_capacity must be between 2 (min_capacity) and 4 (max_capacity), got {desired}"
        with refused(said):
            check_capacities(2, 4, desired)


def test_an_on_demand_base_is_within_the_largest_capacity() -> None:
    for base, most in ((None, 2), (0, 2), (2, 2), (NUMBER, 2), (3, NUMBER)):
        check_on_demand_base(base, most)  # type: ignore[arg-type]
    with refused("on_demand_base must be between 0 and 2 (max_capacity), got 3"):
        check_on_demand_base(3, 2)
