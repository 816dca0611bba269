"""The workflow in the Amazon States Language: check, ask, work step by step, and undo in the reverse order.

What a state passes on is the order and a few constants, so that it never grows. Step Functions ends an execution whose
data exceeds 256 KiB, and where that happens between two states nothing can be caught.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from patterns.events.approval_workflow.query_languages import LANGUAGES, Fields, Language, QueryLanguage
from patterns.events.approval_workflow.steps import LONGEST_PAUSE, TRANSIENT_TRIES, UNDO_TRIES, Step, lists_of

ROOM = 4096
"""Bytes that an order must leave free: what a state adds to it, a task token above all, is less."""

_TRANSIENT = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
]
# States.ALL does not match it, and stands alone:
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_TOO_LARGE = "States.DataLimitExceeded"
_INVOKE = "arn:{partition}:states:::lambda:invoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """What the workflow is made of.

    Attributes:
        partition: The partition of the account.
        language: The query language.
        steps: The steps.
        ask: The ARN of the function that asks, reminds and closes.
        approval_from: The smallest amount that a person must approve.
        max_items: The most items of a list.
        interval: How long a question waits for an answer until a reminder, in seconds.
        reminders: How many reminders there are.
        timeout: How long the workflow may take, in seconds.
    """

    partition: str
    language: QueryLanguage
    steps: Sequence[Step]
    ask: str
    approval_from: float
    max_items: int
    interval: int
    reminders: int
    timeout: int

    def definition(self) -> dict[str, Any]:
        """Write the workflow down.

        Returns:
            The definition.
        """
        language = LANGUAGES[self.language]
        return {
            "Comment": "Asks a person about an order, works on it step by step, and undoes what fails",
            "QueryLanguage": language.name,
            "TimeoutSeconds": self.timeout,
            "StartAt": "Receive",
            "States": {**self._check(language), **self._ask(language), **self._work(language), **self._end(language)},
        }

    def _check(self, language: Language) -> Fields:
        faulty = language.faulty("$.order", lists_of(self.steps), self.max_items)
        small = [{**language.less("order.amount", self.approval_from), "Next": self.steps[0].name}]
        return {
            # Refuses an order that leaves no room, before anything is done.
            "Receive": {"Type": "Pass", **language.build({"order": "$", "room": "." * ROOM}), "Next": "Begin"},
            "Begin": {"Type": "Pass", **language.build({"order": "$.order", "asked": 0}), "Next": "CheckOrder"},
            "CheckOrder": {
                "Type": "Choice",
                "Choices": [{**one, "Next": "InvalidOrder"} for one in faulty] + (small if self.approval_from else []),
                "Default": "AskApproval",
            },
        }

    def _ask(self, language: Language) -> Fields:
        execution = {"execution": "$$.Execution.Id"}
        question = {**execution, "token": "$$.Task.Token", "order": "$.order", "asked": "$.asked"}
        again = {"Retry": [_retrier(_TRANSIENT, TRANSIENT_TRIES), _retrier(["States.TaskFailed"], TRANSIENT_TRIES)]}
        return {
            "AskApproval": {
                "Type": "Task",
                "Resource": f"{self._invoke()}.waitForTaskToken",
                **language.call(self.ask, question, {}),
                "TimeoutSeconds": self.interval,
                **language.decision(of_function=False),
                **again,
                "Catch": [
                    {"ErrorEquals": ["States.Timeout"], **language.caught(), "Next": "CountAnswerless"},
                    *_catch(language, "AskFailed"),
                ],
                "Next": "WasApproved",
            },
            "CountAnswerless": {"Type": "Pass", **language.count("asked", "order"), "Next": "MayRemind"},
            "MayRemind": {
                "Type": "Choice",
                "Choices": [{**language.more("asked", self.reminders), "Next": "CloseApproval"}],
                "Default": "AskApproval",
            },
            # The record decides between a last click and the clock, so that both say the same.
            "CloseApproval": {
                "Type": "Task",
                "Resource": self._invoke(),
                **language.call(self.ask, execution, {}),
                "TimeoutSeconds": 60,
                **language.decision(of_function=True),
                **again,
                "Catch": _catch(language, "AskFailed"),
                "Next": "WasApproved",
            },
            "WasApproved": {
                "Type": "Choice",
                "Choices": [
                    {**language.equal("approval.decision", "approved"), "Next": self.steps[0].name},
                    {**language.equal("approval.decision", "expired"), "Next": "Expired"},
                ],
                "Default": "Refused",
            },
        }

    def _work(self, language: Language) -> Fields:
        states: Fields = {}
        for number, step in enumerate(self.steps):
            following = self.steps[number + 1].name if number + 1 < len(self.steps) else "Done"
            states[step.name] = {
                **self._apply(language, step, step.does.function_arn, "do"),
                "Catch": _catch(language, f"{step.name}Failed"),
                "Next": following,
            }
            # What timed out may have worked, so the step that failed is undone too.
            states[f"{step.name}Failed"] = {
                "Type": "Pass",
                **language.note("failed", step.name),
                "Next": next(self._undone(number), "Undone"),
            }
            if step.undoes is None:
                continue
            before = next(self._undone(number - 1), "Undone")
            states[f"Undo{step.name}"] = {
                **self._apply(language, step, step.undoes.function_arn, "undo"),
                "Catch": _catch(language, f"{step.name}NotUndone"),
                "Next": before,
            }
            states[f"{step.name}NotUndone"] = {"Type": "Pass", **language.note("stuck", step.name), "Next": before}
        return states

    def _undone(self, number: int) -> Iterator[str]:
        """What undoes the step of this number, and those before it, beginning with the last."""
        return (f"Undo{step.name}" for step in reversed(self.steps[: number + 1]) if step.undoes is not None)

    def _apply(self, language: Language, step: Step, function: str, action: str) -> Fields:
        retry = [_retrier(_TRANSIENT, TRANSIENT_TRIES)]
        if action == "undo":
            retry.append(_retrier(["States.ALL"], UNDO_TRIES))
        what = {"step": step.name, "action": action}
        task: Fields = {
            "Type": "Task",
            "Resource": self._invoke(),
            "TimeoutSeconds": int(step.timeout.to_seconds()),
            "Retry": retry,
        }
        name = "$$.Execution.Name"
        if step.for_each is None:
            call = language.call(function, {**what, "order": "$.order"}, {"key": [name, step.name]})
            return {**task, **call, **language.passed_on()}
        given = {"order_id": "$.order_id", "item": "$.item"}
        call = language.call(function, {**what, **given}, {"key": [name, step.name, "$.index"]})
        # Not the order: with its item it could exceed what a state takes.
        values = {"order_id": "$.order.id", "item": "$$.Map.Item.Value", "index": "$$.Map.Item.Index"}
        return {
            "Type": "Map",
            **language.each(f"$.order.{step.for_each}", values),
            "MaxConcurrency": step.items_at_once,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": f"{action.title()}{step.name}OfItem",
                "States": {f"{action.title()}{step.name}OfItem": {**task, **call, **language.done(), "End": True}},
            },
        }

    def _end(self, language: Language) -> Fields:
        ends: Fields = {
            name: {
                "Type": "Pass",
                **language.build({"outcome": name.lower(), "order": "$.order"}),
                "End": True,
            }
            for name in ("Done", "Refused", "Expired")
        }
        return {
            **ends,
            "InvalidOrder": {
                "Type": "Fail",
                "Error": "InvalidOrder",
                "Cause": "An order needs an id, an amount of 0 or more, and its lists with "
                f"1 to {self.max_items} items. Nothing was done",
            },
            "AskFailed": {
                "Type": "Fail",
                "Error": "AskFailed",
                "Cause": "Nobody could be asked for a decision. Nothing was done",
            },
            "Undone": {
                "Type": "Choice",
                "Choices": [{**language.present("stuck"), "Next": "CompensationFailed"}],
                "Default": "StepFailed",
            },
            "StepFailed": {
                "Type": "Fail",
                "Error": "StepFailed",
                **language.cause("failed", "failed, and what was done has been undone. The history has the error"),
            },
            "CompensationFailed": {
                "Type": "Fail",
                "Error": "CompensationFailed",
                **language.cause("stuck", "could not be undone: do it by hand. The history has the error"),
            },
        }

    def _invoke(self) -> str:
        return _INVOKE.format(partition=self.partition)


def _retrier(errors: Sequence[str], attempts: int) -> Fields:
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": 2,
        "MaxAttempts": attempts,
        "BackoffRate": 2,
        "MaxDelaySeconds": LONGEST_PAUSE,
        "JitterStrategy": "FULL",
    }


def _catch(language: Language, then: str) -> list[Fields]:
    return [{"ErrorEquals": [error], **language.caught(), "Next": then} for error in (_TOO_LARGE, "States.ALL")]
