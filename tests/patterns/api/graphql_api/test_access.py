"""Who may have which field: the table computed from the schema, and each cell of it tried."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from patternkit.testing.graphql_access import Caller, GraphqlAccess, May
from tests.patterns.api.graphql_api.conftest import BACKEND, EDITOR, NOBODY, READER, Portal

BOTH, EDITORS = {"editors", "readers"}, {"editors"}
# What the page promises, by type and by field.
PROMISED: dict[str, set[str]] = {
    "Person": BOTH,
    "Document": {*BOTH, "IAM"},
    "Document.author": BOTH,
    "Document.note": EDITORS,
    "DocumentPage": {*BOTH, "IAM"},
    "DocumentChange": {*BOTH, "IAM"},
    "Query": {*BOTH, "IAM"},
    "Mutation": EDITORS,
    "Mutation.setStatus": {*EDITORS, "IAM"},
    "Mutation.saveProfile": BOTH,
    "Subscription": BOTH,
}


def test_the_table_is_what_is_promised(access: GraphqlAccess) -> None:
    assert [str(one) for one in access.callers] == ["no group", "editors", "readers", "IAM"]
    for (caller, where), may in access.table().items():
        promised = PROMISED.get(where, PROMISED[where.split(".")[0]])
        assert may is (May.ALLOWED if caller in promised else May.DENIED), f"{caller} at {where}"


def test_nothing_lets_in_more_than_it_seems_to(access: GraphqlAccess) -> None:
    assert access.problems == []


def test_whoever_is_in_no_group_reaches_nothing_by_any_path(access: GraphqlAccess) -> None:
    assert access.reached(NOBODY) == {}
    assert access.reached(Caller.api_key()) == {}
    assert "Document.note" not in access.reached(READER)
    assert str(access.reached(EDITOR)["Document.note"]) == "Query.document > Document.note"


def _operation(access: GraphqlAccess, path: tuple[str, ...]) -> str:
    """An operation that asks for the last field of a path."""
    values = {"ID": '"a"', "String": '"a"', "Int": "1", "DocumentStatus": "PUBLISHED"}
    root = {one.name: name for name, one in access.schema.roots().items()}[path[0].split(".")[0]]
    text = ""
    for where in reversed(path):
        type_name, name = where.split(".")
        found = access.schema.field(type_name, name)
        given = {
            key: values[get_named_type(one.type).name] for key, one in found.args.items() if str(one.type).endswith("!")
        }
        asked = f"({', '.join(f'{key}: {one}' for key, one in given.items())})" if given else ""
        inner = text or ("{ __typename }" if isinstance(get_named_type(found.type), GraphQLObjectType) else "")
        text = f"{{ {name}{asked} {inner} }}"
    return f"{root.lower()} {text}"


def _paths(access: GraphqlAccess) -> dict[str, tuple[str, ...]]:
    """A path to each field, for whomever it is open."""
    found: dict[str, tuple[str, ...]] = {}
    for caller in access.callers:
        for where, one in access.reached(caller).items():
            found.setdefault(where, one.path)
    return found


ITEM: dict[str, Any] = {"kind": "document", "id": "a", "title": "t", "status": "PUBLISHED", "version": 1, "note": "n"}


@pytest.mark.parametrize("caller", [NOBODY, EDITOR, READER, BACKEND], ids=str)
def test_each_cell_of_the_table_is_tried(access: GraphqlAccess, caller: Caller) -> None:
    item = {**ITEM, "updatedAt": "2026-11-26T00:00:00Z", "authorId": "s", "name": "Eva"}
    answered = {"items": [item], "nextToken": "more", **item}
    sources = {
        one.handlers.source: (lambda event: [{"data": {"name": "Eva"}} for _ in event])
        if "Function" in one.handlers.source
        else (lambda _: answered)
        for one in access.resolvers.values()
    }
    paths = _paths(access)
    assert paths.keys() == set(access.fields)
    for where, path in paths.items():
        refused = [one for one in path if access.may(caller, one).may is not May.ALLOWED]
        if where.startswith("Subscription."):
            continue
        answer = access.run(_operation(access, path), caller, sources=sources)
        said = [one["message"] for one in answer.errors]
        if refused:
            type_name, name = refused[0].split(".")
            assert f"Not Authorized to access {name} on type {type_name}" in said, (where, said)
        else:
            assert said == [], where


def test_the_schema_is_told_to_nobody_and_limits_hold(portal: Portal) -> None:
    for query, why in {
        "{ __schema { types { name } } }": "introspection is disabled",
        '{ __type(name: "Document") { name } }': "introspection is disabled",
    }.items():
        with pytest.raises(Exception, match=why):
            portal.run(query, EDITOR)
