"""The function of authors, call by call."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.answering import Aws, loaded

NOBODY = {"data": None, "errorMessage": "the document has no author", "errorType": "NotFound"}


@pytest.fixture(scope="module")
def author() -> Iterator[ModuleType]:
    with loaded("api/graphql_api/handler/people", "author", TABLE_NAME="documents") as module:
        yield module("author")


def keys(*people: str) -> dict[str, Any]:
    return {"documents": {"Keys": [{"id": {"S": f"person#{one}"}} for one in people]}}


def rows(*people: str) -> dict[str, Any]:
    return {"documents": [{"id": {"S": f"person#{one}"}, "name": {"S": one.title()}} for one in people]}


def batch(*people: str) -> list[dict[str, Any]]:
    return [{"source": {"authorId": one}} for one in people]


def test_each_author_is_asked_for_once_and_answered_in_order(author: ModuleType, aws: Aws) -> None:
    aws.answers["BatchGetItem"] = {"Responses": rows("rob", "eva", "person#x")}
    asked = [*batch("rob", "eva", "rob", "gone", "", "person#x"), {"source": None}, {"source": {}}, {}]
    rob, eva, odd = ({"data": {"name": one}} for one in ("Rob", "Eva", "Person#X"))
    answers = author.handler(asked, None)
    assert answers == [rob, eva, rob, {"data": None}, NOBODY, odd, NOBODY, NOBODY, NOBODY]
    assert aws.calls == [("BatchGetItem", {"RequestItems": keys("eva", "gone", "person#x", "rob")})]


@pytest.mark.parametrize("count", [99, 100, 101, 200, 201])
def test_one_call_asks_for_a_hundred_at_most(author: ModuleType, aws: Aws, count: int) -> None:
    def answer(given: dict[str, Any]) -> dict[str, Any]:
        return {
            "Responses": rows(*(one["id"]["S"].split("#")[1] for one in given["RequestItems"]["documents"]["Keys"]))
        }

    aws.answers["BatchGetItem"] = answer
    people = [f"p{number:03}" for number in range(count)]
    assert author.handler(batch(*people), None) == [{"data": {"name": one.title()}} for one in people]
    expected = [keys(*people[start : start + 100]) for start in range(0, count, 100)]
    assert aws.named("BatchGetItem") == [{"RequestItems": one} for one in expected]


def test_of_nobody_no_table_is_asked(author: ModuleType, aws: Aws) -> None:
    assert author.handler([], None) == []
    assert author.handler(batch(""), None) == [NOBODY]
    assert aws.calls == []


def test_keys_that_were_not_processed_are_asked_for_again(author: ModuleType, aws: Aws) -> None:
    answered = [{"Responses": {}, "UnprocessedKeys": keys("eva")}] * 4
    aws.answers["BatchGetItem"] = [*answered, {"Responses": rows("eva"), "UnprocessedKeys": {}}]
    assert author.handler(batch("eva", "rob"), None) == [{"data": {"name": "Eva"}}, {"data": None}]
    assert aws.named("BatchGetItem") == [{"RequestItems": one} for one in [keys("eva", "rob"), *[keys("eva")] * 4]]


def test_a_table_that_never_processes_all_keys_is_an_error(author: ModuleType, aws: Aws) -> None:
    aws.answers["BatchGetItem"] = [{"Responses": rows("eva"), "UnprocessedKeys": keys("rob")}] * 5
    with pytest.raises(RuntimeError, match=r"^the table answers too slowly: some of the keys were never processed$"):
        author.handler(batch("eva", "rob"), None)
    assert len(aws.calls) == 5
