"""Orders as the tests hand them in, and the way that each takes through the workflow."""

from typing import Any

ORDER: dict[str, Any] = {
    "id": "order-1",
    "amount": 250.5,
    "items": [{"name": "a", "quantity": 1}, {"name": "b", "quantity": 2}],
    "address": "Somewhere 1",
}

BEGIN = ("Receive", "Begin", "CheckOrder")
ASK = (*BEGIN, "AskApproval", "WasApproved")
REMIND = ("CountAnswerless", "MayRemind")
WORK = ("Reserve", "Charge", "Ship")
UNDO = ("UndoShip", "UndoCharge", "UndoReserve", "Undone")

PATHS: dict[str, tuple[str, ...]] = {
    "approved": (*ASK, *WORK, "Done"),
    "refused": (*ASK, "Refused"),
    "expired": (*BEGIN, "AskApproval", *REMIND, "AskApproval", *REMIND, "CloseApproval", "WasApproved", "Expired"),
    "small": (*BEGIN, *WORK, "Done"),
    "invalid": (*BEGIN, "InvalidOrder"),
    "fails at the end": (*BEGIN, *WORK, "ShipFailed", *UNDO, "StepFailed"),
    "fails at an item": (*BEGIN, "Reserve", "ReserveFailed", "UndoReserve", "Undone", "StepFailed"),
    "cannot be undone": (*BEGIN, *WORK, "ShipFailed", "UndoShip", "UndoCharge", "ChargeNotUndone", "UndoReserve",
                         "Undone", "CompensationFailed"),
}  # fmt: skip
"""The states of the workflow with one reminder that an order enters, those of the items' own left out."""

SMALL = {**ORDER, "amount": 1}

ORDERS: dict[str, dict[str, Any]] = {
    "approved": ORDER,
    "refused": ORDER,
    "expired": ORDER,
    "small": SMALL,
    "invalid": {**ORDER, "amount": "250"},
    "fails at the end": {name: value for name, value in SMALL.items() if name != "address"},
    "fails at an item": {**SMALL, "items": [{"quantity": 1}, {"quantity": 0}]},
    "cannot be undone": {name: value for name, value in SMALL.items() if name != "address"},
}
"""An order for each path; amounts below 100 need nobody's approval."""

NO_ORDERS: dict[str, Any] = {
    "no object": "order",
    "a list": [ORDER],
    "nothing": {},
    "no id": {**ORDER, "id": None},
    "an id that is a number": {**ORDER, "id": 1},
    "no amount": {name: value for name, value in ORDER.items() if name != "amount"},
    "an amount below zero": {**ORDER, "amount": -1},
    "no items": {**ORDER, "items": []},
    "items that are no list": {**ORDER, "items": {"quantity": 1}},
    "too many items": {**ORDER, "items": [{"quantity": 1}] * 6},
}
"""What is no order, of which at most five items are taken."""


def entered(events: list[dict[str, Any]]) -> tuple[str, ...]:
    """The states that an execution entered, those within a Map left out.

    Args:
        events: Its history.

    Returns:
        Their names.
    """
    names = [one["stateEnteredEventDetails"]["name"] for one in events if "stateEnteredEventDetails" in one]
    return tuple(name for name in names if not name.endswith("OfItem"))
