"""The function of authors: one answer for each of a batch, in its order, with as few calls as can be."""

from tests.patterns.api.graphql_api.conftest import Portal


def test_each_author_is_asked_for_once_and_answered_in_order(portal: Portal) -> None:
    for name in ("eva", "rob"):
        item = {"id": {"S": f"person#{name}"}, "name": {"S": name.title()}}
        portal.client.put_item(TableName="documents", Item=item)
    asked = ["rob", "eva", "rob", "gone", ""]
    answers = portal.author.handler([{"source": {"authorId": one}} for one in asked], None)
    assert [one["data"] for one in answers] == [{"name": "Rob"}, {"name": "Eva"}, {"name": "Rob"}, None, None]
    assert [one.get("errorType") for one in answers] == [None, None, None, None, "NotFound"]


def test_more_authors_than_one_call_takes_are_asked_for_in_several(portal: Portal) -> None:
    item = {"id": {"S": "person#149"}, "name": {"S": "Last"}}
    portal.client.put_item(TableName="documents", Item=item)
    answers = portal.author.handler([{"source": {"authorId": str(one)}} for one in range(150)], None)
    assert len(answers) == 150
    assert answers[149] == {"data": {"name": "Last"}}
