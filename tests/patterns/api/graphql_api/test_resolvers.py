"""What the example's resolvers do, run under Node on a table and with the function of authors."""

from typing import Any

import pytest

from patternkit.testing.graphql_access import GraphqlAccess, GraphqlAccessError, ResolverError
from tests.patterns.api.graphql_api.conftest import BACKEND, EDITOR, NOBODY, READER, Portal

ONE = "query($i: ID!) { document(id: $i) { id title status version note } }"
PLAIN = "query($i: ID!) { document(id: $i) { title status author { name } } }"
LIST = """query($s: DocumentStatus!, $l: Int, $n: String) {
  documents(status: $s, limit: $l, nextToken: $n) { items { id title author { name } } nextToken }
}"""
UPDATE = "mutation($i: ID!, $v: Int!, $t: String!) { updateDocument(id: $i, version: $v, title: $t) { title version } }"


def test_a_document_is_made_changed_published_and_read(portal: Portal) -> None:
    made = portal.create("First", note="between us")
    assert (made["status"], made["version"]) == ("DRAFT", 1)
    changed = portal.run(UPDATE, EDITOR, i=made["id"], v=1, t="Second")
    assert changed.data == {"updateDocument": {"title": "Second", "version": 2}}
    assert portal.run(PLAIN, READER, i=made["id"]).data == {"document": None}, "readers have no drafts"
    assert portal.publish(made["id"], 2).errors == ()
    assert portal.run(PLAIN, READER, i=made["id"]).data == {
        "document": {"title": "Second", "status": "PUBLISHED", "author": None}
    }
    backend = portal.run("query($i: ID!) { document(id: $i) { version } }", BACKEND, i=made["id"])
    assert backend.data == {"document": {"version": 3}}


def test_of_two_who_change_a_document_at_once_one_is_told(portal: Portal) -> None:
    made = portal.create("First")
    assert portal.run(UPDATE, EDITOR, i=made["id"], v=1, t="One").errors == ()
    (error,) = portal.run(UPDATE, EDITOR, i=made["id"], v=1, t="Other").errors
    assert (error["errorType"], error["path"]) == ("Conflict", ["updateDocument"])
    assert portal.run(ONE, EDITOR, i=made["id"]).data["document"]["title"] == "One"  # type: ignore[index]
    (missing,) = portal.run(UPDATE, EDITOR, i="not there", v=1, t="a").errors
    assert missing["errorType"] == "Conflict", "an update makes no document"


def test_a_profile_is_nobody_elses_and_no_document(portal: Portal) -> None:
    save = "mutation($n: String!) { saveProfile(name: $n) { name } }"
    assert portal.run(save, EDITOR, n="Eva").data == {"saveProfile": {"name": "Eva"}}
    (item,) = portal.client.scan(TableName="documents")["Items"]
    assert item["id"] == {"S": "person#sub-of-eva"}
    assert portal.run(ONE, EDITOR, i="person#sub-of-eva").data == {"document": None}
    (error,) = portal.run(UPDATE, EDITOR, i="person#sub-of-eva", v=1, t="Taken").errors
    assert error["errorType"] == "Conflict"


def test_documents_come_by_pages_the_newest_first_and_their_authors_in_batches(portal: Portal) -> None:
    portal.run('mutation { saveProfile(name: "Eva") { name } }', EDITOR)
    for number in range(5):
        portal.publish(portal.create(f"No {number}")["id"])
    first = portal.run(LIST, READER, s="PUBLISHED", l=3)
    assert first.errors == ()
    assert first.data is not None
    page = first.data["documents"]
    assert [one["author"] for one in page["items"]] == [{"name": "Eva"}] * 3
    assert portal.batches == [3], "three authors, one invocation"
    rest = portal.run(LIST, READER, s="PUBLISHED", l=3, n=page["nextToken"])
    assert rest.data is not None
    titles = [one["title"] for one in (*page["items"], *rest.data["documents"]["items"])]
    assert sorted(titles) == [f"No {number}" for number in range(5)]
    assert rest.data["documents"]["nextToken"] is None


