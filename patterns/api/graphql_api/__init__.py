"""GraphQL APIs from a table and functions in batches, with groups of users on types and fields."""

from patterns.api.graphql_api.construct import GraphqlApi

__all__ = ["GraphqlApi"]
