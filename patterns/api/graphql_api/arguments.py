"""What the arguments of a GraphQL API say together."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

from annotated_types import Interval, Len, Unit
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_

from patterns.api.graphql_api.schema_rules import (
    check_access,
    check_resolved,
    check_schema,
    check_subscriptions,
    iam_fields,
    is_subscription,
    named_groups,
)
from patterns.building_blocks.arguments import shown
from patterns.building_blocks.bounds import Known, Matches, Passes

HERE = Path(__file__).parent
# A template has up to 1 MB: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_LARGEST = 900_000

SchemaText = Annotated[
    str,
    Len(1, _LARGEST),
    Unit("characters"),
    Passes(check_schema, "a GraphQL schema"),
    Known("who may have which field"),
]
"""A schema."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIELD = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\.[_A-Za-z][_0-9A-Za-z]*")


def check_fields(argument: str, by_field: Mapping[str, object]) -> None:
    """Refuse keys that are no fields of a type.

    Args:
        argument: The argument's own name.
        by_field: What was given.

    Raises:
        ValueError: If there is one.
    """
    for one in by_field:
        if not _FIELD.fullmatch(one):
            raise ValueError(f"{argument} must be given by field, as Query.document, got {one!r}")


Resolvers = Annotated[
    Mapping[str, Annotated[str, Len(1, 32_768)]], Len(1, 200), Passes(check_fields, "by field, as Query.document")
]
"""Code by field."""

BatchFunctions = Annotated[
    Mapping[str, lambda_.IFunction], Len(0, 50), Passes(check_fields, "by field, as Document.author")
]
"""Functions by field."""

BatchSize = Annotated[int, Interval(ge=1, le=2_000), Unit("fields")]
"""https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateResolver.html"""

IndexNames = Annotated[
    Sequence[Annotated[str, Matches(r"[A-Za-z0-9_.-]{3,255}", "3 to 255 letters, digits, _, - and .")]], Len(0, 20)
]
"""Indexes of a table."""

DepthLimit = Annotated[int, Interval(ge=1, le=75), Unit("levels")]
"""https://docs.aws.amazon.com/appsync/latest/devguide/configuration-limits.html"""

ResolverLimit = Annotated[int, Interval(ge=1, le=10_000), Unit("resolvers")]
"""https://docs.aws.amazon.com/appsync/latest/devguide/configuration-limits.html"""


def check_date(argument: str, text: str) -> None:
    """Refuse what is no day.

    Args:
        argument: The argument's own name.
        text: What was given.

    Raises:
        ValueError: If it is none.
    """
    _day(argument, text)


def _day(argument: str, text: str) -> date:
    try:
        # `date` also takes 20270630 and 2027-W26-3.
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{argument} must be a day, as 2027-06-30, got {shown(text)!r}") from None


def _expires(argument: str, text: str) -> int:
    day = _day(argument, text)
    # https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateApiKey.html
    last = datetime.now(tz=UTC).date() + timedelta(days=365)
    if day > last:
        raise ValueError(f"{argument} must be at most 365 days ahead, up to {last}, got {text}")
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


Day = Annotated[str, Passes(check_date, "a day, as 2027-06-30"), Known("how far ahead it is")]
"""A day, at whose beginning in UTC something ends."""


@dataclass(frozen=True, slots=True)
class Definition:
    """The schema and what resolves its fields: the user's, or the example.

    Attributes:
        schema: The schema.
        resolvers: Code by field.
        is_example: Whether it is the example.
        expires: When the API key expires, in seconds since 1970; None: there is no key.
    """

    schema: str
    resolvers: Mapping[str, str]
    is_example: bool
    expires: int | None

    @classmethod
    def of(
        cls,
        schema: str | None,
        resolvers: Mapping[str, str] | None,
        batch_functions: Mapping[str, lambda_.IFunction],
        table: dynamodb.ITable | None,
        table_indexes: Sequence[str],
        api_key_expires: str | None,
    ) -> "Definition":
        """Check the arguments.

        Args:
            schema: See `GraphqlApi`.
            resolvers: See `GraphqlApi`.
            batch_functions: See `GraphqlApi`.
            table: See `GraphqlApi`.
            table_indexes: See `GraphqlApi`.
            api_key_expires: See `GraphqlApi`.

        Raises:
            ValueError: If two of them contradict each other, or the schema leaves open who may have what.
        """
        if schema is None:
            given = {"resolvers": resolvers, "batch_functions": batch_functions, "table": table}
            for argument, value in given.items():
                if value:
                    raise ValueError(
                        f"{argument} goes with a schema of its own: without schema, the API is the example's"
                    )
        elif resolvers is None:
            raise ValueError("schema and resolvers go together, got only schema")
        if table_indexes and table is None:
            raise ValueError("table_indexes goes with a table of its own: one that is made here has no such index")
        expires = None if api_key_expires is None else _expires("api_key_expires", api_key_expires)
        text = schema if schema is not None else (HERE / "schema.graphql").read_text(encoding="utf-8")
        code = resolvers if resolvers is not None else _example()
        _check_size(text, code)
        check_access(text, api_key=expires is not None)
        if schema is not None:
            check_subscriptions(text)
            check_resolved(text, code.keys(), batch_functions.keys())
        return cls(text, code, schema is None, expires)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that the schema names."""
        return named_groups(self.schema)

    @property
    def for_subscribers(self) -> tuple[str, ...]:
        """The fields of `Subscription`, whatever that type is called."""
        return tuple(one for one in self.resolvers if is_subscription(self.schema, one))

    @property
    def for_iam(self) -> tuple[str, ...]:
        """The fields of operations that IAM may call."""
        return iam_fields(self.schema)


def _check_size(schema: str, code: Mapping[str, str]) -> None:
    size = sum(len(json.dumps(one)) for one in (schema, *code.values()))
    if size > _LARGEST:
        raise ValueError(
            f"schema and resolvers must have up to {_LARGEST} bytes together, as a template holds them, got {size}"
        )


def _example() -> dict[str, str]:
    found = sorted((HERE / "resolvers").glob("*.*.js"))
    return {one.name.removesuffix(".js"): one.read_text(encoding="utf-8") for one in found}
