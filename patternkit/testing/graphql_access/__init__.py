"""Compute who is let at which field of a GraphQL API of AWS AppSync, and run its operations, from a template.

graphql-core reads the schema; Node runs the resolvers, with what their runtime lacks taken away. What AWS does not
document is unknown, and never let in nor kept out.
"""

from patternkit.testing.graphql_access.access import GraphqlAccess
from patternkit.testing.graphql_access.caller import Caller
from patternkit.testing.graphql_access.decisions import Decision, May
from patternkit.testing.graphql_access.dynamodb_source import DynamoDbSource
from patternkit.testing.graphql_access.errors import GraphqlAccessError, ResolverError
from patternkit.testing.graphql_access.execution import Answer
from patternkit.testing.graphql_access.paths import Reached
from patternkit.testing.graphql_access.subscription import Subscription

__all__ = [
    "Answer",
    "Caller",
    "Decision",
    "DynamoDbSource",
    "GraphqlAccess",
    "GraphqlAccessError",
    "May",
    "Reached",
    "ResolverError",
    "Subscription",
]
