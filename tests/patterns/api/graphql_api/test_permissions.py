"""The function's role allows what is done with its batches, and no more; so do the roles of resolvers."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms

from patternkit.testing.graphql_access import Caller, GraphqlAccess
from patternkit.testing.permissions import Account, PermissionProof, prove
from patternkit.testing.synthesis import synthesize
from patterns.api.graphql_api import GraphqlApi
from patterns.api.graphql_api import construct as graphql_api
from tests.conftest import context, example

CODE = Path(graphql_api.__file__).parent / "handler"
TABLE_KEY = "Amazon DynamoDB asks for it of whoever uses a table with a customer key; calls on items use Decrypt alone."


@cache
def template() -> dict[str, Any]:
    """With a customer key, of which the role needs the most."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Portal")
        GraphqlApi(stack, "Test", encryption_key=kms.Key(stack, "Key"))

    return dict(synthesize(build, context=context()).template)


def batches(account: Account) -> Iterator[list[dict[str, Any]]]:
    item = {"id": {"S": "person#eva"}, "name": {"S": "Eva"}}
    account.client("dynamodb").put_item(TableName=account.only("AWS::DynamoDB::Table"), Item=item)
    yield [{"source": {"authorId": "eva"}}, {"source": {}}]


def test_the_role_allows_what_is_done_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    asked: dict[str, Any] = {"function": "Test/Author/Function", "code": CODE, "events": batches}
    raw = prove(template(), **asked)
    assert not raw.denied, raw.report()
    reasons = {one: TABLE_KEY for one in raw.unused if "kms:ViaService" in one}
    proof = permissions(template(), unused=reasons, **asked)
    used = {one for one in proof.used if not one.startswith(("logs:", "xray:", "kms:"))}
    assert used == {"dynamodb:BatchGetItem"}


def test_resolvers_may_do_what_theirs_do_and_never_scan() -> None:
    found = example("graphql-api", "agnostic").template
    granted = {
        action
        for one in found["Resources"].values()
        if one["Type"] == "AWS::IAM::Policy" and "FieldsTableRole" in one["Properties"]["Roles"][0]["Ref"]
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    access = GraphqlAccess.of(found)
    context = {
        "args": {"id": "a", "version": 1, "title": "t", "name": "n", "status": "PUBLISHED"},
        "identity": Caller.in_groups("editors").identity,
    }
    done = {
        f"dynamodb:{one.handlers.run('request', context).value['operation']}"
        for where, one in access.resolvers.items()
        if "Table" in one.handlers.source and where
    }
    # Deleting is what a schema of one's own may want: the example withdraws instead.
    assert granted == {*done, "dynamodb:DeleteItem"}
    assert "dynamodb:Scan" not in granted
