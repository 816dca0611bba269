"""The template in a local cloud that enforces IAM: approved, refused, expired, clicked twice, forged, late."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from patternkit.localcloud import LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.events.approval_workflow.handler.approvals.links import Link, sign
from tests.conftest import context
from tests.patterns.events.approval_workflow.orders import NO_ORDERS, ORDER, ORDERS, PATHS
from tests.patterns.events.approval_workflow.workflows import LANGUAGES, Orders, Workflow

WORKED = {"Reserve/0": "done", "Reserve/1": "done", "Charge": "done", "Ship": "done"}


@pytest.fixture(scope="module")
def workflows() -> Iterator[dict[str, Workflow]]:
    local = {**context(), "patterns:handler-platform": "local"}
    synthesis = synthesize(Orders, context=local, build_assets=True)
    with LocalCloud.start(enforce_iam=True) as cloud:
        deployment = cloud.deploy(synthesis.directory)
        yield {language: Workflow(cloud, deployment, language) for language in LANGUAGES}


@pytest.fixture(params=LANGUAGES)
def workflow(request: pytest.FixtureRequest, workflows: dict[str, Workflow]) -> Workflow:
    return workflows[request.param]


def order(name: str, **changed: Any) -> dict[str, Any]:
    return {**ORDER, "id": name, **changed}


def test_an_approved_order_is_worked_on_step_by_step(workflow: Workflow) -> None:
    execution = workflow.start(order("approved"))
    [link] = workflow.links("approved")
    status, page = workflow.click(link)
    assert (status, "250.5" in page, "Somewhere" in page) == (200, True, False), "it shows what it is told to show"
    assert workflow.click(link, "approve") == (200, workflow.click(link)[1])
    ended = workflow.ended(execution)
    assert (ended["status"], '"outcome": "done"' in ended["output"]) == ("SUCCEEDED", True)
    assert workflow.path(execution) == PATHS["approved"]
    assert workflow.ledger(execution) == WORKED


def test_a_refused_order_is_not_worked_on(workflow: Workflow) -> None:
    execution = workflow.start(order("refused"))
    [link] = workflow.links("refused")
    assert workflow.click(link, "refuse")[0] == 200
    assert workflow.ended(execution)["status"] == "SUCCEEDED"
    assert (workflow.path(execution), workflow.ledger(execution)) == (PATHS["refused"], {})


def test_without_an_answer_an_order_is_reminded_of_and_expires_for_good(workflow: Workflow) -> None:
    execution = workflow.start(order("expired"), workflow.hurried())
    first, second = workflow.links("expired", 2)
    assert first == second, "a reminder has the same link, which does not live longer"
    assert workflow.ended(execution)["status"] == "SUCCEEDED"
    assert (workflow.path(execution), workflow.ledger(execution)) == (PATHS["expired"], {})
    # The link itself is still good for a while: the record says that it is too late.
    status, page = workflow.click(first, "approve")
    assert (status, "This order is expired" in page) == (409, True)
    assert workflow.ledger(execution) == {}


def test_opening_the_link_decides_nothing(workflow: Workflow) -> None:
    execution = workflow.start(order("scanned"))
    [link] = workflow.links("scanned")
    for _ in range(3):
        status, page = workflow.click(link)
        assert (status, page.count("<button")) == (200, 2)
    assert workflow.ended_yet(execution) is False
    workflow.click(link, "refuse")


def test_a_second_click_changes_nothing(workflow: Workflow) -> None:
    execution = workflow.start(order("twice"))
    [link] = workflow.links("twice")
    assert workflow.click(link, "approve")[0] == 200
    assert workflow.click(link, "approve")[0] == 200
    status, page = workflow.click(link, "refuse")
    assert (status, "This order is approved" in page) == (409, True)
    assert workflow.ended(execution)["status"] == "SUCCEEDED"
    assert workflow.ledger(execution) == WORKED


def test_a_decision_between_two_reminders_is_heard_after_the_next(workflow: Workflow) -> None:
    execution = workflow.start(order("between"), workflow.hurried())
    [link] = workflow.links("between")
    approval = re.search(r"token=([0-9a-f]{32})", link)
    assert approval is not None
    # As after the first question's time is over, and before the second is asked.
    workflow.cloud.client("dynamodb").update_item(
        TableName=workflow.id_of("/Approvals"),
        Key={"id": {"S": approval[1]}},
        UpdateExpression="SET task_token = :gone",
        ExpressionAttributeValues={":gone": {"S": "gone"}},
    )
    assert workflow.click(link, "approve")[0] == 200
    assert workflow.ended(execution)["status"] == "SUCCEEDED"
    assert workflow.ledger(execution) == WORKED


def test_nobody_decides_without_a_link_that_was_signed_here(workflow: Workflow) -> None:
    execution = workflow.start(order("forged"))
    [link] = workflow.links("forged")
    base, token = link.split("?token=")
    approval, expires, mac = token.split(".")
    other = ("0" if approval[0] != "0" else "1") + approval[1:]
    forged = [
        f"{other}.{expires}.{mac}",
        f"{approval}.{int(expires) + 3600}.{mac}",
        f"{approval}.{expires}.{mac[:-2]}{'AA' if mac[-2:] != 'AA' else 'BA'}",
        f"{approval}.{expires}.",
        f"{approval}.{expires}",
        "%00",
        "a" * 2000,
    ]
    for one in forged:
        assert workflow.click(f"{base}?token={one}", "approve")[0] == 403, one
    # API Gateway answers these 401 itself; the local cloud asks the authorizer.
    assert workflow.click(base, "approve")[0] in {401, 403}
    assert workflow.click(f"{base}?token=", "approve")[0] in {401, 403}
    assert workflow.ended_yet(execution) is False
    for nonsense in ("", "yes", "approve&decision=refuse"):
        assert workflow.click(link, nonsense)[0] == 400
    workflow.click(link, "refuse")


def test_a_link_is_refused_when_its_time_is_over(workflow: Workflow, monkeypatch: pytest.MonkeyPatch) -> None:
    execution = workflow.start(order("late"))
    [link] = workflow.links("late")
    base, token = link.split("?token=")
    kms = workflow.cloud.client("kms")
    monkeypatch.setenv("LINK_KEY", workflow.id_of("/LinkKey"))
    approval = token.split(".")[0]
    over = sign(kms, Link(approval=approval, expires=int(time.time()) - 1))
    good = sign(kms, Link(approval=approval, expires=int(time.time()) + 60))
    assert workflow.click(f"{base}?token={over}", "approve")[0] == 403
    assert workflow.ended_yet(execution) is False
    assert workflow.click(f"{base}?token={good}", "refuse")[0] == 200, "it was refused for its time alone"


@pytest.mark.parametrize("path", ["small", "invalid", "fails at the end", "fails at an item"])
def test_an_order_takes_the_path_that_it_should(workflow: Workflow, path: str) -> None:
    execution = workflow.start(ORDERS[path], workflow.hurried())
    ended = workflow.ended(execution)
    assert workflow.path(execution) == PATHS[path]
    assert ended["status"] == ("SUCCEEDED" if path == "small" else "FAILED")


def test_after_a_failure_in_the_middle_everything_is_undone(workflow: Workflow) -> None:
    execution = workflow.start(ORDERS["fails at the end"], workflow.hurried())
    ended = workflow.ended(execution)
    assert (ended["error"], ended["cause"].split()[0]) == ("StepFailed", "Ship")
    assert workflow.ledger(execution) == dict.fromkeys(WORKED, "undone")


def test_what_cannot_be_undone_is_said_and_the_rest_is_undone(workflow: Workflow) -> None:
    def break_(states: dict[str, Any]) -> None:
        call = states["UndoCharge"].get("Parameters") or states["UndoCharge"]["Arguments"]
        call["FunctionName"] += "-gone"

    execution = workflow.start(ORDERS["cannot be undone"], workflow.hurried(break_))
    ended = workflow.ended(execution)
    assert (ended["error"], ended["cause"].split()[0]) == ("CompensationFailed", "Charge")
    assert workflow.path(execution) == PATHS["cannot be undone"]
    assert workflow.ledger(execution) == {**dict.fromkeys(WORKED, "undone"), "Charge": "done"}


@pytest.mark.parametrize("kind", NO_ORDERS)
def test_what_is_no_order_is_refused_before_anybody_is_asked(workflow: Workflow, kind: str) -> None:
    execution = workflow.start(NO_ORDERS[kind])
    ended = workflow.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "InvalidOrder")
    assert workflow.path(execution) == PATHS["invalid"]


def test_an_order_with_one_item_is_an_order(workflow: Workflow) -> None:
    execution = workflow.start({**ORDER, "amount": 1, "items": [{"quantity": 1}]})
    assert workflow.ended(execution)["status"] == "SUCCEEDED"
    assert workflow.ledger(execution) == {"Reserve/0": "done", "Charge": "done", "Ship": "done"}


def test_an_execution_that_failed_is_kept(workflow: Workflow) -> None:
    execution = workflow.start({"kept": workflow.language})
    workflow.ended(execution)
    queue = workflow.id_of("/Failed/Queue")

    def kept() -> bool:
        found = workflow.cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return any(execution in one["Body"] for one in found.get("Messages", []))

    workflow.cloud.wait_for(kept, what="the event of the execution", deadline=60)
