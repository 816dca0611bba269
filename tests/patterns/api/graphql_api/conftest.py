"""The API of the example, run under Node on a table of moto's."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from patternkit.testing.graphql_access import Answer, Caller, DynamoDbSource, GraphqlAccess
from patterns.api.graphql_api import construct as graphql_api
from tests.conftest import example

HERE = Path(graphql_api.__file__).parent
EDITOR, READER = Caller.in_groups("editors", username="eva"), Caller.in_groups("readers", username="rob")
NOBODY, BACKEND = Caller.in_groups(username="nora"), Caller.iam()


@pytest.fixture(scope="session")
def access() -> GraphqlAccess:
    return GraphqlAccess.of(example("graphql-api", "agnostic").template)


@dataclass
class Portal:
    """The API with its sources: a table, and the function of authors, which fails for whom it is told to."""

    access: GraphqlAccess
    client: Any
    author: Any
    batches: list[int] = field(default_factory=list)

    def run(self, query: str, caller: Caller, **variables: Any) -> Answer:
        named = {one.handlers.source for one in self.access.resolvers.values()} - {""}
        table = next(one for one in named if "Table" in one)
        function = next(one for one in named if "Function" in one)
        sources: dict[str, Callable[..., Any]] = {
            table: DynamoDbSource(self.client, "documents"),
            function: self.authors,
        }
        return self.access.run(query, caller, variables=variables, sources=sources)

    def authors(self, event: list[dict[str, Any]]) -> Any:
        self.batches.append(len(event))
        return self.author.handler(event, None)

    def create(self, title: str, caller: Caller = EDITOR, note: str | None = None) -> dict[str, Any]:
        query = "mutation($t: String!, $n: String) { createDocument(title: $t, note: $n) { id title status version } }"
        answer = self.run(query, caller, t=title, n=note)
        assert not answer.errors, answer.errors
        assert answer.data is not None
        return dict(answer.data["createDocument"])

    def publish(self, id: str, version: int = 1) -> Answer:  # noqa: A002
        query = "mutation($i: ID!, $v: Int!) { setStatus(id: $i, version: $v, status: PUBLISHED) { status version } }"
        return self.run(query, EDITOR, i=id, v=version)


@pytest.fixture
def portal(access: GraphqlAccess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("TABLE_NAME", "documents")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    (table,) = [
        one["Properties"]
        for one in example("graphql-api", "agnostic").template["Resources"].values()
        if one["Type"] == "AWS::DynamoDB::Table"
    ]
    kept = ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")
    with mock_aws(), patch.dict("os.environ"):
        client = boto3.client("dynamodb", region_name="eu-west-1")
        client.create_table(TableName="documents", **{name: table[name] for name in kept})
        spec = importlib.util.spec_from_file_location("author", HERE / "handler" / "people" / "author.py")
        assert spec is not None
        assert spec.loader is not None
        author = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(author)
        yield Portal(access, client, author)
