"""Steps of the example: each is written down once, and logged."""

import json
import re
from types import ModuleType
from typing import Any

import pytest

from tests.answering import Aws, Refusal

WORKED: dict[str, dict[str, Any]] = {
    "Reserve": {"item": {"quantity": 1}},
    "Charge": {"order": {"amount": 0.01}},
    "Ship": {"order": {"address": "a"}},
}

UNLESS_UNDONE: dict[str, Any] = {
    "ConditionExpression": "attribute_not_exists(id) OR #state = :done",
    "ExpressionAttributeNames": {"#state": "state"},
    "ExpressionAttributeValues": {":done": "done"},
}


@pytest.mark.parametrize("step", WORKED)
@pytest.mark.parametrize(("action", "state"), [("do", "done"), ("undo", "undone")])
def test_a_step_is_written_down_and_logged(
    modules: dict[str, ModuleType], aws: Aws, caplog: pytest.LogCaptureFixture, step: str, action: str, state: str
) -> None:
    given = WORKED[step] if action == "do" else {}
    event = {"step": step, "action": action, "key": "k", **given}
    assert modules["steps"].handler(event, None) == {"state": state}
    condition = UNLESS_UNDONE if action == "do" else {}
    assert aws.calls == [("PutItem", {"TableName": "ledger", "Item": {"id": "k", "state": state}, **condition})]
    assert [json.loads(one) for one in caplog.messages] == [{"message": action, "step": step, "key": "k"}]


@pytest.mark.parametrize(
    ("step", "given", "refused"),
    [
        *(
            ("Reserve", {"item": item}, "an item needs a quantity of at least 1")
            for item in ({"quantity": 0}, {"quantity": "1"}, {"quantity": True}, {}, None, [1])
        ),
        *(
            ("Charge", {"order": order}, "there is nothing to charge")
            for order in ({"amount": 0}, {"amount": -1}, {"amount": True}, {"amount": "1"}, {})
        ),
        *(("Ship", {"order": order}, "the order has no address") for order in ({"address": ""}, {})),
    ],
)
def test_a_step_that_cannot_be_done_is_not_written_down(
    modules: dict[str, ModuleType], aws: Aws, step: str, given: dict[str, Any], refused: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
        modules["steps"].handler({"step": step, "action": "do", "key": "k", **given}, None)
    assert aws.calls == []


def test_a_step_that_was_undone_is_not_done_again(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["PutItem"] = Refusal("ConditionalCheckFailedException")
    with pytest.raises(ValueError, match=r"^k was undone$"):
        modules["steps"].handler({"step": "Ship", "action": "do", "key": "k", **WORKED["Ship"]}, None)
