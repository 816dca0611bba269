"""What approvers get to see: mail that nothing in an order can shape, and pages that it cannot either."""

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from patterns.events import approval_workflow
from patterns.events.approval_workflow.handler.approvals.pages import HEADERS, question
from patterns.events.approval_workflow.handler.approvals.records import approval_of

HANDLER = Path(approval_workflow.__file__).parent / "handler"


@pytest.fixture(scope="module")
def ask() -> Iterator[ModuleType]:
    settings = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "TABLE_NAME": "approvals",
        "KEPT_SECONDS": "60",
        "SHOWN": '["id", "amount", "note", "items"]',
    }
    with patch.dict(os.environ, settings), patch.object(sys, "path", [str(HANDLER), *sys.path]):
        yield importlib.import_module("approvals.ask")


@pytest.mark.parametrize("order", ["plain", "naïve ☃", "two\nlines", "\x00", "x" * 300, ""])
def test_any_id_makes_a_subject_that_sns_takes(ask: ModuleType, order: str) -> None:
    for reminder in (True, False):
        subject = ask._subject(order, reminder=reminder)
        assert 0 < len(subject) < 100
        assert subject.isascii()
        assert subject.isprintable()


def test_an_approver_sees_the_fields_that_were_chosen_cut_to_a_line(ask: ModuleType) -> None:
    facts = ask._facts({"id": "1", "amount": 2.5, "note": "x" * 1000, "items": [{"a": 1}], "secret": "word"})
    assert facts == {"id": "1", "amount": 2.5, "note": "x" * 200 + "...", "items": '[{"a": 1}]'}


def test_nothing_of_an_order_becomes_a_page() -> None:
    page = question({"id": "<script>alert(1)</script>", '"><b>': "x", "amount": None})
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page


def test_a_page_loads_nothing_and_tells_no_other_site_its_address() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (HEADERS["Referrer-Policy"], HEADERS["Cache-Control"]) == ("no-referrer", "no-store")


def test_an_approval_is_of_one_execution_and_tells_nothing_of_it() -> None:
    first, second = approval_of("arn:one"), approval_of("arn:two")
    assert first != second
    assert len(first) == 32
    assert "one" not in first


@pytest.fixture(scope="module")
def steps() -> Iterator[ModuleType]:
    settings = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "LEDGER_NAME": "ledger",
    }
    with patch.dict(os.environ, settings), patch.object(sys, "path", [str(HANDLER), *sys.path]):
        yield importlib.import_module("approvals.steps")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"step": "Reserve", "item": {"quantity": True}}, "an item needs a quantity"),
        ({"step": "Reserve", "item": {"quantity": 1.5}}, "an item needs a quantity"),
        ({"step": "Reserve", "item": None}, "an item needs a quantity"),
        ({"step": "Charge", "order": {"amount": True}}, "nothing to charge"),
        ({"step": "Charge", "order": {"amount": "5"}}, "nothing to charge"),
        ({"step": "Charge", "order": {}}, "nothing to charge"),
        ({"step": "Charge", "order": {"amount": float("nan")}}, "nothing to charge"),
    ],
)
def test_a_step_refuses_what_is_no_number(steps: ModuleType, event: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        steps.handler({"action": "do", "key": "1", **event}, None)


@pytest.mark.parametrize(
    ("error", "waited"), [(None, True), ("TaskTimedOut", False), ("TaskDoesNotExist", False), ("InvalidToken", None)]
)
@pytest.mark.usefixtures("ask")
def test_the_workflow_is_told_while_it_waits(error: str | None, waited: bool | None) -> None:
    answers = importlib.import_module("approvals.answers")
    asked = {"taskToken": "token", "output": '{"decision": "approved"}'}
    with Stubber(answers._workflows) as stub:
        if error is None:
            stub.add_response("send_task_success", {}, asked)
        else:
            stub.add_client_error("send_task_success", error, expected_params=asked)
        if waited is None:
            with pytest.raises(ClientError, match="InvalidToken"):
                answers.tell("token", "approved")
        else:
            assert answers.tell("token", "approved") is waited
        stub.assert_no_pending_responses()