def test_more_than_a_batch_is_several(portal: Portal) -> None:
    (handlers,) = [one.handlers for name, one in portal.access.resolvers.items() if name == "Document.author"]
    assert handlers.batch == 100


def test_one_of_a_batch_that_fails_leaves_the_others_theirs(portal: Portal) -> None:
    portal.run('mutation { saveProfile(name: "Eva") { name } }', EDITOR)
    good, bad = portal.create("good"), portal.create("bad")
    for one in (good, bad):
        portal.publish(one["id"])
    portal.client.update_item(TableName="documents", Key={"id": {"S": bad["id"]}}, UpdateExpression="REMOVE authorId")
    answer = portal.run(LIST, READER, s="PUBLISHED")
    assert answer.data is not None
    items = {one["title"]: one["author"] for one in answer.data["documents"]["items"]}
    assert items == {"good": {"name": "Eva"}, "bad": None}
    (error,) = answer.errors
    assert (error["message"], error["errorType"]) == ("the document has no author", "NotFound")


def test_a_function_that_fails_leaves_the_documents(portal: Portal) -> None:
    portal.publish(portal.create("a")["id"])
    portal.author.handler = lambda *_: 1 / 0
    answer = portal.run(LIST, READER, s="PUBLISHED")
    assert answer.data is not None
    assert [one["author"] for one in answer.data["documents"]["items"]] == [None]
    assert [one["errorType"] for one in answer.errors] == ["Lambda:Unhandled"]


@pytest.mark.parametrize("caller", [READER], ids=str)
@pytest.mark.parametrize("status", ["DRAFT", "WITHDRAWN"])
def test_readers_list_what_is_published_and_nothing_else(portal: Portal, caller: Any, status: str) -> None:
    (error,) = portal.run(LIST, caller, s=status).errors
    assert error["errorType"] == "Unauthorized"


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (LIST, {"s": "PUBLISHED", "l": 101}),
        (LIST, {"s": "PUBLISHED", "l": -1}),
        (LIST, {"s": "PUBLISHED", "l": 0}),
        ('mutation { createDocument(title: " ") { id } }', {}),
        ('mutation { saveProfile(name: "") { name } }', {}),
    ],
)
def test_what_is_out_of_bounds_is_refused_before_the_table_is_asked(
    portal: Portal, query: str, variables: dict[str, Any]
) -> None:
    answer = portal.run(query, EDITOR, **variables)
    assert [one["errorType"] for one in answer.errors] == ["BadRequest"]
    assert answer.called == {}


def test_readers_are_told_of_what_is_published_and_editors_of_all(access: GraphqlAccess) -> None:
    draft, published = ({"id": "a", "status": one, "version": 1} for one in ("DRAFT", "PUBLISHED"))
    reader = access.subscribe("documentChanged", READER)
    assert [reader.delivers(one) for one in (draft, published)] == [False, True]
    editor = access.subscribe("documentChanged", EDITOR)
    assert [editor.delivers(one) for one in (draft, published)] == [True, True]
    only = access.subscribe("documentChanged", EDITOR, arguments={"status": "DRAFT"})
    assert [only.delivers(one) for one in (draft, published)] == [True, False]
    assert reader.mutations == ("createDocument", "updateDocument", "setStatus")
    assert not reader.delivers({"id": "a"}), "a mutation whose caller did not select the status tells no reader"


def test_nobody_subscribes_to_what_they_may_not_have(access: GraphqlAccess) -> None:
    with pytest.raises(GraphqlAccessError, match="refused"):
        access.subscribe("documentChanged", NOBODY)
    with pytest.raises(GraphqlAccessError, match="refused"):
        access.subscribe("documentChanged", BACKEND)
    with pytest.raises(ResolverError, match="Unauthorized"):
        access.subscribe("documentChanged", READER, arguments={"status": "DRAFT"})
