"""The role of each consumer allows what the example and Lambda do, and no more."""

from collections.abc import Callable

import pytest

from patternkit.testing.permissions import PermissionProof
from tests.conftest import ROOT, example
from tests.patterns.events.table_stream.test_handler import change

CODE = ROOT / "patterns" / "events" / "table_stream" / "handler"
FAILS = {"eventID": "3", "dynamodb": {"SequenceNumber": "13"}}
EVENTS = [{"Records": [change("1"), change("2")]}, {"Records": [change("1"), FAILS]}]
READS = (
    "Powertools reads an item where DynamoDB does not return it with the failed condition, as older releases do: "
    "https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/"
)


@pytest.mark.parametrize("consumer", ["Search", "Welcome"])
def test_the_role_allows_what_is_done_and_no_more(consumer: str, permissions: Callable[..., PermissionProof]) -> None:
    template = example("table-stream", "agnostic").template
    [table] = [name for name, one in template["Resources"].items() if "Remembered" in name]
    proof = permissions(
        template,
        function=f"TableStream/{consumer}/Work/Function",
        code=CODE,
        events=EVENTS,
        unused={f"dynamodb:GetItem on {table}.Arn": READS},
    )
    assert {"dynamodb:DeleteItem", "dynamodb:GetRecords", "dynamodb:PutItem", "sqs:SendMessage"} <= proof.used
    assert not proof.redundant
