"""What goes together with a resource that is passed in: a schema of one's own."""

from typing import Any

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from tests.patterns.api.graphql_api.refusals import CODE

_OWN = {
    "schema": """
        type Item @aws_cognito_user_pools(cognito_groups: ["staff"]) { id: ID! price: Int }
        type Query { item(id: ID!): Item @aws_cognito_user_pools(cognito_groups: ["staff"]) }
    """,
    "resolvers": {"Query.item": CODE},
}


def with_table(table: dynamodb.ITable, _: Construct) -> dict[str, Any]:
    return {**_OWN, "table": table}


def with_batch_functions(function: lambda_.IFunction, _: Construct) -> dict[str, Any]:
    return {**_OWN, "batch_functions": {"Item.price": function}}
