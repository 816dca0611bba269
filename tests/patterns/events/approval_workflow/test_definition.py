"""The definition: what it promises in both query languages, and that a second interpreter takes its paths."""

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

from patternkit.localcloud.emulation.workflow_definition import faults
from patterns.events.approval_workflow.definition import ROOM, Workflow
from patterns.events.approval_workflow.query_languages import QueryLanguage
from patterns.events.approval_workflow.steps import Step
from tests.patterns.events.approval_workflow.orders import NO_ORDERS, ORDERS, PATHS, entered

LANGUAGES: tuple[QueryLanguage, ...] = ("jsonata", "jsonpath")
HEADROOM = 256


class Named:
    """A function that is known by its ARN alone."""

    def __init__(self, name: str) -> None:
        self.function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"


def workflow(language: QueryLanguage, **changed: Any) -> dict[str, Any]:
    function: Any = Named("steps")
    steps = [
        Step(name="Reserve", does=function, undoes=function, for_each="items"),
        Step(name="Charge", does=function, undoes=function),
        Step(name="Ship", does=function, undoes=function),
    ]
    made: dict[str, Any] = {
        "partition": "aws",
        "language": language,
        "steps": steps,
        "ask": Named("ask").function_arn,
        "approval_from": 100,
        "max_items": 5,
        "interval": 60,
        "reminders": 1,
        "timeout": 3600,
        **changed,
    }
    return json.loads(json.dumps(Workflow(**made).definition()))  # type: ignore[no-any-return]


