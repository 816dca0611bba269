from typing import Any

import pytest

from patternkit.localcloud.emulation.batch_response import FailedItems, read_answer, reports

GIVEN = ("1", "2", "3")


@pytest.mark.parametrize("answer", [None, "", {}, {"batchItemFailures": None}, {"batchItemFailures": []}, {"more": 1}])
def test_nothing_said_is_nothing_failed(answer: Any) -> None:
    assert read_answer(answer, GIVEN) == FailedItems()


def test_what_is_named_has_failed() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}
    assert read_answer(answer, GIVEN) == FailedItems(failed=("3", "1"))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("done", "the function answered with a text, not an object"),
        ('{"batchItemFailures": []}', "the function answered with a text, not an object"),
        (3, "the function answered with a number, not an object"),
        (True, "the function answered with a flag, not an object"),
        ([{"itemIdentifier": "1"}], "the function answered with an array, not an object"),
        ({"batchItemFailures": "1"}, "batchItemFailures is a text, not an array"),
        ({"batchItemFailures": {"itemIdentifier": "1"}}, "batchItemFailures is an object, not an array"),
        ({"batchItemFailures": ["1"]}, "an item of batchItemFailures has no itemIdentifier: '1'"),
        ({"batchItemFailures": [{"id": "1"}]}, "an item of batchItemFailures has no itemIdentifier: {'id': '1'}"),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, "an itemIdentifier is None, not a text"),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, "an itemIdentifier is '', not a text"),
        ({"batchItemFailures": [{"itemIdentifier": 1}]}, "an itemIdentifier is 1, not a text"),
        ({"batchItemFailures": [{"itemIdentifier": "9"}]}, "the itemIdentifier 9 is none of the batch"),
    ],
)
def test_what_cannot_be_read_fails_all(answer: Any, why: str) -> None:
    assert read_answer(answer, GIVEN) == FailedItems(unreadable=why)


def test_only_a_mapping_that_asks_for_it_is_told() -> None:
    assert reports({"FunctionResponseTypes": ["ReportBatchItemFailures"]})
    assert not reports({"FunctionResponseTypes": []})
    assert not reports({"FunctionResponseTypes": None})
    assert not reports({})
