"""What an order is."""

import json
import re
from dataclasses import dataclass
from typing import Any

_MOST_LINES = 100
_FIELDS = {"order_id", "currency", "lines"}
_LINE = {"article", "quantity", "unit_price"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order.

    Attributes:
        order_id: What the shop calls it: who sends it twice sends the same id.
        currency: Three letters.
        total: In the currency's smallest unit.
        content: All of it, written in one way only, so that two of them can be compared.
    """

    order_id: str
    currency: str
    total: int
    content: str


def read(body: str) -> Order:
    """Read an order.

    Args:
        body: The message's body.

    Returns:
        The order.

    Raises:
        ValueError: If it is none.
    """
    given = json.loads(body)
    if not isinstance(given, dict) or set(given) != _FIELDS:
        raise ValueError(f"an order must have {', '.join(sorted(_FIELDS))}")
    _matches("order_id", given["order_id"], "[A-Za-z0-9-]{1,64}")
    _matches("currency", given["currency"], "[A-Z]{3}")
    lines = given["lines"]
    if not isinstance(lines, list) or not 1 <= len(lines) <= _MOST_LINES:
        raise ValueError(f"lines must be 1 to {_MOST_LINES}")
    return Order(
        order_id=given["order_id"],
        currency=given["currency"],
        total=sum(_price(line) for line in lines),
        content=json.dumps(given, sort_keys=True, separators=(",", ":")),
    )


def _price(line: Any) -> int:
    if not isinstance(line, dict) or set(line) != _LINE:
        raise ValueError(f"a line must have {', '.join(sorted(_LINE))}")
    _matches("article", line["article"], "(?s:.{1,64})")
    return _whole("quantity", line["quantity"], 1, 10_000) * _whole("unit_price", line["unit_price"], 0, 100_000_000)


def _matches(field: str, value: Any, pattern: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise ValueError(f"{field} is malformed")


def _whole(field: str, value: Any, least: int, most: int) -> int:
    # JSON's true is a number in Python.
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{field} must be a whole number from {least} to {most}")
    return value