def states(definition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each state, those within a Map included."""
    for name, state in definition["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


@pytest.fixture(params=LANGUAGES)
def definition(request: pytest.FixtureRequest) -> dict[str, Any]:
    return workflow(request.param)


def test_a_definition_leads_everywhere(definition: dict[str, Any]) -> None:
    assert list(faults(definition)) == []


def test_nothing_waits_without_end(definition: dict[str, Any]) -> None:
    assert definition["TimeoutSeconds"] > 0
    tasks = [(name, state) for name, state in states(definition) if state["Type"] == "Task"]
    assert tasks
    for name, state in tasks:
        assert state["TimeoutSeconds"] > 0, name
    assert definition["States"]["AskApproval"]["Resource"].endswith(".waitForTaskToken")


def test_every_call_is_tried_again_after_errors_of_lambda_itself(definition: dict[str, Any]) -> None:
    for name, state in states(definition):
        if state["Type"] != "Task":
            continue
        assert {"Lambda.ServiceException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"} <= set(
            state["Retry"][0]["ErrorEquals"]
        ), name
        for field in ("Retry", "Catch"):
            errors = [one["ErrorEquals"] for one in state.get(field, [])]
            assert all("States.ALL" not in one for one in errors[:-1]), "States.ALL is last"
            assert all(one == ["States.ALL"] for one in errors if "States.ALL" in one), "and alone"


def test_a_question_is_not_asked_again_at_once_because_nobody_answered(definition: dict[str, Any]) -> None:
    retried = [error for one in definition["States"]["AskApproval"]["Retry"] for error in one["ErrorEquals"]]
    assert not {"States.ALL", "States.Timeout"} & set(retried)


def test_each_catcher_keeps_the_order_and_none_is_missing(definition: dict[str, Any]) -> None:
    for name, state in definition["States"].items():
        if state["Type"] not in ("Task", "Map"):
            continue
        assert [one["ErrorEquals"] for one in state["Catch"][-2:]] == [["States.DataLimitExceeded"], ["States.ALL"]], (
            name
        )
        for catcher in state["Catch"]:
            # The error's text is up to 32 KiB, which the order may leave no room for.
            kept = (
                catcher["ResultPath"] is None if "ResultPath" in catcher else catcher["Output"] == "{% $states.input %}"
            )
            assert kept, name


def test_each_choice_has_a_default(definition: dict[str, Any]) -> None:
    choices = [state for _, state in states(definition) if state["Type"] == "Choice"]
    assert choices
    assert all(state["Default"] for state in choices)


def test_what_a_state_adds_was_left_free_before_anything_was_done(definition: dict[str, Any]) -> None:
    assert definition["StartAt"] == "Receive"
    assert ("." * ROOM) in json.dumps(definition["States"]["Receive"])
    # An ARN, a task token of 2 KiB, a key with an execution's name, and the names around them.
    for name, state in states(definition):
        call = state.get("Parameters") or state.get("Arguments") or {}
        assert len(json.dumps(call)) + 2048 + HEADROOM < ROOM or name == "Receive", name


def test_no_result_is_carried_on(definition: dict[str, Any]) -> None:
    for name, state in definition["States"].items():
        if state["Type"] not in ("Task", "Map") or name in ("AskApproval", "CloseApproval"):
            continue
        dropped = state["ResultPath"] is None if "ResultPath" in state else state["Output"] == "{% $states.input %}"
        assert dropped, name


def test_an_item_is_not_sent_with_its_order(definition: dict[str, Any]) -> None:
    for state in definition["States"].values():
        if state["Type"] == "Map":
            assert {key.removesuffix(".$") for key in state["ItemSelector"]} == {"index", "item", "order_id"}


def test_what_failed_is_undone_backwards_and_itself_first(definition: dict[str, Any]) -> None:
    assert definition["States"]["ShipFailed"]["Next"] == "UndoShip"
    assert definition["States"]["UndoShip"]["Next"] == "UndoCharge"
    assert definition["States"]["UndoCharge"]["Next"] == "UndoReserve"
    assert definition["States"]["ChargeNotUndone"]["Next"] == "UndoReserve"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_that_nothing_undoes_is_passed_over(language: QueryLanguage) -> None:
    function: Any = Named("steps")
    steps = [
        Step(name="Check", does=function),
        Step(name="Charge", does=function, undoes=function),
        Step(name="Tell", does=function),
    ]
    made = workflow(language, steps=steps)
    assert list(faults(made)) == []
    assert made["States"]["TellFailed"]["Next"] == "UndoCharge"
    assert made["States"]["CheckFailed"]["Next"] == "Undone"
    assert "UndoTell" not in made["States"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_bound_everybody_is_asked(language: QueryLanguage) -> None:
    choices = workflow(language, approval_from=0)["States"]["CheckOrder"]["Choices"]
    assert {one["Next"] for one in choices} == {"InvalidOrder"}


class Steps:
    """The example's steps and those who answer, in this process."""

    def __init__(self, workflows: Any, path: str) -> None:
        self.workflows, self.path = workflows, path

    def invoke(self, parameters: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Answer a call of a function as AWS Lambda does."""
        payload = parameters["Payload"]
        event = json.loads(payload) if isinstance(payload, str | bytes) else payload
        if "step" in event:
            self.work(event)
        elif "token" not in event:
            return self.answer({"decision": "expired"})
        elif self.path != "expired":
            output = json.dumps({"decision": self.path})
            self.workflows.send_task_success(taskToken=event["token"], output=output)
        return self.answer({})

    def work(self, event: dict[str, Any]) -> None:
        undoing = event["action"] == "undo"
        fails = {
            "fails at the end": not undoing and event["step"] == "Ship",
            "fails at an item": not undoing and event.get("item", {}).get("quantity") == 0,
            "cannot be undone": event["step"] == ("Charge" if undoing else "Ship"),
        }
        if fails.get(self.path):
            raise lambda_eval_utils.LambdaFunctionErrorException("Unhandled", '{"errorType": "ValueError"}')

    @staticmethod
    def answer(payload: Any) -> dict[str, Any]:
        return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": payload}


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """moto's interpreter, which is another one than the local cloud's."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield boto3.client("stepfunctions")


def run(second: Any, monkeypatch: pytest.MonkeyPatch, path: str, order: Any) -> tuple[str, tuple[str, ...]]:
    monkeypatch.setattr(lambda_eval_utils, "_invoke_lambda_function", Steps(second, path).invoke)
    made = workflow("jsonpath", interval=1)
    for _, state in states(made):
        for retrier in state.get("Retry", []):
            retrier |= {"IntervalSeconds": 1, "MaxAttempts": 0}
    machine = second.create_state_machine(
        name="orders", definition=json.dumps(made), roleArn="arn:aws:iam::123456789012:role/orders"
    )
    started = second.start_execution(stateMachineArn=machine["stateMachineArn"], input=json.dumps(order))
    while (found := second.describe_execution(executionArn=started["executionArn"]))["status"] == "RUNNING":
        threading.Event().wait(0.02)
    events = second.get_execution_history(executionArn=started["executionArn"], maxResults=1000)["events"]
    return found["status"], entered(events)


@pytest.mark.parametrize("path", PATHS)
def test_a_second_interpreter_takes_the_same_path(path: str, second: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    status, taken = run(second, monkeypatch, path, ORDERS[path])
    assert taken == PATHS[path]
    assert status == ("SUCCEEDED" if path in ("approved", "refused", "expired", "small") else "FAILED")


@pytest.mark.parametrize("kind", NO_ORDERS)
def test_a_second_interpreter_refuses_what_is_no_order(kind: str, second: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(second, monkeypatch, "approved", NO_ORDERS[kind]) == ("FAILED", PATHS["invalid"])
