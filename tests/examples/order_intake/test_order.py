"""What the function takes for an order, whoever let it onto the queue."""

import json
from typing import Any

import pytest

from examples.order_intake.intake_handler.intake.order import read
from tests.examples.order_intake.orders import order


def test_an_order_is_priced_and_written_in_one_way() -> None:
    one = order("A-1", quantity=3, unit_price=250)
    turned = dict(reversed(one.items()))
    first, second = read(json.dumps(one)), read(json.dumps(turned, indent=2))
    assert first == second
    assert (first.order_id, first.currency, first.total) == ("A-1", "EUR", 750)
    assert read(json.dumps(order("A-1", quantity=2))).content != first.content


def with_line(**changes: Any) -> dict[str, Any]:
    one = order("A-1")
    return {**one, "lines": [{**one["lines"][0], **changes}]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "an order must have currency, lines, order_id"),
        ({**order("A-1"), "discount": 1}, "an order must have currency, lines, order_id"),
        (order("A 1"), "order_id is malformed"),
        (order("A" * 65), "order_id is malformed"),
        (order("A-1\n"), "order_id is malformed"),
        (order("A-1", currency="eur"), "currency is malformed"),
        ({**order("A-1"), "lines": []}, "lines must be 1 to 100"),
        ({**order("A-1"), "lines": order("A-1")["lines"] * 101}, "lines must be 1 to 100"),
        ({**order("A-1"), "lines": ["Tea"]}, "a line must have article, quantity, unit_price"),
        (with_line(article=""), "article is malformed"),
        (with_line(quantity=0), "quantity must be a whole number from 1 to 10000"),
        (with_line(quantity=True), "quantity must be a whole number from 1 to 10000"),
        (with_line(unit_price=1.5), "unit_price must be a whole number from 0 to 100000000"),
        (with_line(unit_price=-1), "unit_price must be a whole number from 0 to 100000000"),
    ],
)
def test_what_is_no_order_is_refused(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        read(json.dumps(given))


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(json.JSONDecodeError):
        read("no order")
