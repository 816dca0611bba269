"""The roles of the two functions allow what they do with every kind of event, over all three stacks."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from examples.order_intake import app
from patternkit.testing.permissions import Account, PermissionProof, prove
from tests.conftest import example
from tests.examples.order_intake.orders import batch, order

FOLDER = Path(app.__file__).parent
TABLE_KEY = (
    "Amazon DynamoDB asks for it of whoever uses a table with a customer key; calls on items are seen to use Decrypt: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html"
)
PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
WRITER: dict[str, Any] = {"function": "OrderIntake/Writer/Function", "code": FOLDER / "intake_handler"}
REPORT: dict[str, Any] = {"function": "OrderReports/Nightly/Run/Function", "code": FOLDER / "report_handler"}


def templates() -> Mapping[str, Mapping[str, Any]]:
    return example("order-intake", "agnostic").templates


def reasons(*actions: str) -> dict[str, str]:
    return {f"kms:{one} on OrderOperations.{key_output()} if kms:ViaService": TABLE_KEY for one in actions}


def key_output() -> str:
    return next(
        str(name) for name in templates()["OrderOperations"]["Outputs"] if name.startswith("PublishOutputFnGetAttKey")
    )


def received(_account: Account) -> Iterator[dict[str, Any]]:
    """An order, the same again, another under its id, and what is no order."""
    yield batch(order("one"), order("two"))
    yield batch(order("one"), order("two", quantity=2), "no order")


def nights(_account: Account) -> Iterator[dict[str, Any]]:
    yield {"scheduled_time": "2026-11-21T01:00:00Z", "execution_id": "one"}


def test_the_writer_may_do_what_it_does_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    unused = reasons("DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
    proof = permissions(templates(), events=received, unused=unused, **WRITER)
    assert proof.used == PLATFORM | {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "kms:Decrypt",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    }


def test_the_report_may_do_what_it_does_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    unused = reasons("DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
    proof = permissions(templates(), events=nights, unused=unused, **REPORT)
    assert proof.used == PLATFORM | {
        "dynamodb:Query",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "s3:PutObject",
        "sqs:SendMessage",
    }


@pytest.mark.parametrize(
    ("function", "events", "stack", "action"),
    [
        (WRITER, received, "OrderIntake", "dynamodb:PutItem"),
        (WRITER, received, "OrderIntake", "dynamodb:GetItem"),
        (REPORT, nights, "OrderReports", "dynamodb:Query"),
        (REPORT, nights, "OrderReports", "s3:PutObject"),
    ],
)
def test_an_action_that_is_taken_away_is_missed(
    function: dict[str, Any], events: Callable[[Account], Any], stack: str, action: str
) -> None:
    mutant = {**templates(), stack: _without(templates()[stack], action)}
    assert {one.request.action for one in prove(mutant, events=events, **function).denied} == {action}


def _without(value: Any, action: str) -> Any:
    if isinstance(value, dict):
        return {name: _without(part, action) for name, part in value.items()}
    if isinstance(value, list):
        return [_without(part, action) for part in value]
    return "s3:GetBucketLocation" if value == action else value
