"""The role allows what the example does with its table and what Lambda does for it, and no more."""

from collections.abc import Callable

import pytest

from patternkit.testing.permissions import PermissionProof
from tests.conftest import ROOT, example

CODE = ROOT / "patterns" / "events" / "asynchronous_function" / "handler"
EVENTS = [{"id": "one"}, {"id": "one"}, {"id": "two"}, {"no": "id"}, []]
READS = (
    "Powertools reads an item where DynamoDB does not return it with the failed condition, as older releases do: "
    "https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/"
)


@pytest.mark.parametrize("environment", ["agnostic", "concrete"])
def test_the_role_allows_what_is_done_and_no_more(
    environment: str, permissions: Callable[..., PermissionProof]
) -> None:
    template = example("asynchronous-function", environment).template
    [table] = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::DynamoDB::Table"]
    where = {"account": "111122223333", "region": "eu-west-1"} if environment == "concrete" else {}
    proof = permissions(
        template,
        function="AsynchronousFunction/Work/Function",
        code=CODE,
        events=EVENTS,
        raises=(Exception,),
        unused={f"dynamodb:GetItem on {table}.Arn": READS, f"dynamodb:DeleteItem on {table}.Arn": READS},
        **where,
    )
    assert {"dynamodb:PutItem", "dynamodb:UpdateItem", "sqs:SendMessage"} <= proof.used
    assert not proof.redundant
