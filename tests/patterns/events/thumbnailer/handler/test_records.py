"""Claims, leases and records: each is one conditional write."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.answering import Aws, Refusal
from tests.patterns.events.thumbnailer.handler.claims import (
    RELEASED,
    SOURCE_ID,
    Modules,
    claiming,
    table,
    there,
    update,
    upload_of,
)


@pytest.mark.parametrize(
    ("answer", "claim"),
    [
        ({}, "GRANTED"),
        (there(sequencer="1A"), "DUPLICATE"),
        (there(sequencer="1A", claimed_sequencer="1B"), "DUPLICATE"),
        (there(sequencer="1B"), "STALE"),
        (there(claimed_sequencer="1B"), "STALE"),
        (there(sequencer="19", claimed_sequencer="1B"), "STALE"),
        (there(sequencer="1B", claimed_sequencer="19"), "STALE"),
        (there(sequencer="19", claimed_sequencer="1A"), "BUSY"),
        (there(claimed_sequencer="1A"), "BUSY"),
        (there(), "BUSY"),
        (Refusal("ConditionalCheckFailedException"), "BUSY"),
    ],
)
def test_a_claim_is_one_conditional_write(modules: Modules, aws: Aws, answer: Any, claim: str) -> None:
    aws.answers["UpdateItem"] = answer
    records = table(modules)
    found = records.claim(upload_of(modules), owner="me", now=5.9, until=9.9)
    assert found is modules("records").Claim[claim]
    assert aws.calls == [claiming("me", 5, 10)]


def test_a_claim_that_the_table_does_not_answer_is_an_error(modules: Modules, aws: Aws) -> None:
    aws.answers["UpdateItem"] = Refusal("ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        table(modules).claim(upload_of(modules), owner="me", now=5, until=9)


def test_a_lease_is_given_back(modules: Modules, aws: Aws) -> None:
    table(modules).release(upload_of(modules), owner="me")
    assert aws.calls == [RELEASED]


@pytest.mark.parametrize(
    ("values", "changed", "written"),
    [
        (
            {"a": 1, "b": None, "c": "x", "d": None},
            "SET #a = :a, #c = :c, #sequencer = :sequencer REMOVE lease_owner, lease_until, #b, #d",
            {"a": {"N": "1"}, "c": {"S": "x"}},
        ),
        ({}, "SET #sequencer = :sequencer REMOVE lease_owner, lease_until", {}),
    ],
)
@pytest.mark.parametrize(
    ("answer", "lost"), [({}, False), (there(sequencer="1A"), False), (there(sequencer="1B"), True)]
)
def test_a_work_is_completed_by_who_holds_the_lease(
    modules: Modules, aws: Aws, values: dict[str, Any], changed: str, written: dict[str, Any], answer: Any, lost: bool
) -> None:
    aws.answers["UpdateItem"] = answer
    if lost:
        text = f"^the lease of {SOURCE_ID} ran out before the work was done$"
        with pytest.raises(modules("records").LeaseLost, match=text):
            table(modules).complete(upload_of(modules), owner="me", values=values)
    else:
        table(modules).complete(upload_of(modules), owner="me", values=values)
    names = {f"#{name}": name for name in (*values, "sequencer")}
    given = {"owner": {"S": "me"}, **written, "sequencer": {"S": "1A"}}
    assert aws.calls == [update(changed, "lease_owner = :owner", names, **given)]
